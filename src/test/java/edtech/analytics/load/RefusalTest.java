package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.config.SettingsReader;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalTest {
  static final LocalDate DAY = LocalDate.of(2026, 1, 2);
  static final Supplier<String> FAULTS = () -> "the faults";
  private static final String OF_ANY_DAY = "max-rejected-ratio-of-any-day";
  static final String PREFIX = "s3a://b/e/dt=2026-01-02/";

  @ParameterizedTest(name = "ratio {0}, limit {1}: {2} of {3} rejected, refused = {4}")
  @CsvSource({
    // Over the share and over the number; exactly at either is not over it.
    "0.01, 0, 1, 100, false",
    "0.01, 0, 2, 100, true",
    "0.01, 0, 1, 99, true",
    "0.01, 2, 3, 300, false",
    "0.01, 2, 3, 299, true",
    "0.01, 3, 3, 100, false",
    "0.01, 1000, 1000, 2000, false",
    "0.01, 1000, 1001, 2000, true",
    "0.01, 1000, 1001, 100100, false",
    "0.01, 1000, 1001, 100099, true",
    "0, 0, 1, 1000000, true",
    "1, 0, 9, 10, false",
    "0.3, 0, 3, 10, false",
    "0.07, 0, 7, 100, false"
  })
  void rejectedLines_thresholds_areExact(
      String ratio, String limit, long rejected, long lines, boolean refused) {
    Optional<String> why =
        refusal("max-rejected-ratio", ratio, "max-rejected-lines", limit, OF_ANY_DAY, "1")
            .of(DAY, PREFIX, counts(lines, 0, rejected, "malformed_json"), FAULTS);
    assertThat(why.isPresent()).isEqualTo(refused);
  }

  @ParameterizedTest(name = "ratio {0}, limit {1}: {2} of {3} outside, refused = {4}")
  @CsvSource({
    "0.2, 0, 20, 100, false",
    "0.2, 0, 21, 100, true",
    "0.2, 21, 21, 100, false",
    "0.2, 20, 21, 100, true"
  })
  void linesOfOtherDays_thresholds_areTheirOwn(
      String ratio, String limit, long outside, long lines, boolean refused) {
    Optional<String> why =
        refusal(
                "max-outside-day-ratio",
                ratio,
                "max-rejected-lines",
                limit,
                "max-rejected-ratio",
                "0",
                OF_ANY_DAY,
                "1")
            .of(DAY, PREFIX, counts(lines, 0, outside, "outside_day"), FAULTS);
    assertThat(why.isPresent()).isEqualTo(refused);
  }

  @ParameterizedTest(name = "{0} rejected and {1} of other days of {2}, refused = {3}")
  @CsvSource({
    "813, 0, 1200, true",
    "0, 813, 1200, true",
    "900, 0, 901, true",
    "120, 121, 1200, true",
    "120, 120, 1200, false",
    "1, 0, 5, false",
    "2, 0, 9, true"
  })
  void aFifthOfTheLines_ofAnyDay_isTheMost(
      long rejected, long outside, long lines, boolean refused) {
    LineCounts counts =
        new LineCounts(
            lines,
            0,
            0,
            lines - rejected - outside,
            0,
            rejected + outside,
            0,
            0,
            Map.of("missing_field", rejected, "outside_day", outside));
    Optional<String> why = refusal().of(DAY, PREFIX, counts, FAULTS);
    assertThat(why.isPresent()).isEqualTo(refused);
    if (refused) {
      assertThat(why.get())
          .isEqualTo(
              "%,d of %,d lines are rejected, over max-rejected-ratio-of-any-day=0.2 (the faults):"
                      .formatted(rejected + outside, lines)
                  + " look at ops.rejected_events for this load, fix the events, or raise the"
                  + " limit");
    }
  }

  @Test
  void tooManyRejected_message_saysHowManyAndWhatToDo() {
    assertThat(refusal().of(DAY, PREFIX, counts(20_000, 0, 1_500, "malformed_json"), FAULTS))
        .contains(
            "1,500 of 20,000 lines are rejected, over max-rejected-ratio=0.01 and"
                + " max-rejected-lines=1000 (the faults): look at ops.rejected_events for this"
                + " load, fix the events, or raise the limit");
  }

  @Test
  void tooManyOfOtherDays_message_saysSo() {
    assertThat(refusal().of(DAY, PREFIX, counts(5_000, 0, 1_001, "outside_day"), FAULTS))
        .contains(
            "1,001 of 5,000 lines are of other days than dt=2026-01-02, over"
                + " max-outside-day-ratio=0.2 and max-rejected-lines=1000 (the faults): look at"
                + " ops.rejected_events for this load, fix the events, or raise the limit");
  }

  @Test
  void blankLines_shares_areOfTheOthers() {
    assertThat(
            refusal("max-rejected-lines", "0")
                .of(DAY, PREFIX, counts(1100, 1000, 1, "malformed_json"), FAULTS))
        .isEmpty();
    assertThat(
            refusal("max-rejected-lines", "0")
                .of(DAY, PREFIX, counts(1100, 1001, 1, "malformed_json"), FAULTS))
        .isPresent();
  }

  @Test
  void nothingAccepted_isRefused() {
    assertThat(refusal().of(DAY, PREFIX, counts(2, 0, 2, "malformed_json"), FAULTS))
        .contains(
            "no event of 2026-01-02 is accepted: of 2 lines below "
                + PREFIX
                + " that are not blank, 2 are rejected (the faults) and 0 are of other days;"
                + " look at ops.rejected_events");
  }

  @Test
  void linesOfErasedUsers_areAsIfTheyWereNotThere() {
    assertThat(refusal().of(DAY, PREFIX, counts(2_000, 0, 2_000, "erased_user"), FAULTS)).isEmpty();
    LineCounts both =
        new LineCounts(
            2_000, 0, 0, 0, 0, 2_000, 0, 0, Map.of("erased_user", 1_998L, "malformed_json", 2L));
    assertThat(refusal().of(DAY, PREFIX, both, FAULTS).orElseThrow())
        .startsWith("no event of 2026-01-02 is accepted: of 2 lines below ");
  }

  @Test
  void ignoredLines_countForNoShare() {
    LineCounts counts = new LineCounts(1_000, 0, 990, 7, 0, 3, 0, 0, Map.of("missing_field", 3L));
    assertThat(refusal().of(DAY, PREFIX, counts, FAULTS).orElseThrow())
        .startsWith("3 of 10 lines are rejected, over max-rejected-ratio-of-any-day=0.2 (");
  }

  @Test
  void onlyIgnoredLines_areRefused() {
    LineCounts counts = new LineCounts(1_002, 2, 1_000, 0, 0, 0, 0, 0, Map.of());
    assertThat(refusal().of(DAY, PREFIX, counts, () -> "none"))
        .contains(
            "no event of 2026-01-02 is accepted: of 1,000 lines below "
                + PREFIX
                + " that are not blank, 0 are rejected (none), 1,000 are ignored by source.events"
                + " and 0 are of other days; look at ops.rejected_events");
  }

  @Test
  void noLine_isRefusedUnlessAllowed() {
    assertThat(refusal().of(DAY, PREFIX, LineCounts.NONE, FAULTS))
        .contains(
            "no line below "
                + PREFIX
                + ": upload the day's events, or set allow-empty-day=true to publish the day with"
                + " zeros");
    assertThat(refusal("allow-empty-day", "true").of(DAY, PREFIX, LineCounts.NONE, FAULTS))
        .isEmpty();
  }

  @Test
  void blankLinesOnly_areRefusedUnlessAllowed() {
    LineCounts blank = counts(1234, 1234, 0, "x");
    assertThat(refusal().of(DAY, PREFIX, blank, FAULTS))
        .contains(
            "only blank lines (1,234) below "
                + PREFIX
                + ": upload the day's events, or set allow-empty-day=true to publish the day with"
                + " zeros");
    assertThat(refusal("allow-empty-day", "true").of(DAY, PREFIX, blank, FAULTS)).isEmpty();
  }

  static LineCounts counts(long lines, long blank, long rejected, String reason) {
    Map<String, Long> reasons = new TreeMap<>();
    if (rejected > 0) {
      reasons.put(reason, rejected);
    }
    return new LineCounts(lines, blank, 0, lines - blank - rejected, 0, rejected, 0, 0, reasons);
  }

  static Refusal refusal(String... settings) {
    Map<String, String> all = new HashMap<>();
    all.put("events-uri", "s3a://b/e");
    all.put("clickhouse.url", "http://h:1");
    all.put("clickhouse.password", "");
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return new Refusal(SettingsReader.read(Optional.empty(), Map.of(), all));
  }
}
