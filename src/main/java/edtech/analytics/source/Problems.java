package edtech.analytics.source;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Collects what is wrong with settings that are no single values, and reads the values that they
 * are made of. What cannot be read becomes a problem, and is left out.
 */
public final class Problems {
  private final List<String> problems;

  /**
   * @param problems gets a sentence for each
   */
  public Problems(List<String> problems) {
    this.problems = problems;
  }

  /** Takes a problem as it is. */
  public void add(String problem) {
    problems.add(problem);
  }

  /** Takes a value that breaks a rule: what the value must be, or is. */
  public void add(String key, Object value, String rule) {
    problems.add(key + " = \"" + value + "\": " + rule);
  }

  /** Names every key of an object that is none of the known ones. */
  public void requireKnown(String key, ConfigObject object, Collection<String> known) {
    for (String name : object.keySet()) {
      if (!known.contains(name)) {
        problems.add(
            key + ": unknown setting \"" + name + "\"; known are " + String.join(", ", known));
      }
    }
  }

  /** One of the constants of an enum, written in lower case; empty, with a problem, when none. */
  <E extends Enum<E>> Optional<E> word(String key, ConfigValue value, E[] words) {
    String text = String.valueOf(value.unwrapped());
    Optional<E> found = Stream.of(words).filter(word -> written(word).equals(text)).findFirst();
    if (found.isEmpty()) {
      add(
          key,
          text,
          "must be one of "
              + Stream.of(words).map(Problems::written).collect(Collectors.joining(", ")));
    }
    return found;
  }

  private static String written(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }

  /** A text, number or boolean as text; empty, with a problem, when it is anything else. */
  public Optional<String> text(String key, ConfigValue value) {
    boolean isText =
        switch (value.valueType()) {
          case STRING, NUMBER, BOOLEAN -> true;
          default -> false;
        };
    // As it was written: of 1.50 the number is 1.5.
    String text = isText ? value.atKey("value").getString("value") : "";
    if (text.isBlank()) {
      add(key, shown(value), "must be a text that is not blank");
      return Optional.empty();
    }
    return Optional.of(text);
  }

  /** One or more texts: a list, or texts with commas between, as variables give them. */
  public List<String> texts(String key, ConfigValue value) {
    List<String> texts = new ArrayList<>();
    if (value instanceof ConfigList list) {
      list.forEach(element -> text(key, element).ifPresent(texts::add));
      if (list.isEmpty()) {
        add(key, "[]", "must be a list of one or more texts");
      }
    } else {
      text(key, value)
          .ifPresent(
              all -> Arrays.stream(all.split(",", -1)).map(String::strip).forEach(texts::add));
      if (texts.stream().anyMatch(String::isEmpty)) {
        add(key, shown(value), "must be one or more texts with commas between, none of them blank");
        texts.removeIf(String::isEmpty);
      }
    }
    return texts;
  }

  /** What a parser makes of each text; the message of what it throws says what a text must be. */
  public <T> List<T> parsed(String key, List<String> texts, Function<String, T> parser) {
    List<T> all = new ArrayList<>();
    for (String text : texts) {
      try {
        all.add(parser.apply(text));
      } catch (IllegalArgumentException e) {
        add(key, text, e.getMessage());
      }
    }
    return all;
  }

  /** The members of an object, with the nulls among them; none, with a problem, when it is none. */
  public Map<String, ConfigValue> members(String key, ConfigValue value) {
    if (value instanceof ConfigObject object) {
      return object;
    }
    add(key, shown(value), "must be an object in braces");
    return Map.of();
  }

  /** A value as messages show it. */
  public static String shown(ConfigValue value) {
    return value.valueType() == ConfigValueType.NULL ? "null" : String.valueOf(value.unwrapped());
  }
}
