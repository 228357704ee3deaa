package edtech.analytics.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import edtech.analytics.config.Settings;
import edtech.analytics.config.SettingsException;
import edtech.analytics.config.SettingsReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WritingTest {
  private static final Map<String, String> ENVIRONMENT = Map.of("CLICKHOUSE_PASSWORD", "secret");
  private static final String CONNECTOR = "com.clickhouse.spark.ClickHouseCatalog";

  @AfterEach
  void forgetMaster() {
    System.clearProperty("spark.master");
  }

  @Test
  void builtIn_options_nameTheSecretWithoutIt() {
    assertThat(new Writing(settings("http://localhost:8123").clickhouse()).options(ENVIRONMENT))
        .containsEntry("url", "http://localhost:8123")
        .containsEntry("secret", "env:CLICKHOUSE_PASSWORD")
        .doesNotContainValue("secret");
  }

  @Test
  void connectorOverHttps_options_areThoseItReads() {
    assertThat(connector("https://ch.example").options(ENVIRONMENT))
        .containsEntry("host", "ch.example")
        .containsEntry("protocol", "https")
        .containsEntry("http_port", "8443")
        .containsEntry("option.ssl", "true")
        .containsEntry("user", "default")
        .containsEntry("password", "secret")
        .containsEntry("option.socket_timeout", "300000")
        .containsEntry("option.connection_timeout", "10000")
        .containsEntry("option.clickhouse_setting_async_insert", "0")
        .containsEntry("option.clickhouse_setting_network_compression_method", "LZ4");
  }

  @Test
  void connectorOverHttp_options_keepThePort() {
    assertThat(connector("http://localhost:9999").options(ENVIRONMENT))
        .containsEntry("protocol", "http")
        .containsEntry("http_port", "9999")
        .doesNotContainKey("option.ssl");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        CONNECTOR
            + " | this class is not on the class path: give spark-submit its --packages"
            + " (docs/connector.md)",
        "java.lang.String | this class is no Spark catalog: name the connector's"
      })
  void classThatCannotWrite_requireCatalog_saysSo(String catalog, String problem) {
    Writing writing =
        new Writing(settings("http://localhost", "clickhouse.catalog", catalog).clickhouse());
    assertThatThrownBy(writing::requireCatalog)
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "clickhouse.catalog = \""
                + catalog
                + "\": "
                + problem
                + ", or leave the setting out for the built-in sink");
  }

  @Test
  void builtIn_requireCatalog_isThere() {
    assertThatCode(new Writing(settings("http://localhost").clickhouse())::requireCatalog)
        .doesNotThrowAnyException();
  }

  @Test
  void classNameOfAnEarlierReferenceConf_isTheBuiltInSink() {
    Writing writing =
        new Writing(
            settings(
                    "http://localhost",
                    "clickhouse.catalog",
                    "edtech.analytics.clickhouse.StageCatalog")
                .clickhouse());
    assertThat(writing.reportsRows()).isTrue();
    assertThatCode(writing::requireCatalog).doesNotThrowAnyException();
  }

  @Test
  void connector_sparkConf_hasTheKeyOfThePasswordWithoutIt() {
    SparkConf conf = sparkConf(settings("http://localhost:8123", "clickhouse.catalog", CONNECTOR));
    assertThat(conf.get(Writing.PASSWORD)).doesNotContain("secret");
    conf.set("spark.eventLog.enabled", "true");
    assertThatCode(() -> connector("http://localhost:8123").requireRedacted(conf))
        .doesNotThrowAnyException();
    assertThat(sparkConf(settings("http://localhost:8123")).contains(Writing.PASSWORD)).isFalse();
  }

  @ParameterizedTest(name = "key {0}, regex {1}, event log {2}: refused = {3}")
  @CsvSource({
    "false, , true, true",
    "false, , false, false",
    "true, , true, false",
    "true, (?i)secret|token, true, true",
    "true, (?i)secret|token, false, false",
    "true, (?i)passwd|password, true, false"
  })
  void connectorInARunningSpark_isRefusedWhereTheEventLogWouldShowThePassword(
      boolean hasKey, String regex, String eventLog, boolean isRefused) {
    SparkConf started = new SparkConf(false).set("spark.eventLog.enabled", eventLog);
    if (hasKey) {
      started.set(Writing.PASSWORD, "redacted");
    }
    if (regex != null) {
      started.set("spark.redaction.regex", regex);
    }
    if (isRefused) {
      assertThatThrownBy(() -> connector("http://localhost").requireRedacted(started))
          .isInstanceOf(SettingsException.class)
          .hasMessage(
              "clickhouse.catalog = \"com.clickhouse.spark.ClickHouseCatalog\": the event log of"
                  + " this Spark would show ClickHouse's password, since it redacts only keys that"
                  + " Spark was started with and that spark.redaction.regex finds: start Spark with"
                  + " --conf spark.sql.catalog.clickhouse.password=redacted, or with"
                  + " spark.eventLog.enabled=false");
    } else {
      assertThatCode(() -> connector("http://localhost").requireRedacted(started))
          .doesNotThrowAnyException();
    }
    assertThatCode(
            () -> new Writing(settings("http://localhost").clickhouse()).requireRedacted(started))
        .doesNotThrowAnyException();
  }

  @Test
  void connectorOnLocalMasterWithRetries_sparkConf_runsTasksOnce() {
    assertThat(masterWithConnector("local[2,4]")).isEqualTo("local[2]");
    assertThat(masterWithConnector("local[*, 4]")).isEqualTo("local[*]");
    assertThat(masterWithConnector("local[3]")).isEqualTo("local[3]");
    assertThat(masterWithConnector("local-cluster[2,1,1024]")).isEqualTo("local-cluster[2,1,1024]");
    assertThat(masterWithConnector("yarn")).isEqualTo("yarn");
  }

  @Test
  void builtInOnLocalMasterWithRetries_sparkConf_keepsThem() {
    System.setProperty("spark.master", "local[2,4]");
    assertThat(sparkConf(settings("http://localhost:8123")).get("spark.master"))
        .isEqualTo("local[2,4]");
  }

  private static String masterWithConnector(String master) {
    System.setProperty("spark.master", master);
    SparkConf conf = sparkConf(settings("http://localhost:8123", "clickhouse.catalog", CONNECTOR));
    assertThat(conf.get("spark.task.maxFailures")).isEqualTo("1");
    assertThat(conf.get("spark.speculation")).isEqualTo("false");
    return conf.get("spark.master");
  }

  private static SparkConf sparkConf(Settings settings) {
    try (JobContext job = new JobContext(settings, ENVIRONMENT)) {
      return job.sparkConf();
    }
  }

  private static Writing connector(String url) {
    return new Writing(settings(url, "clickhouse.catalog", CONNECTOR).clickhouse());
  }

  private static Settings settings(String url, String... more) {
    Map<String, String> overrides = new HashMap<>();
    overrides.put("events-uri", "file:///events");
    overrides.put("clickhouse.url", url);
    for (int i = 0; i < more.length; i += 2) {
      overrides.put(more[i], more[i + 1]);
    }
    return SettingsReader.read(Optional.empty(), ENVIRONMENT, overrides);
  }
}
