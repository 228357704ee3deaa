package edtech.analytics.input.line;

import java.util.Locale;

/**
 * Why a line is rejected. The reasons are checked in this order, and the first that applies is
 * stored. {@link #ERASED_USER} is the exception: it comes before all others, and its row stores
 * nothing of the line.
 */
public enum Reason {
  LINE_TOO_LONG,
  INVALID_ENCODING,
  MALFORMED_JSON,
  DUPLICATE_KEY,
  MISSING_FIELD,
  INVALID_TYPE,
  INVALID_TIMESTAMP,
  TIMESTAMP_OUT_OF_RANGE,
  INVALID_AMOUNT,
  UNSUPPORTED_CURRENCY,
  OUTSIDE_DAY,
  CONFLICTING_DUPLICATE,
  ERASED_USER;

  private final String code = name().toLowerCase(Locale.ROOT);

  /** The name as stored in {@code raw.rejected_events.reason}. */
  public String code() {
    return code;
  }
}
