package edtech.analytics.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of the server: each by a method of its name, which says its type and bounds. */
final class ClickHouseSettings {
  private final SettingParser parser;
  private final List<String> problems;

  /**
   * @param problems gets a sentence for each setting that cannot be used
   */
  ClickHouseSettings(SettingParser parser, List<String> problems) {
    this.parser = parser;
    this.problems = problems;
  }

  /** For a run that does not reach the server: there need be no address and no password. */
  Settings.ClickHouse unused() {
    if (!url().isEmpty()) {
      parser.address(SettingKeys.CLICKHOUSE_URL);
    }
    return with(password());
  }

  /**
   * For a run that reaches the server. The password is looked at now, so that a missing one is
   * reported with all the rest.
   */
  Settings.ClickHouse used(Map<String, String> environment) {
    Optional<Address> server = address();
    Secret password = password();
    try {
      if (!password.resolve(environment).isEmpty()) {
        server.ifPresent(Address::requirePrivate);
      }
    } catch (SettingsException e) {
      problems.addAll(e.problems());
    } catch (IllegalArgumentException e) {
      parser.problem(SettingKeys.CLICKHOUSE_URL, url(), e.getMessage());
    }
    return with(password);
  }

  private Settings.ClickHouse with(Secret password) {
    return new Settings.ClickHouse(
        url(),
        user(),
        password,
        connectTimeout(),
        requestTimeout(),
        batchRows(),
        batchBytes(),
        retries(),
        catalog());
  }

  private String url() {
    return parser.text(SettingKeys.CLICKHOUSE_URL);
  }

  private Optional<Address> address() {
    if (url().isEmpty()) {
      problems.add(
          SettingKeys.CLICKHOUSE_URL
              + " is not set: give http://host:port, as CLICKHOUSE_URL or in --config");
      return Optional.empty();
    }
    return parser.address(SettingKeys.CLICKHOUSE_URL);
  }

  private String user() {
    return parser.text(SettingKeys.CLICKHOUSE_USER);
  }

  private Secret password() {
    return parser.value(SettingKeys.CLICKHOUSE_PASSWORD, Secret::new, new Secret(""));
  }

  private int connectTimeout() {
    return parser.integer(SettingKeys.CONNECT_TIMEOUT, 1, 3600);
  }

  private int requestTimeout() {
    return parser.integer(SettingKeys.REQUEST_TIMEOUT, 1, 86_400);
  }

  private int batchRows() {
    return parser.integer(SettingKeys.BATCH_ROWS, 1, 10_000_000);
  }

  private int batchBytes() {
    return parser.integer(SettingKeys.BATCH_BYTES, 1024, 1 << 30);
  }

  private int retries() {
    return parser.integer(SettingKeys.RETRIES, 0, 100);
  }

  private String catalog() {
    return parser.text(SettingKeys.CATALOG);
  }
}
