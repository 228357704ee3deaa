package edtech.analytics.input.line;

import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The fields the contract names, in the order of its table. */
enum Field {
  EVENT_ID(ValueRule.ID),
  USER_ID(ValueRule.ID),
  EVENT_TYPE(ValueRule.EVENT_TYPE),
  EVENT_TIMESTAMP(ValueRule.TEXT_OR_INTEGER),
  SESSION_ID(ValueRule.TEXT_OR_INTEGER),
  PLATFORM(ValueRule.TEXT),
  SCREEN_NAME(ValueRule.TEXT),
  PURCHASE_AMOUNT(ValueRule.TEXT_OR_NUMBER),
  CURRENCY(ValueRule.TEXT),
  TASK_ID(ValueRule.TEXT_OR_INTEGER),
  TASK_RESULT(ValueRule.TEXT),
  AB_TEST_ID(ValueRule.TEXT_OR_INTEGER),
  AB_GROUP(ValueRule.TEXT_OR_INTEGER);

  private static final Field[] FIELDS = values();
  // Asked for every member of every line, where a HashMap is faster than Map.of.
  private static final Map<String, Field> BY_KEY =
      Stream.of(FIELDS).collect(Collectors.toMap(Field::key, Function.identity()));

  private final String key;
  private final ValueRule rule;

  Field(ValueRule rule) {
    this.key = name().toLowerCase(Locale.ROOT);
    this.rule = rule;
  }

  String key() {
    return key;
  }

  ValueRule rule() {
    return rule;
  }

  /** The field of that name, or null. */
  static Field named(String key) {
    return BY_KEY.get(key);
  }

  static Field at(int ordinal) {
    return FIELDS[ordinal];
  }
}
