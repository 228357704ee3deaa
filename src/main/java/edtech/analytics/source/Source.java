package edtech.analytics.source;

import java.io.Serializable;
import java.time.ZoneId;
import java.util.List;

/**
 * The settings below {@code source}.
 *
 * @param framing how objects hold events
 * @param dropsTextBefore whether the text before the first brace of a line is no part of the event
 * @param sameId what two events of one id are
 */
public record Source(
    Layout layout, Framing framing, boolean dropsTextBefore, SameId sameId, Mapping mapping)
    implements Serializable {

  /** How an object holds events. */
  public enum Framing {
    /** One event a line. */
    LINES,
    /** One JSON object after the other, with or without line ends between or inside them. */
    CONCATENATED
  }

  /** What events of one id are. */
  public enum SameId {
    /** Duplicates where their content is equal, else a conflict. */
    COMPARE,
    /** Duplicates, whatever else differs. */
    DUPLICATE
  }

  /**
   * Lines and folders of the contract.
   *
   * @param zone of the days
   * @param latenessDays how many days before its folder an event may lie
   */
  public static Source ofContract(ZoneId zone, int latenessDays) {
    Layout layout = new Layout(List.of(), zone, latenessDays, 0);
    return new Source(layout, Framing.LINES, false, SameId.COMPARE, Mapping.NATIVE);
  }
}
