package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.input.DayInput;
import edtech.analytics.input.SourceObject;
import java.time.LocalDate;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LostObjectsTest {
  private static final LocalDate DAY = LocalDate.of(2026, 3, 1);
  private static final LineCounts GOOD = new LineCounts(90, 0, 0, 90, 0, 0, 0, 0, Map.of());
  private static final LineCounts NO_EVENT = rejected(12, 2, Map.of("malformed_json", 10L));

  @Test
  void objectWithoutAnyEvent_isNamedWithItsReasons() {
    assertThat(refusal(GOOD, NO_EVENT))
        .isEqualTo(
            "none of the 10 lines of s3a://b/1.jsonl is an event ({malformed_json=10}): upload it"
                + " again as one JSON object a line, in UTF-8, or hide it with a leading _;"
                + " ops.rejected_events has its lines");
    assertThat(refusal(NO_EVENT, GOOD, NO_EVENT, NO_EVENT))
        .startsWith(
            "none of the 10 lines of s3a://b/0.jsonl is an event ({malformed_json=10}), and of 2"
                + " other objects: ");
  }

  @Test
  void fewLinesOrOneEvent_areNotLost() {
    assertThat(refusal(GOOD, rejected(9, 0, Map.of("malformed_json", 9L)))).isEmpty();
    assertThat(refusal(GOOD, rejected(50, 50, Map.of()))).isEmpty();
    for (LineCounts one :
        List.of(
            new LineCounts(51, 0, 0, 1, 0, 50, 0, 0, Map.of("missing_field", 50L)),
            new LineCounts(51, 0, 0, 0, 1, 50, 0, 0, Map.of("missing_field", 50L)),
            new LineCounts(51, 0, 0, 0, 0, 50, 1, 0, Map.of("missing_field", 50L)))) {
      assertThat(refusal(GOOD, one)).isEmpty();
    }
  }

  /** An array of events on one line; gzip in gzip, which has few line ends. */
  @Test
  void fewLinesOfManyBytes_areNamed() {
    LineCounts array = rejected(1, 0, Map.of("malformed_json", 1L));
    LineCounts twice = rejected(3, 0, Map.of("malformed_json", 1L, "invalid_encoding", 2L));
    // The good one has 90 lines in 900 bytes.
    assertThat(refusalOf(List.of(900L, 1_000L), GOOD, array)).startsWith("none of the 1 lines of ");
    assertThat(refusalOf(List.of(900L, 1_000L), GOOD, twice)).startsWith("none of the 3 lines of ");
    assertThat(refusalOf(List.of(900L, 999L), GOOD, array)).isEmpty();
    assertThat(refusalOf(List.of(900L, 1_000L), GOOD, rejected(50, 50, Map.of()))).isEmpty();
    // One line that is too long, or an event with a fault.
    for (String reason : List.of("line_too_long", "missing_field")) {
      assertThat(refusalOf(List.of(900L, 1_000L), GOOD, rejected(1, 0, Map.of(reason, 1L))))
          .as(reason)
          .isEmpty();
    }
  }

  @Test
  void linesThatWereUnderstood_areNotLost() {
    for (String reason : List.of("outside_day", "conflicting_duplicate", "erased_user")) {
      assertThat(refusal(GOOD, rejected(20, 0, Map.of(reason, 20L)))).as(reason).isEmpty();
      assertThat(refusal(GOOD, rejected(20, 0, Map.of(reason, 1L, "missing_field", 19L))))
          .as(reason)
          .isEmpty();
    }
  }

  @Test
  void objectsOfLaterPrefixes_areJudgedByTheirOwnDay() {
    DayInput input = new DayInput(DAY, List.of(object(0)), List.of(object(1)));
    LineCounts late =
        new LineCounts(0, 0, 0, 0, 0, 12, 0, 12, Map.of("conflicting_duplicate", 12L));
    assertThat(LostObjects.refusal(input, Map.of(0, GOOD, 1, late))).isEmpty();
  }

  @Test
  void ignoredLines_areNotLost() {
    LineCounts ignored = new LineCounts(50, 0, 50, 0, 0, 0, 0, 0, Map.of());
    LineCounts someRejected = new LineCounts(50, 0, 41, 0, 0, 9, 0, 0, Map.of("missing_field", 9L));
    assertThat(refusal(GOOD, ignored, someRejected)).isEmpty();
    LineCounts lost = new LineCounts(50, 0, 40, 0, 0, 10, 0, 0, Map.of("missing_field", 10L));
    assertThat(refusal(GOOD, lost)).startsWith("none of the 10 lines of s3a://b/1.jsonl is ");
  }

  private static LineCounts rejected(long lines, long blank, Map<String, Long> reasons) {
    return new LineCounts(lines, blank, 0, 0, 0, lines - blank, 0, 0, reasons);
  }

  private static String refusal(LineCounts... objects) {
    return refusalOf(Collections.nCopies(objects.length, 100L), objects);
  }

  private static String refusalOf(List<Long> bytes, LineCounts... objects) {
    Map<Integer, LineCounts> byObject = new HashMap<>();
    IntStream.range(0, objects.length).forEach(i -> byObject.put(i, objects[i]));
    List<SourceObject> own =
        IntStream.range(0, objects.length).mapToObj(i -> object(i, bytes.get(i))).toList();
    return LostObjects.refusal(new DayInput(DAY, own, List.of()), byObject).orElse("");
  }

  private static SourceObject object(int number) {
    return object(number, 100);
  }

  private static SourceObject object(int number, long bytes) {
    return new SourceObject("s3a://b/" + number + ".jsonl", DAY, bytes, "v");
  }
}
