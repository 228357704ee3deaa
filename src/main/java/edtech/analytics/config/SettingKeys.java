package edtech.analytics.config;

/** The names of all settings; {@code conf/reference.conf} has their meaning, unit and default. */
final class SettingKeys {
  static final String EVENTS_URI = "events-uri";
  static final String S3_ENDPOINT = "s3.endpoint";
  static final String DAY_TIMEZONE = "day.timezone";
  static final String LATENESS_DAYS = "lateness-days";
  static final String MAX_LINE_BYTES = "max-line-bytes";
  static final String ALLOW_EMPTY_DAY = "allow-empty-day";
  static final String SOURCE = "source";
  static final String SOURCE_PRESET = "source.preset";
  static final String PURCHASE_TYPES = "event-types.purchase";
  static final String TASK_RESULT_TYPES = "event-types.task-result";
  static final String ASSIGNMENT_TYPES = "event-types.ab-test-assignment";
  static final String LESSON_START_TYPES = "event-types.lesson-start";
  static final String LESSON_COMPLETE_TYPES = "event-types.lesson-complete";
  static final String SUCCESS_VALUES = "success-values";
  static final String CURRENCY = "currency";
  static final String PLACEHOLDER_IDS = "placeholder-ids";
  static final String IGNORED_PROPERTIES = "ignored-properties";
  static final String MAX_REJECTED_RATIO = "max-rejected-ratio";
  static final String MAX_REJECTED_LINES = "max-rejected-lines";
  static final String MAX_OUTSIDE_DAY_RATIO = "max-outside-day-ratio";
  static final String MAX_RATIO_OF_ANY_DAY = "max-rejected-ratio-of-any-day";
  static final String CLICKHOUSE_URL = "clickhouse.url";
  static final String CLUSTER = "clickhouse.cluster";
  static final String MIN_REPLICAS = "clickhouse.min-replicas";
  static final String CLICKHOUSE_USER = "clickhouse.user";
  static final String CLICKHOUSE_PASSWORD = "clickhouse.password";
  static final String CONNECT_TIMEOUT = "clickhouse.connect-timeout";
  static final String REQUEST_TIMEOUT = "clickhouse.request-timeout";
  static final String BATCH_ROWS = "clickhouse.batch-rows";
  static final String BATCH_BYTES = "clickhouse.batch-bytes";
  static final String RETRIES = "clickhouse.retries";
  static final String CATALOG = "clickhouse.catalog";
  static final String KEEP_LOADS = "keep-loads";
  static final String SWEEP_GRACE_MINUTES = "sweep-grace-minutes";
  static final String REJECTED_RETENTION_DAYS = "rejected-retention-days";
  static final String HOLD_BELOW_RATIO = "hold-below-ratio";
  static final String METRICS_FILE = "metrics-file";

  private SettingKeys() {}
}
