package edtech.analytics.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretTest {
  @TempDir private Path folder;

  @Test
  void variable_resolved_isItsValue() {
    assertThat(new Secret("env:PW").resolve(Map.of("PW", " a b "))).isEqualTo(" a b ");
  }

  @Test
  void emptyVariable_resolved_isNone() {
    assertThat(new Secret("env:PW").resolve(Map.of("PW", ""))).isEmpty();
  }

  @Test
  void variableThatIsNotSet_resolved_isNamed() {
    assertThatThrownBy(() -> new Secret("env:PW").resolve(Map.of()))
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "clickhouse.password = \"env:PW\": the variable PW is not set: export it, name another"
                + " place, or set clickhouse.password=\"\" for a user without a password");
  }

  @Test
  void file_resolved_isItsFirstLine() throws IOException {
    Path file = Files.writeString(folder.resolve("pw"), "first\nsecond\n");
    assertThat(new Secret("file:" + file).resolve(Map.of())).isEqualTo("first");
  }

  @Test
  void emptyFile_resolved_isNone() throws IOException {
    Path file = Files.writeString(folder.resolve("pw"), "");
    assertThat(new Secret("file:" + file).resolve(Map.of())).isEmpty();
  }

  @Test
  void fileThatIsNotThere_resolved_isNamed() {
    Path file = folder.resolve("none");
    assertThatThrownBy(() -> new Secret("file:" + file).resolve(Map.of()))
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "clickhouse.password = \"file:" + file + "\": cannot be read: name a readable file");
  }

  @Test
  void none_resolved_isEmpty() {
    assertThat(new Secret("").resolve(Map.of("", "x"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hunter2", "env:", "file:", "aws-secret:"})
  void noReference_isRefusedWithoutBeingShown(String text) {
    assertThatThrownBy(() -> new Secret(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("must be env:NAME, file:/path, aws-secret:ID or \"\", not the secret itself");
  }

  @Test
  void text_isTheReferenceOnly() {
    assertThat(new Secret("env:PW").toString()).isEqualTo("Secret[reference=env:PW]");
  }
}
