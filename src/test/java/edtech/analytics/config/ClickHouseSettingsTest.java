package edtech.analytics.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several replicas in the settings. */
class ClickHouseSettingsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://a:8443,https://b:8443",
        " https://a:8443 , https://b:8443 ",
      })
  void url_withCommas_isThoseOfSeveralServers_inTheirOrder(String text) {
    assertThat(read(Map.of("clickhouse.url", text)).urls())
        .containsExactly("https://a:8443", "https://b:8443");
  }

  @ParameterizedTest
  @CsvSource({
    "'https://a:8443,b:8443', 'clickhouse.url = \"b:8443\": must be http://host:port'",
    "'https://a:8443,', 'clickhouse.url = \"\": must be http://host:port'",
    "'https://a:8443,http://b:8123', 'clickhouse.url = \"http://b:8123\": would send the password'"
  })
  void url_oneOfSeveralIsWrong_isNamed(String text, String problem) {
    assertThatThrownBy(() -> read(Map.of("clickhouse.url", text))).hasMessageContaining(problem);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "main'", "a/b"})
  void cluster_whatCannotStandInAPath_isRefused(String name) {
    assertThatThrownBy(() -> read(Map.of("clickhouse.cluster", name)))
        .hasMessageContaining("must be a cluster's name");
  }

  @Test
  void minReplicas_isOneUnlessSet() {
    assertThat(read(Map.of()).minReplicas()).isEqualTo(1);
    assertThat(read(Map.of("clickhouse.min-replicas", "2")).minReplicas()).isEqualTo(2);
    assertThatThrownBy(() -> read(Map.of("clickhouse.min-replicas", "0")))
        .hasMessageContaining("clickhouse.min-replicas");
  }

  private static Settings.ClickHouse read(Map<String, String> overrides) {
    Map<String, String> environment =
        Map.of(
            "EVENTS_URI",
            "s3://b/e/",
            "CLICKHOUSE_URL",
            "https://a:8443",
            "CLICKHOUSE_PASSWORD",
            "secret");
    return SettingsReader.read(Optional.empty(), environment, overrides).clickhouse();
  }
}
