package edtech.analytics.clickhouse.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineCountsTest {
  @ParameterizedTest
  @CsvSource({
    "10, 1, 0, 5, 1, 2, 1, 0, true",
    "10, 1, 0, 5, 1, 2, 4, 3, true",
    "17, 1, 7, 5, 1, 2, 1, 0, true",
    "10, 1, 0, 5, 1, 2, 1, 1, false",
    "9, 1, 0, 5, 1, 2, 1, 0, false",
    "10, 1, 1, 5, 1, 2, 1, 0, false",
    "0, 0, 0, 0, 0, 0, 0, 0, true"
  })
  void isBalanced_everyLineInOnePlace(
      long read,
      long blank,
      long ignored,
      long accepted,
      long duplicates,
      long rejected,
      long otherDay,
      long late,
      boolean balanced) {
    LineCounts counts =
        new LineCounts(
            read, blank, ignored, accepted, duplicates, rejected, otherDay, late, Map.of());
    assertThat(counts.isBalanced()).isEqualTo(balanced);
  }

  @Test
  void plus_addsEveryCountAndEveryReason() {
    LineCounts one = new LineCounts(1, 2, 3, 4, 5, 6, 7, 8, Map.of("a", 1L, "b", 2L));
    LineCounts more = new LineCounts(10, 20, 30, 40, 50, 60, 70, 80, Map.of("b", 5L, "c", 9L));
    assertThat(one.plus(more))
        .isEqualTo(
            new LineCounts(11, 22, 33, 44, 55, 66, 77, 88, Map.of("a", 1L, "b", 7L, "c", 9L)))
        .isEqualTo(more.plus(one));
    assertThat(one.plus(LineCounts.NONE)).isEqualTo(one);
  }
}
