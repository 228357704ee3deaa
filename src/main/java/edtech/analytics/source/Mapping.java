package edtech.analytics.source;

import java.io.Serializable;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a line becomes an event.
 *
 * @param fields where the fields are; one that is not in the map is never there
 * @param rules in the order in which they are tried
 * @param properties subtrees that are kept, each where it lies in the line; empty = all members of
 *     the outermost object but those that are the value of a field which the event has a column for
 */
public record Mapping(
    Map<EventField, FieldValue> fields, List<EventRule> rules, List<FieldPath> properties)
    implements Serializable {

  /** Lines of the contract: a member for each field, by its name. */
  public static final Mapping NATIVE = new Mapping(nativeFields(), List.of(), List.of());

  public Mapping {
    Map<EventField, FieldValue> sorted = new EnumMap<>(EventField.class);
    sorted.putAll(fields);
    fields = Collections.unmodifiableMap(sorted);
    rules = List.copyOf(rules);
    properties = List.copyOf(properties);
  }

  public boolean isNative() {
    return equals(NATIVE);
  }

  private static Map<EventField, FieldValue> nativeFields() {
    Map<EventField, FieldValue> fields = new EnumMap<>(EventField.class);
    for (EventField field : EventField.values()) {
      FieldPath path = new FieldPath(List.of(new FieldPath.Step(field.key(), "")));
      fields.put(field, new FieldValue(FieldValue.How.FIRST, List.of(path), Set.of(), ""));
    }
    return fields;
  }
}
