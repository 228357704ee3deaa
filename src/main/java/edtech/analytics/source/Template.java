package edtech.analytics.source;

import java.io.Serializable;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names of a day's objects, below {@code events-uri}. In it {@code *} is any text within a
 * folder and {@code **} any across folders, none of a folder or name that begins with {@code _} or
 * {@code .}; a whole date stands in braces: {@code {yyyy-MM-dd}}, {@code {yyyy}/{MM}/{dd}}, {@code
 * {epoch-ms}}, {@code {epoch-s}}; and {@code {HH}} is any hour.
 */
public final class Template implements Serializable {
  private final String text;
  private final int dateStart;
  private final int dateEnd;
  private final NamePattern before;
  private final DatePattern date;
  private final NamePattern after;

  private Template(String text, DatePattern.Place place) {
    this.text = text;
    this.dateStart = place.start();
    this.dateEnd = place.end();
    this.before = NamePattern.parse(text.substring(0, dateStart));
    this.date = place.date();
    this.after = NamePattern.parse(text.substring(dateEnd));
  }

  /**
   * The dates that a name holds.
   *
   * @param dates none where the name does not match; several where it matches in several ways
   * @param isNoDate whether the name matches but for a date that does not exist
   */
  public record Match(Set<LocalDate> dates, boolean isNoDate) {}

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException that says what is wrong with the text
   */
  public static Template parse(String text) {
    if (text.startsWith("/") || text.contains("//")) {
      throw new IllegalArgumentException(
          "must be names below events-uri, without / at the beginning and without //");
    }
    if (List.of(text.split("/", -1)).stream()
        .anyMatch(part -> part.equals("..") || part.equals("."))) {
      throw new IllegalArgumentException("must have no . or .. between slashes");
    }
    return new Template(text, DatePattern.find(text));
  }

  /** The names of a date, with wildcards and hours as they are written. */
  public String on(LocalDate day, ZoneId zone) {
    return text.substring(0, dateStart) + date.text(day, zone) + text.substring(dateEnd);
  }

  /**
   * What the names of a date begin with, up to the first wildcard; '' when a wildcard comes first.
   *
   * @param zone of the dates in the names
   */
  public String beginning(LocalDate day, ZoneId zone) {
    return hasDateInBeginning()
        ? before.beginning() + date.beginning(day, zone) + (date.isWhole() ? after.beginning() : "")
        : before.beginning();
  }

  /** Whether the beginning is another one for each date. */
  public boolean hasDateInBeginning() {
    return before.isConstant();
  }

  /**
   * The dates of a name.
   *
   * @param name below {@code events-uri}, without a slash at its beginning
   * @param zone of the dates in the names
   */
  public Match match(String name, ZoneId zone) {
    Set<LocalDate> dates = new TreeSet<>();
    boolean isNoDate = false;
    for (int start = 0; start < name.length(); start++) {
      int end = date.end(name, start);
      if (end > 0 && before.matches(name, 0, start) && after.matches(name, end, name.length())) {
        LocalDate found = date.read(name, start, zone);
        if (found == null) {
          isNoDate = true;
        } else {
          dates.add(found);
        }
      }
    }
    return new Match(dates, isNoDate && dates.isEmpty());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Template template && template.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** As it is written in settings. */
  @Override
  public String toString() {
    return text;
  }
}
