package edtech.analytics.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import edtech.analytics.clickhouse.ServerSettings.Found;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerSettingsTest {
  private static final Connection CONNECTION =
      new Connection("https://db:8443", "loader", "secret", 1, 1, 0);

  @Test
  void found_answerOfTheServer_isNameValueAndWhetherItIsConstant() {
    assertThat(ServerSettings.found("0join_default_strictness=ALL\n1async_insert=0"))
        .containsExactly(
            new Found("join_default_strictness", "ALL", false),
            new Found("async_insert", "0", true));
  }

  @Test
  void toSend_settings_areThoseThatMayBeChangedAtTheNeededValue() {
    assertThat(
            ServerSettings.toSend(
                CONNECTION,
                List.of(
                    new Found("async_insert", "0", true),
                    new Found("join_default_strictness", "ANY", false),
                    new Found("limit", "0", false))))
        .isEqualTo(Map.of("join_default_strictness", "ALL", "limit", "0"));
  }

  @Test
  void toSend_anotherValueHeldConstant_namesItAndWhoMayChangeIt() {
    assertThatThrownBy(
            () ->
                ServerSettings.toSend(
                    CONNECTION,
                    List.of(
                        new Found("async_insert", "1", true),
                        new Found("join_use_nulls", "1", false),
                        new Found("transform_null_in", "1", true))))
        .isInstanceOf(ClickHouseException.class)
        .hasMessage(
            "ClickHouse at https://db:8443 as user loader holds settings constant at a value that"
                + " gives wrong tables: async_insert = 1 instead of 0, transform_null_in = 1 instead of 0; ask"
                + " its administrator to change them, or to leave them changeable, in the settings"
                + " profile of that user (docs/server-settings.md)");
  }
}
