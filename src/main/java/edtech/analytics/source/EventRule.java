package edtech.analytics.source;

import java.io.Serializable;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What lines that fulfil conditions mean. Of several such rules the first one counts.
 *
 * @param when all of them must hold; at least one
 * @param as the kind of event; null = by its type, as in native lines
 * @param name the event's type; '' = as the fields give it
 * @param negate whether the amount of a purchase changes its sign
 * @param fields values that take the place of those of {@link Mapping#fields}
 */
public record EventRule(
    List<Condition> when, As as, String name, boolean negate, Map<EventField, FieldValue> fields)
    implements Serializable {

  /** The kinds that a rule can give. */
  public enum As {
    PURCHASE,
    TASK_RESULT,
    AB_TEST_ASSIGNMENT,
    LESSON_START,
    LESSON_COMPLETE,
    EVENT,
    /** No event: the line is counted as ignored, and nothing of it is stored. */
    IGNORED
  }

  public EventRule {
    when = List.copyOf(when);
    Map<EventField, FieldValue> sorted = new EnumMap<>(EventField.class);
    sorted.putAll(fields);
    fields = Collections.unmodifiableMap(sorted);
  }
}
