package edtech.analytics.clickhouse.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.clickhouse.client.api.query.GenericRecord;
import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.clickhouse.Connection;
import edtech.analytics.load.Failure;
import edtech.analytics.testing.LocalServices;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The sink against tables of its own in stage, whose names are none of a load's. */
class SinkIT {
  private static final StructType NUMBERS =
      new StructType().add("n", DataTypes.LongType).add("t", DataTypes.StringType);

  /** Rows that the next attempt found; what a task throws would only be tried again. */
  private static final AtomicLong LEFT_BY_THE_KILLED = new AtomicLong();

  private static LocalServices services;
  private static ClickHouse admin;

  @BeforeAll
  static void open() {
    services = new LocalServices("sink");
    admin = services.admin();
  }

  @AfterAll
  static void close() {
    services.close();
  }

  @Test
  void everyType_written_isReadBackAsItWas() throws Exception {
    table(
        "sink_types",
        "d Date, ts DateTime64(6, 'UTC'), s String, lc LowCardinality(String), m Decimal(18, 2),"
            + " u UInt64, i Int64, b Bool, f Float64, ns Nullable(String), nf Nullable(Float64), nd"
            + " Nullable(Date), nm Nullable(Decimal(18, 2)), ni Nullable(Int64), nb Nullable(Bool),"
            + " lcn LowCardinality(Nullable(String))");
    StructType schema =
        new StructType()
            .add("d", DataTypes.DateType)
            .add("ts", DataTypes.TimestampType)
            .add("s", DataTypes.StringType)
            .add("lc", DataTypes.StringType)
            .add("m", DataTypes.createDecimalType(18, 2))
            .add("u", DataTypes.LongType)
            .add("i", DataTypes.LongType)
            .add("b", DataTypes.BooleanType)
            .add("f", DataTypes.DoubleType)
            .add("ns", DataTypes.StringType)
            .add("nf", DataTypes.DoubleType)
            .add("nd", DataTypes.DateType)
            .add("nm", DataTypes.createDecimalType(18, 2))
            .add("ni", DataTypes.LongType)
            .add("nb", DataTypes.BooleanType)
            .add("lcn", DataTypes.StringType);
    String big = "ä\u0001€".repeat((1 << 20) / 6);
    LocalDate day = LocalDate.of(2033, 5, 6);
    Instant micros = Instant.parse("2033-05-06T07:08:09.123456Z");
    List<Row> rows =
        List.of(
            RowFactory.create(
                Date.valueOf(day),
                Timestamp.from(micros),
                "",
                "x",
                new BigDecimal("-1234567890123456.78"),
                Long.MAX_VALUE,
                Long.MIN_VALUE,
                true,
                -0.1,
                null,
                null,
                null,
                null,
                null,
                null,
                null),
            RowFactory.create(
                Date.valueOf(LocalDate.EPOCH),
                Timestamp.from(Instant.EPOCH),
                big,
                "👩‍🎓 \"\\\t\n",
                new BigDecimal("-0.01"),
                0L,
                -1L,
                false,
                Double.MAX_VALUE,
                "",
                0.0,
                Date.valueOf(day),
                new BigDecimal("0.01"),
                7L,
                true,
                "y"));
    SparkSession spark = session();
    spark.createDataFrame(rows, schema).coalesce(1).writeTo("scratch.stage.sink_types").append();

    List<GenericRecord> read =
        admin.rows(
            "SELECT toString(d) d_, toString(ts) ts_, s, lc, toString(m) m_, toString(u) u_,"
                + " toString(i) i_, toString(b) b_, toString(f) f_, isNull(ns) + isNull(nf) +"
                + " isNull(nd) + isNull(nm) + isNull(ni) + isNull(nb) + isNull(lcn) AS nulls,"
                + " concat('[', ns, ']', toString(nf), toString(nd), toString(nm), toString(ni),"
                + " toString(nb), lcn) AS rest FROM stage.sink_types ORDER BY ts DESC");
    assertThat(read).hasSize(2);
    GenericRecord first = read.get(0);
    assertThat(first.getString("d_")).isEqualTo("2033-05-06");
    assertThat(first.getString("ts_")).isEqualTo("2033-05-06 07:08:09.123456");
    assertThat(first.getString("s")).isEmpty();
    assertThat(first.getString("lc")).isEqualTo("x");
    assertThat(first.getString("m_")).isEqualTo("-1234567890123456.78");
    assertThat(first.getString("u_")).isEqualTo("9223372036854775807");
    assertThat(first.getString("i_")).isEqualTo("-9223372036854775808");
    assertThat(first.getString("b_")).isEqualTo("true");
    assertThat(first.getString("f_")).isEqualTo("-0.1");
    assertThat(first.getLong("nulls")).isEqualTo(7);
    GenericRecord second = read.get(1);
    assertThat(second.getString("s")).isEqualTo(big);
    assertThat(second.getString("lc")).isEqualTo("👩‍🎓 \"\\\t\n");
    assertThat(second.getString("m_")).isEqualTo("-0.01");
    assertThat(second.getString("i_")).isEqualTo("-1");
    assertThat(second.getString("b_")).isEqualTo("false");
    assertThat(second.getLong("nulls")).isZero();
    assertThat(second.getString("rest")).isEqualTo("[]02033-05-060.017truey");
  }

  @Test
  void batches_cutByRows_holdEveryRowOnce() throws Exception {
    table("sink_rows", "n Int64, t String");
    Dataset<Row> rows = numbers(session("batch-rows", "7"), 100, 3);
    rows.writeTo("scratch.stage.sink_rows").append();
    requireNumbers("sink_rows", 100);
    assertThat(insertedParts("sink_rows")).isGreaterThanOrEqualTo(100 / 7);
  }

  @Test
  void batches_cutByBytes_holdEveryRowOnce() throws Exception {
    table("sink_bytes", "n Int64, t String");
    numbers(session("batch-bytes", "100"), 100, 2).writeTo("scratch.stage.sink_bytes").append();
    requireNumbers("sink_bytes", 100);
    assertThat(insertedParts("sink_bytes")).isGreaterThan(10);
  }

  @Test
  void noRows_append_leavesTheTableEmpty() throws Exception {
    table("sink_none", "n Int64, t String");
    numbers(session(), 0, 2).writeTo("scratch.stage.sink_none").append();
    requireNumbers("sink_none", 0);
  }

  @Test
  void nullInAColumnThatHasNone_append_namesTheColumn() {
    table("sink_null", "n Int64, t String");
    Throwable thrown =
        catchThrowable(
            () ->
                session()
                    .createDataFrame(List.of(RowFactory.create(1L, null)), NUMBERS)
                    .writeTo("scratch.stage.sink_null")
                    .append());
    assertThat(Failure.message(thrown)).contains("column t must not be null");
    assertThat(count("sink_null")).isZero();
  }

  @Test
  void taskThatFailsAfterABatch_retried_countsItsRowsOnce() throws Exception {
    table("sink_retry", "n Int64, t String");
    SparkSession spark = session("batch-rows", "10");
    spark
        .udf()
        .register(
            "fail_once",
            (UDF1<Long, Long>)
                n -> {
                  if (n == 35 && TaskContext.get().attemptNumber() == 0) {
                    requireSome("sink_retry");
                    throw new IllegalStateException("this attempt fails, as it should");
                  }
                  return n;
                },
            DataTypes.LongType);
    numbers(spark, 60, 1)
        .selectExpr("fail_once(n) AS n", "t")
        .writeTo("scratch.stage.sink_retry")
        .append();
    requireNumbers("sink_retry", 60);
    assertThat(admin.number("SELECT uniqExact(_task) FROM stage.sink_retry", Map.of()))
        .isEqualTo(1);
  }

  @Test
  void attemptThatSparkHasKilled_append_sendsNoMoreBatches() throws Exception {
    table("sink_killed", "n Int64, t String");
    SparkSession spark = session("batch-rows", "10");
    spark
        .udf()
        .register(
            "kill_once",
            (UDF1<Long, Long>)
                n -> {
                  TaskContext attempt = TaskContext.get();
                  if (n == 35 && attempt.attemptNumber() == 0) {
                    requireSome("sink_killed");
                    kill(attempt);
                  }
                  if (n == 0 && attempt.attemptNumber() == 1) {
                    LEFT_BY_THE_KILLED.set(count("sink_killed"));
                  }
                  return n;
                },
            DataTypes.LongType);
    // A range looks for a kill every thousand rows only: all the rows would be sent.
    spark
        .range(0, 60, 1, 1)
        .selectExpr("kill_once(id) AS n", "concat('t', id) AS t")
        .writeTo("scratch.stage.sink_killed")
        .append();
    assertThat(LEFT_BY_THE_KILLED).hasValue(30);
    requireNumbers("sink_killed", 60);
    assertThat(admin.number("SELECT uniqExact(_task) FROM stage.sink_killed", Map.of()))
        .isEqualTo(1);
  }

  /** As Spark kills a twin that lost, without an interrupt, which not every wait notices. */
  private static void kill(TaskContext attempt) {
    SparkContext spark = services.spark().sparkContext();
    if (!spark.killTaskAttempt(attempt.taskAttemptId(), false, "another attempt succeeded")) {
      throw new AssertionError("there is no such attempt: " + attempt.taskAttemptId());
    }
    while (!attempt.isInterrupted()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void taskThatAlwaysFails_append_failsWithItsReason() {
    table("sink_fail", "n Int64, t String");
    SparkSession spark = session("batch-rows", "10");
    spark
        .udf()
        .register(
            "fail_always",
            (UDF1<Long, Long>)
                n -> {
                  if (n == 35) {
                    throw new ClickHouseException("this row always fails");
                  }
                  return n;
                },
            DataTypes.LongType);
    Throwable thrown =
        catchThrowable(
            () ->
                numbers(spark, 60, 1)
                    .selectExpr("fail_always(n) AS n", "t")
                    .writeTo("scratch.stage.sink_fail")
                    .append());
    assertThat(Failure.message(thrown)).isEqualTo("this row always fails");
  }

  @Test
  void rowsOfASpeculativeTwin_append_areDeleted() throws Exception {
    table("sink_twin", "n Int64, t String");
    admin.execute("INSERT INTO stage.sink_twin SELECT number, 't', 7, 987654321 FROM numbers(60)");
    numbers(session(), 60, 2).writeTo("scratch.stage.sink_twin").append();
    requireNumbers("sink_twin", 60);
  }

  @Test
  void rowsOfATwin_whoseWinnersWroteNothing_areDeleted() throws Exception {
    table("sink_empty_twin", "n Int64, t String");
    admin.execute("INSERT INTO stage.sink_empty_twin VALUES (1, 't', 7, 987654321)");
    numbers(session(), 0, 1).writeTo("scratch.stage.sink_empty_twin").append();
    assertThat(count("sink_empty_twin")).isZero();
  }

  @Test
  void moreRowsThanAWinnerCommitted_append_fails() {
    table("sink_more", "n Int64, t String");
    SparkSession spark = session();
    spark
        .udf()
        .register(
            "intrude",
            (UDF1<Long, Long>)
                n -> {
                  if (n == 5) {
                    admin.execute(
                        "INSERT INTO stage.sink_more VALUES (99, 't', 7, "
                            + TaskContext.get().taskAttemptId()
                            + ")");
                  }
                  return n;
                },
            DataTypes.LongType);
    assertThatThrownBy(
            () ->
                numbers(spark, 10, 1)
                    .selectExpr("intrude(n) AS n", "t")
                    .writeTo("scratch.stage.sink_more")
                    .append())
        .satisfies(
            thrown ->
                assertThat(Failure.message(thrown))
                    .matches(
                        "stage\\.sink_more holds other rows than its writers committed \\(by task"
                            + " attempt: staged \\{\\d+=11\\}, committed \\{\\d+=10\\}\\): load the"
                            + " day again"));
  }

  @Test
  void sameBatchSentTwice_underItsToken_isStoredOnce() {
    table("sink_token", "n Int64");
    for (int time = 0; time < 2; time++) {
      StageCommit commit = writeOne("stage.sink_token", 5, 42);
      assertThat(commit).isEqualTo(new StageCommit(5, 1));
    }
    assertThat(count("sink_token")).isEqualTo(1);
    writeOne("stage.sink_token", 6, 42);
    assertThat(count("sink_token")).isEqualTo(2);
  }

  @Test
  void columnsInAnotherOrder_append_goToTheirNames() throws Exception {
    table("sink_order", "n Int64, t String");
    numbers(session(), 10, 1).select("t", "n").writeTo("scratch.stage.sink_order").append();
    requireNumbers("sink_order", 10);
  }

  @Test
  void unknownTable_append_isNamed() {
    assertThatThrownBy(() -> numbers(session(), 1, 1).writeTo("scratch.stage.sink_no").append())
        .hasMessageContaining("TABLE_OR_VIEW_NOT_FOUND")
        .hasMessageContaining("sink_no");
  }

  @Test
  void typeThatIsNotWritten_append_namesTheColumn() {
    table("sink_array", "n Array(Int64)");
    assertThatThrownBy(() -> numbers(session(), 1, 1).writeTo("scratch.stage.sink_array").append())
        .satisfies(
            thrown ->
                assertThat(Failure.message(thrown))
                    .isEqualTo("column n: type Array(Int64) is not written"));
  }

  @Test
  void wrongPassword_append_isRefusedInOneLineWithoutIt() throws Exception {
    Path file = Files.createTempFile("secret", "");
    Files.writeString(file, "wrong-horse-battery\n");
    table("sink_password", "n Int64, t String");
    Throwable thrown =
        catchThrowable(
            () ->
                numbers(session("secret", "file:" + file), 1, 1)
                    .writeTo("scratch.stage.sink_password")
                    .append());
    Files.delete(file);
    assertThat(Failure.message(thrown))
        .contains(
            "as user loader refused the login: no such user, or another password; set"
                + " clickhouse.user (CLICKHOUSE_USER), and the password where clickhouse.password"
                + " says (CLICKHOUSE_PASSWORD by default)")
        .doesNotContain("\n")
        .doesNotContain("wrong-horse-battery");
  }

  @Test
  void unknownHost_append_saysSoInOneLine() {
    Throwable thrown =
        catchThrowable(
            () ->
                numbers(session("url", "http://no-such-host.invalid:8123", "retries", "0"), 1, 1)
                    .writeTo("scratch.stage.sink_host")
                    .append());
    assertThat(Failure.message(thrown))
        .startsWith(
            "ClickHouse at http://no-such-host.invalid:8123 as user loader did not answer:"
                + " unknown host no-such-host.invalid: ")
        .endsWith("; is it up, and clickhouse.url (CLICKHOUSE_URL) right?")
        .doesNotContain("\n");
  }

  private static StageCommit writeOne(String table, long task, long value) {
    List<StageColumn> columns = List.of(StageColumn.of("n", "Int64"));
    Connection connection =
        new Connection(
            LocalServices.ENVIRONMENT.get("CLICKHOUSE_URL"),
            LocalServices.ENVIRONMENT.get("CLICKHOUSE_LOADER_USER"),
            LocalServices.ENVIRONMENT.get("CLICKHOUSE_LOADER_PASSWORD"),
            10,
            60,
            0);
    TaskWriter writer =
        new TaskWriter(
            table, columns, 7, new OnDemandServer(connection), new BatchLimit(10, 1000), task);
    try {
      writer.write(new GenericInternalRow(new Object[] {value}));
      return (StageCommit) writer.commit();
    } finally {
      writer.close();
    }
  }

  /** A session with the sink as the catalog scratch; options as key, value. */
  private static SparkSession session(String... options) {
    SparkSession spark = services.spark().newSession();
    String prefix = "spark.sql.catalog.scratch";
    spark.conf().set(prefix, StageCatalog.class.getName());
    spark.conf().set(prefix + ".url", LocalServices.ENVIRONMENT.get("CLICKHOUSE_URL"));
    spark.conf().set(prefix + ".user", LocalServices.ENVIRONMENT.get("CLICKHOUSE_LOADER_USER"));
    spark.conf().set(prefix + ".secret", "env:CLICKHOUSE_LOADER_PASSWORD");
    for (int i = 0; i < options.length; i += 2) {
      spark.conf().set(prefix + "." + options[i], options[i + 1]);
    }
    return spark;
  }

  private static Dataset<Row> numbers(SparkSession spark, int count, int partitions) {
    List<Row> rows = new ArrayList<>();
    for (long n = 0; n < count; n++) {
      rows.add(RowFactory.create(n, "t" + n));
    }
    return spark.createDataFrame(rows, NUMBERS).coalesce(partitions);
  }

  private static void table(String name, String columns) {
    admin.execute("DROP TABLE IF EXISTS stage." + name + " SYNC");
    admin.execute(
        "CREATE TABLE stage."
            + name
            + " ("
            + columns
            + ", load_id UInt64, _task UInt64) ENGINE = MergeTree ORDER BY tuple() SETTINGS"
            + " non_replicated_deduplication_window = 1000");
  }

  private static long count(String table) {
    return admin.number("SELECT count() FROM stage." + table, Map.of());
  }

  private static void requireSome(String table) {
    if (count(table) == 0) {
      throw new AssertionError("no batch was sent before the attempt failed");
    }
  }

  private static void requireNumbers(String table, long count) {
    GenericRecord found =
        admin
            .rows(
                "SELECT toInt64(count()) AS rows, toInt64(uniqExact(n)) AS distinct_n,"
                    + " toInt64(countIf(t = concat('t', toString(n)))) AS whole FROM stage."
                    + table)
            .get(0);
    assertThat(found.getLong("rows")).isEqualTo(count);
    assertThat(found.getLong("distinct_n")).isEqualTo(count);
    assertThat(found.getLong("whole")).isEqualTo(count);
  }

  /** How many blocks were inserted, merged or not: the highest number that a block was given. */
  private static long insertedParts(String table) {
    return admin.number(
        "SELECT max(max_block_number) FROM system.parts WHERE database = 'stage' AND table = '"
            + table
            + "'",
        Map.of());
  }
}
