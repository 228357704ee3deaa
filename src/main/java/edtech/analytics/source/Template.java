package edtech.analytics.source;

import java.io.Serializable;

/**
 * The names of a day's objects, below {@code events-uri}: {@code *} is any text within a folder,
 * {@code **} any across folders, and a whole date stands in braces in any spelling.
 *
 * @param text as it is written in settings
 */
public record Template(String text) implements Serializable {

  @Override
  public String toString() {
    return text;
  }
}
