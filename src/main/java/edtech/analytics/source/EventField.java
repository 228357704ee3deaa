package edtech.analytics.source;

import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The fields the contract names, in the order of its table. */
public enum EventField {
  EVENT_ID,
  USER_ID,
  EVENT_TYPE,
  EVENT_TIMESTAMP,
  SESSION_ID,
  PLATFORM,
  SCREEN_NAME,
  COURSE_ID,
  LESSON_ID,
  PURCHASE_AMOUNT,
  CURRENCY,
  TASK_ID,
  TASK_RESULT,
  AB_TEST_ID,
  AB_GROUP;

  private static final EventField[] FIELDS = values();
  // Asked for every member of every line, where a HashMap is faster than Map.of.
  private static final Map<String, EventField> BY_KEY =
      Stream.of(FIELDS).collect(Collectors.toMap(EventField::key, Function.identity()));

  private final String key;

  EventField() {
    this.key = name().toLowerCase(Locale.ROOT);
  }

  /** The name in native lines, in settings and in messages. */
  public String key() {
    return key;
  }

  /** The field of that name, or null. */
  public static EventField named(String key) {
    return BY_KEY.get(key);
  }

  public static EventField at(int ordinal) {
    return FIELDS[ordinal];
  }
}
