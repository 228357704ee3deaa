package edtech.analytics.input.line;

import edtech.analytics.source.EventField;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** The meaning of an event's type, which decides the fields that it needs and uses. */
public enum EventKind {
  PLAIN(List.of(), List.of()),
  PURCHASE(List.of(EventField.PURCHASE_AMOUNT), List.of(EventField.CURRENCY)),
  TASK_RESULT(List.of(EventField.TASK_ID, EventField.TASK_RESULT), List.of()),
  AB_ASSIGNMENT(List.of(EventField.AB_TEST_ID), List.of(EventField.AB_GROUP)),
  LESSON_START(List.of(EventField.LESSON_ID), List.of()),
  LESSON_COMPLETE(List.of(EventField.LESSON_ID), List.of());

  private final List<EventField> needed;
  private final List<EventField> used;
  private final Set<EventField> usedSet;

  EventKind(List<EventField> alsoNeeded, List<EventField> alsoUsed) {
    List<EventField> needs =
        List.of(
            EventField.EVENT_ID,
            EventField.USER_ID,
            EventField.EVENT_TYPE,
            EventField.EVENT_TIMESTAMP);
    List<EventField> optional =
        List.of(
            EventField.SESSION_ID,
            EventField.PLATFORM,
            EventField.SCREEN_NAME,
            EventField.COURSE_ID,
            EventField.LESSON_ID);
    this.needed = Stream.of(needs, alsoNeeded).flatMap(List::stream).toList();
    this.used =
        Stream.of(needs, optional, alsoNeeded, alsoUsed)
            .flatMap(List::stream)
            .distinct()
            .sorted()
            .toList();
    this.usedSet = EnumSet.copyOf(used);
  }

  /** The name as in the column {@code event_kind}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The fields that must be there, in the order of the contract's table. */
  List<EventField> needed() {
    return needed;
  }

  /** The fields with a column of their own, in the order of the contract's table. */
  List<EventField> used() {
    return used;
  }

  /** Whether a field has a column of its own; where it has none, it is a property. */
  boolean uses(EventField field) {
    return usedSet.contains(field);
  }
}
