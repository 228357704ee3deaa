package edtech.analytics.measure;

import edtech.analytics.source.EventField;
import edtech.analytics.source.FieldPath;
import java.io.Serializable;

/**
 * Where a value of an event is found.
 *
 * @param field a field of the contract, as the source maps it; null = a place in the line
 * @param path the place in the line; of a field, its own name
 */
public record EventPath(EventField field, FieldPath path) implements Serializable {

  /**
   * Reads a path as settings have it. The name of a field means that field; in quotes inside the
   * quotes it is a member of the line.
   *
   * @throws IllegalArgumentException that says what is wrong with the text
   */
  static EventPath parse(String text) {
    return new EventPath(EventField.named(text), FieldPath.parse(text));
  }

  /** As it is written in settings. */
  @Override
  public String toString() {
    String text = path.toString();
    // Without its quotes the name of a field would be the field.
    return field == null && EventField.named(text) != null ? "'" + text + "'" : text;
  }
}
