package edtech.analytics.input.line;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * The date of an instant in one zone. Caches the zone's offset until the clocks change, since most
 * events of a load share it.
 */
final class EventDays {

  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long SECONDS_PER_DAY = 86_400;

  private final ZoneRules rules;
  // In epoch seconds, from inclusive; empty at first.
  private long validFrom = Long.MAX_VALUE;
  private long validTo = Long.MIN_VALUE;
  private int offsetSeconds;

  EventDays(ZoneId zone) {
    this.rules = zone.getRules();
  }

  /** The epoch day of an instant given in epoch microseconds UTC. */
  int epochDay(long micros) {
    long second = Math.floorDiv(micros, MICROS_PER_SECOND);
    if (second < validFrom || second >= validTo) {
      remember(Instant.ofEpochSecond(second));
    }
    return (int) Math.floorDiv(second + offsetSeconds, SECONDS_PER_DAY);
  }

  private void remember(Instant instant) {
    ZoneOffset offset = rules.getOffset(instant);
    // The change before an instant may be the instant itself, hence the nanosecond.
    ZoneOffsetTransition before = rules.previousTransition(instant.plusNanos(1));
    ZoneOffsetTransition after = rules.nextTransition(instant);
    offsetSeconds = offset.getTotalSeconds();
    validFrom = before == null ? Long.MIN_VALUE : before.toEpochSecond();
    validTo = after == null ? Long.MAX_VALUE : after.toEpochSecond();
  }
}
