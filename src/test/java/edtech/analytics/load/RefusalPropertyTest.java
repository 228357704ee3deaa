package edtech.analytics.load;

import static edtech.analytics.load.RefusalTest.DAY;
import static edtech.analytics.load.RefusalTest.FAULTS;
import static edtech.analytics.load.RefusalTest.PREFIX;
import static edtech.analytics.load.RefusalTest.counts;
import static edtech.analytics.load.RefusalTest.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The thresholds for any counts; apart from RefusalTest, as a report tells one engine a class. */
class RefusalPropertyTest {
  @Property(tries = 500)
  void anyCounts_areRefusedExactlyOverBothLimits(
      @ForAll @IntRange(max = 1000) int thousandths,
      @ForAll @IntRange(max = 300) int limit,
      @ForAll @IntRange(max = 300) int rejected,
      @ForAll @IntRange(min = 1, max = 3000) int good) {
    long lines = rejected + good;
    Optional<String> why =
        refusal(
                "max-rejected-ratio",
                BigDecimal.valueOf(thousandths, 3).toPlainString(),
                "max-rejected-lines",
                String.valueOf(limit),
                "max-rejected-ratio-of-any-day",
                "1")
            .of(DAY, PREFIX, counts(lines, 0, rejected, "malformed_json"), FAULTS);
    // In whole numbers, where nothing is rounded.
    assertThat(why.isPresent())
        .isEqualTo(rejected > limit && rejected * 1000L > thousandths * lines);
  }
}
