package edtech.analytics.source;

import java.io.Serializable;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The date in the names of a template, with the text between its parts. */
final class DatePattern implements Serializable {
  private static final int FIRST_YEAR = 2000;
  private static final int LAST_YEAR = 2099;
  private static final String HOUR = "{HH}";

  /** From the first brace of a date to its last; an hour alone is none. */
  private static final Pattern BRACES = Pattern.compile("\\{([^{}]*)}");

  private static final Pattern WORD = Pattern.compile("yyyy|MM|dd|HH|epoch-ms|epoch-s");

  private enum Kind {
    YEAR(4, 4),
    MONTH(2, 2),
    DAY(2, 2),
    HOUR(2, 2),
    EPOCH_MS(12, 13),
    EPOCH_S(9, 10),
    TEXT(0, 0);

    private final int least;
    private final int most;

    Kind(int least, int most) {
      this.least = least;
      this.most = most;
    }

    private static Kind of(String word) {
      return switch (word) {
        case "yyyy" -> YEAR;
        case "MM" -> MONTH;
        case "dd" -> DAY;
        case "HH" -> HOUR;
        case "epoch-ms" -> EPOCH_MS;
        default -> EPOCH_S;
      };
    }
  }

  private record Part(Kind kind, String text) implements Serializable {}

  /** A date, and where in a template it stands. */
  record Place(int start, int end, DatePattern date) {}

  private final List<Part> parts;

  private DatePattern(List<Part> parts) {
    this.parts = parts;
  }

  /**
   * Finds the date of a template.
   *
   * @throws IllegalArgumentException when there is none, not a whole one, or one with a wildcard
   *     inside
   */
  static Place find(String template) {
    int start = -1;
    int end = -1;
    Matcher braces = BRACES.matcher(template);
    while (braces.find()) {
      if (!braces.group(1).equals("HH")) {
        start = start < 0 ? braces.start() : start;
        end = braces.end();
      }
    }
    if (start < 0) {
      throw new IllegalArgumentException(
          "must hold a whole date, such as {yyyy-MM-dd}, {yyyy}/{MM}/{dd} or {epoch-ms}");
    }
    return new Place(start, end, new DatePattern(parts(template.substring(start, end))));
  }

  private static List<Part> parts(String text) {
    List<Part> parts = new ArrayList<>();
    Matcher braces = BRACES.matcher(text);
    int at = 0;
    while (braces.find()) {
      text(parts, text.substring(at, braces.start()));
      words(parts, braces.group(1));
      at = braces.end();
    }
    requireWhole(parts);
    return List.copyOf(parts);
  }

  private static void words(List<Part> parts, String spelling) {
    Matcher word = WORD.matcher(spelling);
    int at = 0;
    while (word.find()) {
      between(parts, spelling.substring(at, word.start()));
      parts.add(new Part(Kind.of(word.group()), ""));
      at = word.end();
    }
    between(parts, spelling.substring(at));
  }

  private static void between(List<Part> parts, String text) {
    if (text.matches(".*\\p{L}.*")) {
      throw new IllegalArgumentException(
          "has the date part \"" + text + "\": known are yyyy, MM, dd, HH, epoch-ms and epoch-s");
    }
    text(parts, text);
  }

  private static void text(List<Part> parts, String text) {
    if (text.contains("*")) {
      throw new IllegalArgumentException("must have no * between the parts of its date");
    }
    if (!text.isEmpty()) {
      parts.add(new Part(Kind.TEXT, text));
    }
  }

  private static void requireWhole(List<Part> parts) {
    List<Kind> kinds =
        parts.stream()
            .map(Part::kind)
            .filter(kind -> kind != Kind.TEXT && kind != Kind.HOUR)
            .sorted()
            .toList();
    if (!kinds.equals(List.of(Kind.YEAR, Kind.MONTH, Kind.DAY))
        && !kinds.equals(List.of(Kind.EPOCH_MS))
        && !kinds.equals(List.of(Kind.EPOCH_S))) {
      throw new IllegalArgumentException(
          "must hold one whole date: yyyy, MM and dd, or epoch-ms, or epoch-s, once each");
    }
  }

  /** Whether it has the same text for a date, at whatever hour. */
  boolean isWhole() {
    return parts.stream().noneMatch(part -> part.kind() == Kind.HOUR);
  }

  /** The text of a date up to an hour. */
  String beginning(LocalDate day, ZoneId zone) {
    String text = text(day, zone);
    return isWhole() ? text : text.substring(0, text.indexOf(HOUR));
  }

  /** The text of a date, in which an hour is in braces. */
  String text(LocalDate day, ZoneId zone) {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      switch (part.kind()) {
        case TEXT -> text.append(part.text());
        case YEAR -> text.append(String.format(Locale.ROOT, "%04d", day.getYear()));
        case MONTH -> text.append(String.format(Locale.ROOT, "%02d", day.getMonthValue()));
        case DAY -> text.append(String.format(Locale.ROOT, "%02d", day.getDayOfMonth()));
        case EPOCH_MS -> text.append(day.atStartOfDay(zone).toInstant().toEpochMilli());
        case EPOCH_S -> text.append(day.atStartOfDay(zone).toEpochSecond());
        case HOUR -> text.append(HOUR);
      }
    }
    return text.toString();
  }

  /** Where a date that begins at a place of a name ends; -1 when none begins there. */
  int end(String name, int start) {
    int at = start;
    for (Part part : parts) {
      int end =
          part.kind() == Kind.TEXT
              ? name.startsWith(part.text(), at) ? at + part.text().length() : -1
              : endOfDigits(name, at, part.kind());
      if (end < 0) {
        return -1;
      }
      at = end;
    }
    return isInRange(name, start) ? at : -1;
  }

  private static int endOfDigits(String name, int start, Kind kind) {
    int end = start;
    while (end < name.length() && end - start < kind.most && isDigit(name.charAt(end))) {
      end++;
    }
    boolean isCutOut =
        kind.least < kind.most
            && (start > 0 && isDigit(name.charAt(start - 1))
                || end < name.length() && isDigit(name.charAt(end)));
    return end - start < kind.least || isCutOut ? -1 : end;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** Digits that are of no year of events are not taken for a date. */
  private boolean isInRange(String name, int start) {
    long year = number(name, start, Kind.YEAR);
    return year < 0 || year >= FIRST_YEAR && year <= LAST_YEAR;
  }

  /** The date that begins at a place of a name; null when there is no such date. */
  LocalDate read(String name, int start, ZoneId zone) {
    long millis = number(name, start, Kind.EPOCH_MS);
    long seconds = number(name, start, Kind.EPOCH_S);
    try {
      if (millis >= 0) {
        return Instant.ofEpochMilli(millis).atZone(zone).toLocalDate();
      }
      if (seconds >= 0) {
        return Instant.ofEpochSecond(seconds).atZone(zone).toLocalDate();
      }
      return LocalDate.of(
          (int) number(name, start, Kind.YEAR),
          (int) number(name, start, Kind.MONTH),
          (int) number(name, start, Kind.DAY));
    } catch (DateTimeException noSuchDate) {
      return null;
    }
  }

  /** The number in a part of a date; -1 when the date has no such part. */
  private long number(String name, int start, Kind wanted) {
    int at = start;
    for (Part part : parts) {
      int end =
          part.kind() == Kind.TEXT ? at + part.text().length() : endOfDigits(name, at, part.kind());
      if (part.kind() == wanted) {
        return Long.parseLong(name, at, end, 10);
      }
      at = end;
    }
    return -1;
  }
}
