package edtech.analytics.source;

import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.stream.IntStream;

/** The zones of days and of folders. */
public final class Zones {
  private static final OffsetDateTime FIRST = OffsetDateTime.parse("2000-01-01T00:00:00Z");
  private static final int MONTHS = 100 * 12;

  private Zones() {}

  /**
   * The zone of a name.
   *
   * @throws IllegalArgumentException that says what the name must be
   */
  public static ZoneId parse(String name) {
    if (!name.equals("UTC") && !ZoneId.getAvailableZoneIds().contains(name)) {
      throw new IllegalArgumentException("must be an IANA zone such as Europe/Berlin, or UTC");
    }
    return ZoneId.of(name);
  }

  /** Whether the clocks of a zone are ahead of another's in some month of 2000 to 2099. */
  static boolean isAhead(ZoneId zone, ZoneId other) {
    return !zone.equals(other)
        && IntStream.range(0, MONTHS)
            .mapToObj(month -> FIRST.plusMonths(month).toInstant())
            .anyMatch(
                instant ->
                    zone.getRules().getOffset(instant).getTotalSeconds()
                        > other.getRules().getOffset(instant).getTotalSeconds());
  }
}
