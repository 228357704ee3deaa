package edtech.analytics.load;

import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.config.Settings;
import edtech.analytics.input.line.Reason;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** Decides from the counts of a day whether it may be published. */
final class Refusal {
  private final Settings settings;

  Refusal(Settings settings) {
    this.settings = settings;
  }

  /**
   * Why the day is refused; empty when it is not.
   *
   * @param prefix where the day's own objects lie, for the message
   * @param faults what is wrong with the rejected lines, for the message; asked for when there is
   *     one
   */
  Optional<String> of(LocalDate date, String prefix, LineCounts counts, Supplier<String> faults) {
    // Lines of erased users are as if they were not there.
    long erased = counts.rejectedByReason().getOrDefault(Reason.ERASED_USER.code(), 0L);
    long notBlank = counts.judged() + counts.late() - erased;
    boolean isEmpty = counts.linesRead() == counts.blankLines();
    if (isEmpty) {
      return settings.allowEmptyDay() ? Optional.empty() : Optional.of(empty(prefix, counts));
    }
    Settings.Refusal limits = settings.refusal();
    long outside = counts.rejectedByReason().getOrDefault(Reason.OUTSIDE_DAY.code(), 0L);
    long rejected = counts.rejected() - outside - erased;
    if (exceeds(rejected, notBlank, limits.maxRejectedRatio(), limits.maxRejectedLines())) {
      return Optional.of(
          tooMany(
              "rejected",
              rejected,
              notBlank,
              ratio("max-rejected-ratio", limits.maxRejectedRatio()),
              faults));
    }
    if (exceeds(outside, notBlank, limits.maxOutsideDayRatio(), limits.maxRejectedLines())) {
      return Optional.of(
          tooMany(
              "of other days than " + (settings.source().layout().isNative() ? "dt=" : "") + date,
              outside,
              notBlank,
              ratio("max-outside-day-ratio", limits.maxOutsideDayRatio()),
              faults));
    }
    if (counts.accepted() == 0 && notBlank + counts.ignored() > 0) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "no event of %s is accepted: of %,d lines below %s that are not blank, %,d are"
                  + " rejected (%s)%s and %,d are of other days; look at ops.rejected_events",
              date,
              notBlank + counts.ignored(),
              prefix,
              outside + rejected,
              faults.get(),
              counts.ignored() == 0
                  ? ""
                  : String.format(
                      Locale.ROOT, ", %,d are ignored by source.events", counts.ignored()),
              counts.otherDay()));
    }
    double ofAnyDay = limits.maxRejectedRatioOfAnyDay();
    if (exceeds(rejected + outside, notBlank, ofAnyDay, 0)) {
      return Optional.of(
          tooMany(
              "rejected",
              rejected + outside,
              notBlank,
              "max-rejected-ratio-of-any-day=" + ofAnyDay,
              faults));
    }
    return Optional.empty();
  }

  static String empty(String prefix, LineCounts counts) {
    return counts.linesRead() == 0
        ? "no line below "
            + prefix
            + ": upload the day's events, or set allow-empty-day=true to publish the day with zeros"
        : String.format(
            Locale.ROOT,
            "only blank lines (%,d) below %s: upload the day's events, or set allow-empty-day=true to"
                + " publish the day with zeros",
            counts.linesRead(),
            prefix);
  }

  private static String tooMany(
      String what, long lines, long notBlank, String limits, Supplier<String> faults) {
    return String.format(
        Locale.ROOT,
        "%,d of %,d lines are %s, over %s (%s): look at ops.rejected_events for this load, fix the"
            + " events, or raise the limit",
        lines,
        notBlank,
        what,
        limits,
        faults.get());
  }

  private String ratio(String setting, double ratio) {
    return setting
        + "="
        + ratio
        + " and max-rejected-lines="
        + settings.refusal().maxRejectedLines();
  }

  private static boolean exceeds(long lines, long of, double ratio, long limit) {
    // In decimal, as it was written: 0.01 * 300 must not be 3.0000000000000004.
    return lines > limit
        && BigDecimal.valueOf(lines)
                .compareTo(BigDecimal.valueOf(ratio).multiply(BigDecimal.valueOf(of)))
            > 0;
  }
}
