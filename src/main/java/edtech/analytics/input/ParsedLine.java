package edtech.analytics.input;

/**
 * What a line came to: an event, or the reason why it is none. Made for reuse: {@link
 * LineParser#parse} fills it anew, strings stay valid. In an event a field that is absent, null,
 * blank or of no use to its type is '' (or 0, or false); for a rejected line only {@link #reason}
 * and {@link #detail} have a meaning.
 *
 * <p>Not thread-safe.
 */
public final class ParsedLine {

  Reason reason;
  String detail;
  int eventDay;
  long timestampMicros;
  String eventId;
  String userId;
  String sessionId;
  String eventType;
  String platform;
  String screenName;
  String properties;
  EventKind kind;
  long amountCents;
  String currency;
  String taskId;
  String taskResult;
  boolean isSuccess;
  String abTestId;
  String abGroup;

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
    return eventId;
  }

  public String userId() {
    return userId;
  }

  /** '' when the event belongs to no session. */
  public String sessionId() {
    return sessionId;
  }

  public String eventType() {
    return eventType;
  }

  public String platform() {
    return platform;
  }

  public String screenName() {
    return screenName;
  }

  /** The fields without a column as canonical JSON; '' when there is none. */
  public String properties() {
    return properties;
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
    return currency;
  }

  /** Task results only. */
  public String taskId() {
    return taskId;
  }

  /** Task results only. */
  public String taskResult() {
    return taskResult;
  }

  /** Whether the task result is one of the configured success values. */
  public boolean isSuccess() {
    return isSuccess;
  }

  /** A/B assignments only. */
  public String abTestId() {
    return abTestId;
  }

  /** A/B assignments only; '' when they name no group. */
  public String abGroup() {
    return abGroup;
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
    eventId = "";
    userId = "";
    sessionId = "";
    eventType = "";
    platform = "";
    screenName = "";
    properties = "";
    kind = EventKind.PLAIN;
    amountCents = 0;
    currency = "";
    taskId = "";
    taskResult = "";
    isSuccess = false;
    abTestId = "";
    abGroup = "";
  }
}
