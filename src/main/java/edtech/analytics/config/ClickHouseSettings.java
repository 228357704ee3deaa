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
    List<String> urls = urls();
    urls.forEach(this::address);
    return with(urls, password());
  }

  /**
   * For a run that reaches the server. The password is looked at now, so that a missing one is
   * reported with all the rest.
   */
  Settings.ClickHouse used(Map<String, String> environment) {
    List<String> urls = urls();
    if (urls.isEmpty()) {
      problems.add(
          SettingKeys.CLICKHOUSE_URL
              + " is not set: give http://host:port, as CLICKHOUSE_URL or in --config");
    }
    Secret password = password();
    boolean isSecret = isSecret(password, environment);
    for (String url : urls) {
      Optional<Address> server = address(url);
      try {
        if (isSecret) {
          server.ifPresent(Address::requirePrivate);
        }
      } catch (IllegalArgumentException e) {
        parser.problem(SettingKeys.CLICKHOUSE_URL, url, e.getMessage());
      }
    }
    return with(urls, password);
  }

  private boolean isSecret(Secret password, Map<String, String> environment) {
    try {
      return !password.resolve(environment).isEmpty();
    } catch (SettingsException e) {
      problems.addAll(e.problems());
      return false;
    }
  }

  private Settings.ClickHouse with(List<String> urls, Secret password) {
    return new Settings.ClickHouse(
        urls,
        cluster(),
        minReplicas(),
        user(),
        password,
        connectTimeout(),
        requestTimeout(),
        batchRows(),
        batchBytes(),
        retries(),
        catalog());
  }

  private List<String> urls() {
    return parser.texts(SettingKeys.CLICKHOUSE_URL);
  }

  private Optional<Address> address(String url) {
    return parser.address(SettingKeys.CLICKHOUSE_URL, url);
  }

  private String cluster() {
    return parser.value(SettingKeys.CLUSTER, ClickHouseSettings::cluster, "");
  }

  /** It stands in statements and in the keeper's paths. */
  private static String cluster(String name) {
    if (!name.matches("[A-Za-z0-9_.-]*")) {
      throw new IllegalArgumentException(
          "must be a cluster's name of letters, digits, _, . and -, or \"\" for none");
    }
    return name;
  }

  private int minReplicas() {
    return parser.integer(SettingKeys.MIN_REPLICAS, 1, 100);
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
