package edtech.analytics.input.line;

import org.apache.spark.unsafe.types.UTF8String;

/**
 * What a line came to: an event, or the reason why it is none. Made for reuse: {@link
 * LineParser#parse} fills it anew, and its texts may be slices of the buffer that was parsed. In an
 * event a field that is absent, null, blank or of no use to its type is '' (or 0, or false); for a
 * rejected line only {@link #reason} and {@link #detail} have a meaning.
 *
 * <p>Not thread-safe.
 */
public final class ParsedLine {

  Reason reason;
  String detail;
  int eventDay;
  long timestampMicros;
  public UTF8String eventId;
  public UTF8String userId;
  public UTF8String sessionId;
  public UTF8String eventType;
  public UTF8String platform;
  public UTF8String screenName;
  public UTF8String properties;
  EventKind kind;
  long amountCents;
  public UTF8String currency;
  public UTF8String taskId;
  public UTF8String taskResult;
  boolean isSuccess;
  public UTF8String abTestId;
  public UTF8String abGroup;

  public ParsedLine() {
    clear();
  }

  /** Why the line is rejected; null for an event. */
  public Reason reason() {
    return reason;
  }

  /** The first field at fault in the order of the contract's table; '' when none is to blame. */
  public String detail() {
    return detail;
  }

  /** The event date in the configured zone, as an epoch day. */
  public int eventDay() {
    return eventDay;
  }

  /** Epoch microseconds, UTC. */
  public long timestampMicros() {
    return timestampMicros;
  }

  public String eventId() {
    return eventId.toString();
  }

  public String userId() {
    return userId.toString();
  }

  /** '' when the event belongs to no session. */
  public String sessionId() {
    return sessionId.toString();
  }

  public String eventType() {
    return eventType.toString();
  }

  public String platform() {
    return platform.toString();
  }

  public String screenName() {
    return screenName.toString();
  }

  /** The fields without a column as canonical JSON; '' when there is none. */
  public String properties() {
    return properties.toString();
  }

  /** Which of the fields below have a meaning. */
  public EventKind kind() {
    return kind;
  }

  /** Hundredths of the currency, below zero for a refund; purchases only. */
  public long amountCents() {
    return amountCents;
  }

  /** The configured currency; purchases only. */
  public String currency() {
    return currency.toString();
  }

  /** Task results only. */
  public String taskId() {
    return taskId.toString();
  }

  /** Task results only. */
  public String taskResult() {
    return taskResult.toString();
  }

  /** Whether the task result is one of the configured success values. */
  public boolean isSuccess() {
    return isSuccess;
  }

  /** A/B assignments only. */
  public String abTestId() {
    return abTestId.toString();
  }

  /** A/B assignments only; '' when they name no group. */
  public String abGroup() {
    return abGroup.toString();
  }

  void reject(Reason why, String field) {
    reason = why;
    detail = field;
  }

  void clear() {
    reason = null;
    detail = "";
    eventDay = 0;
    timestampMicros = 0;
    eventId = UTF8String.EMPTY_UTF8;
    userId = UTF8String.EMPTY_UTF8;
    sessionId = UTF8String.EMPTY_UTF8;
    eventType = UTF8String.EMPTY_UTF8;
    platform = UTF8String.EMPTY_UTF8;
    screenName = UTF8String.EMPTY_UTF8;
    properties = UTF8String.EMPTY_UTF8;
    kind = EventKind.PLAIN;
    amountCents = 0;
    currency = UTF8String.EMPTY_UTF8;
    taskId = UTF8String.EMPTY_UTF8;
    taskResult = UTF8String.EMPTY_UTF8;
    isSuccess = false;
    abTestId = UTF8String.EMPTY_UTF8;
    abGroup = UTF8String.EMPTY_UTF8;
  }
}
