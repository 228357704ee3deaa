package edtech.analytics.load;

import static edtech.analytics.testing.Events.concat;
import static edtech.analytics.testing.Events.gzip;
import static edtech.analytics.testing.Events.open;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import edtech.analytics.job.JobContext;
import edtech.analytics.testing.Extent;
import edtech.analytics.testing.FaultyS3;
import edtech.analytics.testing.FaultyS3.Fault;
import edtech.analytics.testing.FaultyS3.Request;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.ReadBack;
import edtech.analytics.testing.SilentProgress;
import java.io.IOException;
import java.net.URI;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An S3 that fails now and then, or for good: the day is loaded exactly as it was listed, or not at
 * all and with a word for who has to mend it.
 */
class S3FaultsIT {
  private static final LocalDate DAY = LocalDate.of(2035, 1, 1);
  private static final String NOON = DAY + "T12:00:00Z";
  private static final String PLAIN = "a.jsonl";
  private static final String GZIP = "b.jsonl.gz";
  private static final String HADOOP = "spark.hadoop.";
  private static final int ALWAYS = 1_000_000;

  /** The counts of tries are the job's own, the waits between them are not. */
  private static final Map<String, String> IMPATIENT =
      Map.of(
          // Or S3A would go on with the file system, and so the address, of other tests.
          "fs.s3a.impl.disable.cache", "true",
          "fs.s3a.attempts.maximum", "0",
          "fs.s3a.retry.interval", "10ms",
          "fs.s3a.retry.throttle.interval", "10ms",
          "fs.s3a.connection.timeout", "1s");

  private static LocalServices services;
  private static ReadBack readBack;
  private static FaultyS3 s3;
  private static final Map<String, byte[]> objects = new LinkedHashMap<>();
  private static int gzipHalf;
  private static Map<String, String> content;

  private final Map<String, String> hadoop = new LinkedHashMap<>(IMPATIENT);

  @BeforeAll
  static void publishTheDay() throws IOException {
    services = new LocalServices("s3-faults");
    readBack = new ReadBack(services);
    s3 = new FaultyS3(URI.create(LocalServices.ENVIRONMENT.get("S3_ENDPOINT")));
    byte[] member = gzip(String.join("\n", lines("b", 15)) + "\n");
    gzipHalf = member.length;
    objects.put(PLAIN, (String.join("\n", lines("a", 200)) + "\n").getBytes(UTF_8));
    // Cut between its members, as appending writers leave them, it is still a valid gzip.
    objects.put(GZIP, concat(member, gzip(String.join("\n", lines("c", 14)) + "\nno json\n")));
    putTheDay();
    LoadReport report = services.load(DAY);
    assertThat(report.load().error()).isEmpty();
    assertThat(report.load().counts().accepted()).isEqualTo(229);
    assertThat(report.load().counts().rejected()).isEqualTo(1);
    content = readBack.contentWithRejected(DAY);
  }

  @AfterAll
  static void close() {
    s3.close();
    services.close();
  }

  @BeforeEach
  void healthy() {
    s3.spoil(request -> false, 0, null);
    putTheDay();
  }

  @AfterEach
  void forgetSettings() {
    hadoop.keySet().forEach(key -> System.clearProperty(HADOOP + key));
  }

  private static void putTheDay() {
    objects.forEach((name, bytes) -> services.put(DAY, name, bytes));
  }

  private static int half(String name) {
    return name.equals(GZIP) ? gzipHalf : objects.get(name).length / 2;
  }

  private static String[] lines(String id, int count) {
    return IntStream.range(0, count).mapToObj(i -> open(id + i, NOON)).toArray(String[]::new);
  }

  private LoadReport load() {
    hadoop.put("fs.s3a.endpoint", s3.endpoint().toString());
    SparkSession session = services.spark().newSession();
    hadoop.forEach(
        (key, value) -> {
          // To the reading by the session, to the listing, which has none, by the process.
          session.conf().set(key, value);
          System.setProperty(HADOOP + key, value);
        });
    try (JobContext job =
        new JobContext(
            services.settings("s3.endpoint", s3.endpoint().toString()),
            LocalServices.loaderEnvironment(),
            session)) {
      return new RangeLoad(job, new SilentProgress())
          .run(DAY, DAY, LoadMode.FORCED, report -> {})
          .get(0);
    }
  }

  private static void requireLoadedAsListed(LoadReport report) {
    assertThat(report.load().error()).isEmpty();
    assertThat(report.load().status()).hasToString("published");
    assertThat(readBack.contentWithRejected(DAY)).isEqualTo(content);
  }

  private static void requireFailed(LoadReport report, String message) {
    assertThat(report.load().error()).isEqualTo(message);
    assertThat(report.load().status()).hasToString("failed");
    assertThat(readBack.contentWithRejected(DAY)).isEqualTo(content);
  }

  private static String cannotRead(String name, String why, String advice) {
    return "cannot read %s in the S3 at %s: %s; %s"
        .formatted(services.uri(DAY, name), s3.endpoint(), why, advice);
  }

  private static String cannotList(String why, String advice) {
    return "cannot list %s in the S3 at %s: %s; %s"
        .formatted(services.uri(DAY, ""), s3.endpoint(), why, advice);
  }

  private static String status(int code) {
    return "by FaultyS3 (Service: S3, Status Code: "
        + code
        + ", Request ID: null) (SDK Attempt"
        + " Count: 1)";
  }

  private static final String LATER = "every attempt failed: load the day again when the S3 works";
  private static final String KEYS =
      "give keys that may list and read the bucket: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY,"
          + " AWS_PROFILE, a web identity, or an instance role";
  private static final String ADDRESS =
      "set s3.endpoint (S3_ENDPOINT) to the address of an S3 that is up, or to nothing for"
          + " Amazon's, and events-uri (EVENTS_URI) to a bucket in it";

  /** What goes wrong while an object is read. */
  enum Reading {
    INTERNAL_ERROR,
    SLOW_DOWN,
    NO_BYTE,
    BROKEN_IN_THE_MIDDLE,
    CUT_SHORT,
    STALLED;

    private Fault fault(String name) {
      return switch (this) {
        case INTERNAL_ERROR -> FaultyS3.status(500, "InternalError");
        case SLOW_DOWN -> FaultyS3.status(503, "SlowDown");
        case NO_BYTE -> FaultyS3.brokenAfter(0);
        case BROKEN_IN_THE_MIDDLE -> FaultyS3.brokenAfter(half(name));
        case CUT_SHORT -> FaultyS3.cutTo(half(name));
        case STALLED -> FaultyS3.stalledAfter(half(name), 3000);
      };
    }

    private String why(String name) {
      return switch (this) {
        case INTERNAL_ERROR -> status(500);
        case SLOW_DOWN -> status(503);
        case NO_BYTE ->
            "Premature end of Content-Length delimited message body (expected: %,d; received: 0)"
                .formatted(objects.get(name).length);
        case CUT_SHORT ->
            "it ended after " + half(name) + " of " + objects.get(name).length + " bytes";
        case BROKEN_IN_THE_MIDDLE, STALLED -> throw new IllegalStateException();
      };
    }
  }

  static List<Arguments> readings() {
    return Extent.some(
        "readings that fail twice",
        List.of(
            arguments(PLAIN, Reading.INTERNAL_ERROR),
            arguments(PLAIN, Reading.SLOW_DOWN),
            arguments(PLAIN, Reading.NO_BYTE),
            arguments(PLAIN, Reading.BROKEN_IN_THE_MIDDLE),
            arguments(PLAIN, Reading.CUT_SHORT),
            arguments(PLAIN, Reading.STALLED),
            arguments(GZIP, Reading.BROKEN_IN_THE_MIDDLE),
            arguments(GZIP, Reading.CUT_SHORT)),
        4);
  }

  @ParameterizedTest
  @MethodSource("readings")
  void readingThatFailsTwice_isTriedAgain(String name, Reading reading) {
    s3.spoil(request -> request.isReadOf(name), 2, reading.fault(name));
    requireLoadedAsListed(load());
    // One that got half of the bytes goes on where it ended.
    assertThat(s3.requests()).isBetween(2, 3);
  }

  static List<Arguments> lastingFaults() {
    return Extent.some(
        "readings that always fail",
        List.of(
            arguments(PLAIN, Reading.INTERNAL_ERROR),
            arguments(PLAIN, Reading.SLOW_DOWN),
            arguments(PLAIN, Reading.NO_BYTE),
            arguments(PLAIN, Reading.CUT_SHORT),
            arguments(GZIP, Reading.CUT_SHORT)),
        3);
  }

  @ParameterizedTest
  @MethodSource("lastingFaults")
  void readingThatAlwaysFails_failsTheLoad(String name, Reading reading) {
    s3.spoil(request -> request.isReadOf(name), ALWAYS, reading.fault(name));
    requireFailed(load(), cannotRead(name, reading.why(name), LATER));
    assertThat(s3.requests()).isBetween(4, 50);
  }

  @Test
  void slowReading_isWaitedFor() {
    // Longer in all than the time without a byte that is allowed.
    s3.spoil(request -> request.isReadOf(PLAIN), ALWAYS, FaultyS3.slow(4000, 300));
    requireLoadedAsListed(load());
    assertThat(s3.requests()).isEqualTo(1);
  }

  @Test
  void forbiddenReading_isNotTriedAgain() {
    s3.spoil(request -> request.isReadOf(PLAIN), ALWAYS, FaultyS3.status(403, "AccessDenied"));
    requireFailed(load(), cannotRead(PLAIN, status(403), KEYS));
    assertThat(s3.requests()).isEqualTo(1);
  }

  @Test
  void answerOfAnotherVersion_failsTheLoad() {
    s3.spoil(request -> request.isReadOf(PLAIN), ALWAYS, FaultyS3.otherVersion());
    requireFailed(load(), services.changedMessage(DAY, PLAIN));
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, GZIP})
  void objectReplacedWhileItIsRead_failsTheLoad(String name) {
    s3.spoil(
        request -> request.isReadOf(name),
        1,
        FaultyS3.brokenAfter(half(name)),
        () -> services.put(DAY, name, open("other", NOON)));
    requireFailed(load(), services.changedMessage(DAY, name));
    assertThat(s3.requests()).isGreaterThan(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, GZIP})
  void objectRemovedWhileItIsRead_failsTheLoad(String name) {
    s3.spoil(
        request -> request.isReadOf(name),
        1,
        FaultyS3.brokenAfter(half(name)),
        () -> services.remove(DAY, name));
    requireFailed(load(), services.changedMessage(DAY, name));
    assertThat(s3.requests()).isGreaterThan(1);
  }

  @Test
  void objectReplacedByItsHead_failsTheLoad() {
    s3.spoil(
        Request::isListing,
        1,
        FaultyS3.slow(1 << 20, 0),
        () -> services.put(DAY, PLAIN, Arrays.copyOf(objects.get(PLAIN), half(PLAIN))));
    requireFailed(load(), services.changedMessage(DAY, PLAIN));
  }

  @Test
  void listingOfManyPages_isReadToItsEnd() {
    hadoop.put("fs.s3a.paging.maximum", "1");
    s3.spoil(Request::isLaterPage, 0, null);
    requireLoadedAsListed(load());
    // Once before reading and once before publishing, of two objects.
    assertThat(s3.requests()).isGreaterThanOrEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"500, InternalError", "503, SlowDown"})
  void laterPageThatFailsTwice_isAskedForAgain(int status, String code) {
    hadoop.put("fs.s3a.paging.maximum", "1");
    s3.spoil(Request::isLaterPage, 2, FaultyS3.status(status, code));
    requireLoadedAsListed(load());
    assertThat(s3.requests()).isGreaterThanOrEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({"500, InternalError", "503, SlowDown"})
  void laterPageThatAlwaysFails_failsTheLoad(int status, String code) {
    hadoop.put("fs.s3a.paging.maximum", "1");
    s3.spoil(Request::isLaterPage, ALWAYS, FaultyS3.status(status, code));
    requireFailed(load(), cannotList(status(status), LATER));
    assertThat(s3.requests()).isBetween(3, 10);
  }

  @Test
  void forbiddenListing_failsTheLoad() {
    s3.spoil(Request::isListing, ALWAYS, FaultyS3.status(403, "AccessDenied"));
    requireFailed(load(), cannotList(status(403), KEYS));
  }

  @Test
  void listingCutShort_isAskedForAgain() {
    s3.spoil(Request::isListing, 2, FaultyS3.cutTo(300));
    requireLoadedAsListed(load());
  }

  @Test
  void listingAlwaysCutShort_failsTheLoad() {
    s3.spoil(Request::isListing, ALWAYS, FaultyS3.cutTo(300));
    LoadReport report = load();
    assertThat(report.load().error()).endsWith(ADDRESS);
    requireFailed(report, report.load().error());
  }

  @Test
  void listedNameThatLeadsOutOfTheDay_failsTheLoad() {
    s3.spoil(
        Request::isListing, ALWAYS, FaultyS3.replacing("/" + PLAIN + "<", "/../../" + PLAIN + "<"));
    requireFailed(
        load(),
        "the listing of "
            + services.uri(DAY, "")
            + " names an object outside of it, "
            + services.eventsUri().replaceFirst("/[^/]+$", "/")
            + PLAIN
            + ": rename the object whose name holds '..'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"//", "/./"})
  void listedKeyThatNoAddressKeeps_failsTheLoad(String between) {
    s3.spoil(
        Request::isListing, ALWAYS, FaultyS3.replacing("/" + PLAIN + "<", between + "z.jsonl<"));
    requireFailed(
        load(),
        "object "
            + services.uri(DAY, "z.jsonl")
            + " is listed, but not found by that name: its key holds '//' or '/./', which an"
            + " address does not keep; rename it");
  }

  @Test
  void twoKeysOfOneAddress_failTheLoad() {
    s3.spoil(Request::isListing, ALWAYS, FaultyS3.replacing("/" + GZIP + "<", "//" + PLAIN + "<"));
    requireFailed(
        load(),
        "two objects have the address "
            + services.uri(DAY, PLAIN)
            + ": the key of one holds '//' or '/./', which an address does not keep; rename that"
            + " one");
  }
}
