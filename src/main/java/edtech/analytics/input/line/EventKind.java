package edtech.analytics.input.line;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** The meaning of an event's type, which decides the fields that it needs and uses. */
public enum EventKind {
  PLAIN(List.of(), List.of()),
  PURCHASE(List.of(Field.PURCHASE_AMOUNT), List.of(Field.CURRENCY)),
  TASK_RESULT(List.of(Field.TASK_ID, Field.TASK_RESULT), List.of()),
  AB_ASSIGNMENT(List.of(Field.AB_TEST_ID), List.of(Field.AB_GROUP));

  private final List<Field> needed;
  private final List<Field> used;
  private final Set<Field> usedSet;

  EventKind(List<Field> alsoNeeded, List<Field> alsoUsed) {
    List<Field> needs =
        List.of(Field.EVENT_ID, Field.USER_ID, Field.EVENT_TYPE, Field.EVENT_TIMESTAMP);
    List<Field> optional = List.of(Field.SESSION_ID, Field.PLATFORM, Field.SCREEN_NAME);
    this.needed = Stream.of(needs, alsoNeeded).flatMap(List::stream).toList();
    this.used =
        Stream.of(needs, optional, alsoNeeded, alsoUsed).flatMap(List::stream).sorted().toList();
    this.usedSet = EnumSet.copyOf(used);
  }

  /** The name as in the column {@code event_kind}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The fields that must be there, in the order of the contract's table. */
  List<Field> needed() {
    return needed;
  }

  /** The fields with a column of their own, in the order of the contract's table. */
  List<Field> used() {
    return used;
  }

  /** Whether a field has a column of its own; where it has none, it is a property. */
  boolean uses(Field field) {
    return usedSet.contains(field);
  }
}
