package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.clickhouse.store.LineCounts;
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
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Days of any content, laid out and loaded in any way: tables, ledger and outcome depend on the
 * lines alone.
 */
class GeneratedDaysIT {
  private static final LocalDate DAY = LocalDate.of(2035, 4, 1);

  private static LocalServices services;
  private static ReadBack readBack;

  /** The lines of a day, one way to lay them out, and one to load them. */
  record Case(
      long seed, int events, int files, int gzipped, boolean isTwice, int batchRows, int blanks) {}

  @BeforeContainer
  static void open() {
    services = new LocalServices("generated-days");
    readBack = new ReadBack(services);
  }

  @AfterContainer
  static void close() {
    services.close();
  }

  @Provide
  Arbitrary<Case> cases() {
    return Combinators.combine(
            Arbitraries.longs(),
            Arbitraries.integers().between(1, 400),
            Arbitraries.integers().between(1, 12),
            Arbitraries.integers().between(0, 12),
            Arbitraries.of(true, false),
            Arbitraries.integers().between(1, 2000),
            Arbitraries.integers().between(0, 20))
        .as(Case::new);
  }

  // Each try is three loads; a smaller case tells no more than its seed does.
  @Property(tries = 3, shrinking = ShrinkingMode.OFF)
  void anyDayInAnyLayout_isTheSameDay(@ForAll("cases") Case one) {
    List<byte[]> lines = GeneratedDay.lines(DAY, one.seed(), one.events(), 0);
    services.clear(DAY);
    services.put(DAY, "all.jsonl", joined(lines));
    LoadReport plain = load(LoadMode.FORCED, 100_000);
    requirePublished(plain, lines.size(), 0);
    Map<String, String> content = readBack.content(DAY);
    Set<String> rejected = rejected();

    int copies = one.isTwice() ? 2 : 1;
    lay(one, lines, copies);
    LoadReport other = load(LoadMode.FORCED, one.batchRows());
    requirePublished(other, copies * lines.size(), one.blanks());
    assertThat(readBack.content(DAY)).isEqualTo(content);
    assertThat(rejected()).isEqualTo(rejected);
    assertThat(other.load().counts().accepted()).isEqualTo(plain.load().counts().accepted());
    assertThat(other.load().counts().rejected())
        .isEqualTo(copies * plain.load().counts().rejected());

    assertThat(load(LoadMode.UNLESS_UNCHANGED, 77).load().status()).hasToString("skipped");
    assertThat(readBack.content(DAY)).isEqualTo(content);
  }

  private static LoadReport load(LoadMode mode, int batchRows) {
    return services.load(
        DAY,
        mode,
        "max-line-bytes",
        "4096",
        "max-rejected-ratio",
        "1",
        "max-outside-day-ratio",
        "1",
        "clickhouse.batch-rows",
        String.valueOf(batchRows));
  }

  private static void requirePublished(LoadReport report, int lines, int blanks) {
    LineCounts counts = report.load().counts();
    assertThat(report.load().error()).isEmpty();
    assertThat(report.load().status()).hasToString("published");
    assertThat(counts.linesRead()).isEqualTo(lines + blanks);
    assertThat(counts.blankLines()).isEqualTo(blanks);
    assertThat(counts.accepted() + counts.duplicates() + counts.rejected()).isEqualTo(lines);
    assertThat(counts.rejectedByReason().values().stream().mapToLong(n -> n).sum())
        .isEqualTo(counts.rejected());
    assertThat(services.content("raw.events", DAY)).startsWith(counts.accepted() + ":");
    assertThat(services.content("raw.rejected_events", DAY)).startsWith(counts.rejected() + ":");
  }

  private static Set<String> rejected() {
    return readBack.rejected(DAY).stream()
        .map(line -> line.reason() + "|" + line.detail() + "|" + line.line())
        .collect(Collectors.toSet());
  }

  private static void lay(Case one, List<byte[]> lines, int copies) {
    services.clear(DAY);
    List<byte[]> order = new ArrayList<>();
    for (int copy = 0; copy < copies; copy++) {
      order.addAll(lines);
    }
    for (int blank = 0; blank < one.blanks(); blank++) {
      order.add(Events.bytes(" "));
    }
    Collections.shuffle(order, new Random(one.seed()));
    for (int file = 0; file < one.files(); file++) {
      List<byte[]> part = new ArrayList<>();
      for (int i = file; i < order.size(); i += one.files()) {
        part.add(order.get(i));
      }
      boolean isGzipped = file < one.gzipped();
      byte[] bytes = joined(part);
      services.put(
          DAY,
          "part-" + file + ".jsonl" + (isGzipped ? ".gz" : ""),
          isGzipped ? Events.gzip(bytes) : bytes);
    }
  }

  private static byte[] joined(List<byte[]> lines) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    lines.forEach(
        line -> {
          bytes.writeBytes(line);
          bytes.write('\n');
        });
    return bytes.toByteArray();
  }
}
