package edtech.analytics.input.line;

import edtech.analytics.source.EventField;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The outcome of parsing one line: an event, or the reason why the line is rejected. It is reused:
 * {@link LineParser#parse} overwrites it, and its texts may be slices of the parsed buffer. In an
 * event, a field that is absent, null, blank or not used by the event's type is '' (or 0, or
 * false). For a rejected line only {@link #reason} and {@link #detail} are set, and for one that a
 * mapping read its user id, where it is known. For an ignored line nothing is.
 *
 * <p>Not thread-safe.
 */
public final class ParsedLine {

  private boolean isIgnored;
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
  public UTF8String courseId;
  public UTF8String lessonId;
  public UTF8String properties;
  EventKind kind;
  long amountCents;
  public UTF8String currency;
  public UTF8String taskId;
  public UTF8String taskResult;
  boolean isSuccess;
  public UTF8String abTestId;
  public UTF8String abGroup;
  public final Measured measured = new Measured();

  public ParsedLine() {
    clear();
  }

  /** Whether the source says that the line is no event, and is only to be counted. */
  public boolean isIgnored() {
    return isIgnored;
  }

  /** Why the line is rejected; null for an event. */
  public Reason reason() {
    return reason;
  }

  /**
   * The first faulty field in the order of {@link EventField}; '' when the fault is in no field.
   */
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

  /** '' when the event belongs to no course. */
  public String courseId() {
    return courseId.toString();
  }

  /** '' when the event belongs to no lesson. */
  public String lessonId() {
    return lessonId.toString();
  }

  /** The fields without a column as canonical JSON; '' when there is none. */
  public String properties() {
    return properties.toString();
  }

  /** The kind of the event; it decides which of the fields below are set. */
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

  /** A/B assignments only; '' when no group is given. */
  public String abGroup() {
    return abGroup.toString();
  }

  void reject(Reason why, String field) {
    reason = why;
    detail = field;
  }

  void ignore() {
    isIgnored = true;
  }

  void clear() {
    isIgnored = false;
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
    courseId = UTF8String.EMPTY_UTF8;
    lessonId = UTF8String.EMPTY_UTF8;
    properties = UTF8String.EMPTY_UTF8;
    kind = EventKind.PLAIN;
    amountCents = 0;
    currency = UTF8String.EMPTY_UTF8;
    taskId = UTF8String.EMPTY_UTF8;
    taskResult = UTF8String.EMPTY_UTF8;
    isSuccess = false;
    abTestId = UTF8String.EMPTY_UTF8;
    abGroup = UTF8String.EMPTY_UTF8;
    measured.clear();
  }
}
