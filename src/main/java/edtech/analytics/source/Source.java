package edtech.analytics.source;

import java.io.Serializable;

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
}
