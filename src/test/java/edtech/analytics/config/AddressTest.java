package edtech.analytics.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Programs that are not the job give the same verdicts: dev/tests/test_check_url.py. */
class AddressTest {
  @ParameterizedTest
  @CsvFileSource(resources = "/addresses.csv")
  void address_withAPassword_hasTheVerdictOfTheList(String text, String verdict) {
    if (verdict.equals("ok")) {
      Address.parse(text).requirePrivate();
      return;
    }
    String rule =
        switch (verdict) {
          case "form" -> "must be http://host:port or https://host:port";
          case "login" -> "must not hold a user, a password or parameters: set them by name";
          case "clear" ->
              "would send the password in clear over the network: give https://host:port";
          default -> throw new AssertionError(verdict);
        };
    assertThatThrownBy(() -> Address.parse(text).requirePrivate()).hasMessage(rule);
    assertThat(Address.masked(text)).doesNotContain("PW");
  }
}
