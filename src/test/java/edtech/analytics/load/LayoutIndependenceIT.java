package edtech.analytics.load;

import static edtech.analytics.testing.Events.gzip;
import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.testing.Events;
import edtech.analytics.testing.GeneratedDay;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.ReadBack;
import java.io.ByteArrayOutputStream;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same lines give the same tables, however they are laid out, read and written. */
class LayoutIndependenceIT {
  private static final LocalDate DAY = LocalDate.of(2013, 1, 1);
  private static final String[] SETTINGS = {
    "max-line-bytes", "4096",
    "max-rejected-ratio", "1",
    "max-outside-day-ratio", "1",
    "dimensions.session", "session_id",
    "metrics.paid.event-types", "purchase",
    "metrics.paid.sum", "purchase_amount",
    "metrics.passed.event-types", "task_result",
    "metrics.passed.where.task_result", "success"
  };

  private static LocalServices services;
  private static ReadBack readBack;
  private static List<byte[]> lines;
  private static LoadReport reference;
  private static Map<String, String> content;
  private static Set<String> rejected;

  @BeforeAll
  static void loadTheReference() {
    services = new LocalServices("layout");
    readBack = new ReadBack(services);
    lines = GeneratedDay.lines(DAY, 42, 2500, 0);
    put(DAY, lines, Layout.ONE_FILE);
    reference = services.load(DAY, SETTINGS);
    assertThat(reference.load().error()).isEmpty();
    assertThat(reference.load().status()).hasToString("published");
    assertThat(reference.load().counts().accepted()).isEqualTo(2500);
    assertThat(reference.load().counts().duplicates()).isGreaterThan(100);
    assertThat(reference.load().counts().rejectedByReason()).hasSize(12);
    content = readBack.content(DAY);
    rejected = rejected(DAY);
  }

  @AfterAll
  static void close() {
    services.close();
  }

  @AfterEach
  void usualParallelism() {
    services.spark().sparkContext().conf().remove("spark.default.parallelism");
  }

  /** How the lines are laid out, and how they are loaded. */
  enum Layout {
    ONE_FILE(1, 0),
    SHUFFLED(1, 1),
    TWO_FILES(2, 2),
    FIFTY_FILES(50, 3),
    SEVEN_GZIPPED(7, 4),
    HALF_GZIPPED(12, 5),
    WINDOWS_LINE_ENDS_AND_BOM(3, 6),
    NO_LAST_LINE_END(4, 7),
    EVERY_LINE_TWICE(5, 8),
    BATCHES_OF_FORTY_THREE(3, 9),
    BATCHES_OF_TEN_KILOBYTES(3, 10),
    FIVE_PARTITIONS(9, 11),
    TWENTY_THREE_PARTITIONS_TWICE(6, 12);

    private final int files;
    private final long seed;

    Layout(int files, long seed) {
      this.files = files;
      this.seed = seed;
    }

    private boolean isTwice() {
      return this == EVERY_LINE_TWICE || this == TWENTY_THREE_PARTITIONS_TWICE;
    }

    private boolean isGzipped(int file) {
      return this == SEVEN_GZIPPED || this == HALF_GZIPPED && file % 2 == 0;
    }

    private int parallelism() {
      return this == FIVE_PARTITIONS ? 5 : this == TWENTY_THREE_PARTITIONS_TWICE ? 23 : 0;
    }

    private String[] settings() {
      List<String> settings = new ArrayList<>(List.of(SETTINGS));
      if (this == BATCHES_OF_FORTY_THREE) {
        settings.addAll(List.of("clickhouse.batch-rows", "43"));
      } else if (this == BATCHES_OF_TEN_KILOBYTES) {
        settings.addAll(List.of("clickhouse.batch-bytes", "10240"));
      } else if (this == FIVE_PARTITIONS) {
        settings.addAll(List.of("clickhouse.batch-rows", "100"));
      }
      return settings.toArray(String[]::new);
    }
  }

  private static void put(LocalDate date, List<byte[]> lines, Layout layout) {
    List<byte[]> order = new ArrayList<>(lines);
    if (layout.isTwice()) {
      order.addAll(lines);
    }
    if (layout.seed > 0) {
      Collections.shuffle(order, new Random(layout.seed));
    }
    byte[] end = Events.bytes(layout == Layout.WINDOWS_LINE_ENDS_AND_BOM ? "\r\n" : "\n");
    for (int file = 0; file < layout.files; file++) {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      if (layout == Layout.WINDOWS_LINE_ENDS_AND_BOM) {
        content.writeBytes(Events.bytes("\u00ef\u00bb\u00bf"));
      }
      for (int i = file; i < order.size(); i += layout.files) {
        if (layout != Layout.NO_LAST_LINE_END || content.size() == 0) {
          content.writeBytes(order.get(i));
          content.writeBytes(layout == Layout.NO_LAST_LINE_END ? new byte[0] : end);
        } else {
          content.writeBytes(end);
          content.writeBytes(order.get(i));
        }
      }
      if (layout.parallelism() > 0) {
        // Blank lines, so that the day is large enough for more than one partition.
        content.writeBytes(Events.bytes(" ".repeat(1 << 20) + "\n"));
      }
      String name = "part-" + file + ".jsonl";
      if (layout.isGzipped(file)) {
        services.put(date, name + ".gz", gzip(content.toByteArray()));
      } else {
        services.put(date, name, content.toByteArray());
      }
    }
  }

  private static Set<String> rejected(LocalDate date) {
    return readBack.rejected(date).stream()
        .map(line -> line.reason() + "|" + line.detail() + "|" + line.line())
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @EnumSource
  void anyLayout_givesTheSameTables(Layout layout) {
    services.clear(DAY);
    put(DAY, lines, layout);
    if (layout.parallelism() > 0) {
      services
          .spark()
          .sparkContext()
          .conf()
          .set("spark.default.parallelism", String.valueOf(layout.parallelism()));
    }

    LoadReport report = services.load(DAY, LoadMode.FORCED, layout.settings());

    assertThat(report.load().error()).isEmpty();
    assertThat(report.load().status()).hasToString("published");
    assertThat(readBack.content(DAY)).isEqualTo(content);
    assertThat(rejected(DAY)).isEqualTo(rejected);
    int copies = layout.isTwice() ? 2 : 1;
    assertThat(report.load().counts().linesRead() - report.load().counts().blankLines())
        .isEqualTo(copies * lines.size());
    assertThat(report.load().counts().accepted()).isEqualTo(2500);
    assertThat(report.load().counts().rejected())
        .isEqualTo(copies * reference.load().counts().rejected());
    if (copies == 1) {
      assertThat(report.load().counts().duplicates())
          .isEqualTo(reference.load().counts().duplicates());
      assertThat(services.content("raw.rejected_events", DAY).split(":")[0])
          .isEqualTo(String.valueOf(reference.load().counts().rejected()));
    }
  }

  @Test
  void fileLargerThanOneSplit_equalsItsLinesInSmallFiles() {
    LocalDate day = LocalDate.of(2013, 2, 1);
    List<byte[]> many = GeneratedDay.lines(day, 43, 4_000, 900);
    services.spark().sparkContext().conf().set("spark.default.parallelism", "7");
    put(day, many, Layout.ONE_FILE);
    long reads = services.objectReads();
    LoadReport large = services.load(day, SETTINGS);
    assertThat(large.load().error()).isEmpty();
    assertThat(large.load().source().objects()).isEqualTo(1);
    assertThat(large.load().source().bytes()).isGreaterThan(10_000_000);
    // One request for each piece of 4 MiB or a little more.
    assertThat(services.objectReads() - reads).isGreaterThan(1);
    assertThat(large.load().counts().linesRead()).isEqualTo(many.size());
    Map<String, String> tables = readBack.content(day);
    Set<String> rejectedLines = rejected(day);

    services.clear(day);
    put(day, many, Layout.HALF_GZIPPED);
    LoadReport small = services.load(day, SETTINGS);
    assertThat(small.load().error()).isEmpty();
    assertThat(small.load().source().objects()).isEqualTo(12);
    assertThat(ReadBack.text(small.load().counts()))
        .isEqualTo(ReadBack.text(large.load().counts()));
    assertThat(readBack.content(day)).isEqualTo(tables);
    assertThat(rejected(day)).isEqualTo(rejectedLines);
  }
}
