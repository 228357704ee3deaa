package edtech.analytics.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Reads settings as values of a type. What cannot be read becomes a problem, and some value of the
 * type is returned, so that one run finds every problem.
 */
final class SettingParser {
  private final Config config;
  private final List<String> problems;

  /**
   * @param problems gets a sentence for each setting that cannot be used
   */
  SettingParser(Config config, List<String> problems) {
    this.config = config;
    this.problems = problems;
  }

  /** The object below a key, which {@code conf/reference.conf} has. */
  ConfigObject object(String key) {
    return config.getObject(key);
  }

  /** The same where names are free; empty where it is null, and with a problem where it is none. */
  ConfigObject objectOrNone(String key) {
    ConfigValue value = config.root().get(key);
    if (value instanceof ConfigObject object) {
      return object;
    }
    if (value.valueType() != ConfigValueType.NULL) {
      problem(key, String.valueOf(value.unwrapped()), "must be an object in braces");
    }
    return ConfigFactory.empty().root();
  }

  String text(String key) {
    return config.getValue(key).valueType() == ConfigValueType.STRING
        ? config.getString(key).strip()
        : value(key, Function.identity(), "");
  }

  boolean bool(String key) {
    return value(
        key,
        text ->
            switch (text.toLowerCase(Locale.ROOT)) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException("must be true or false");
            },
        false);
  }

  int integer(String key, int least, int most) {
    return value(
        key,
        text -> {
          int number = Integer.parseInt(text);
          if (number < least || number > most) {
            throw new NumberFormatException();
          }
          return number;
        },
        least,
        "must be a whole number from " + least + " to " + most);
  }

  double ratio(String key) {
    return value(key, SettingParser::share, 0.0, "must be a share from 0 to 1");
  }

  /** A number from 0 to 1; NaN and all others are refused. */
  static double share(String text) {
    double number = Double.parseDouble(text);
    if (!(number >= 0 && number <= 1)) {
      throw new NumberFormatException();
    }
    return number;
  }

  /** One or more texts, in no order. */
  Set<String> words(String key) {
    return words(key, "must be a list of one or more texts that are not blank", List::isEmpty);
  }

  /** Texts in no order, or none. */
  Set<String> wordsOrNone(String key) {
    return words(key, "must be a list of texts that are not blank", none -> false);
  }

  /** Texts in their order, or none: a list, or one text with commas between them. */
  List<String> texts(String key) {
    if (config.getValue(key).valueType() == ConfigValueType.LIST) {
      try {
        return config.getStringList(key).stream().map(String::strip).toList();
      } catch (ConfigException e) {
        problems.add(key + " must be a list of texts");
        return List.of();
      }
    }
    String text = text(key);
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
  }

  private Set<String> words(String key, String rule, Predicate<List<String>> isWrong) {
    int before = problems.size();
    List<String> words = texts(key);
    if (problems.size() > before) {
      return Set.of();
    }
    if (isWrong.test(words) || words.stream().anyMatch(String::isBlank)) {
      problem(key, words.toString(), rule);
    }
    return new TreeSet<>(words);
  }

  /** A value that the parser makes; the message of what it throws says what the text must be. */
  <T> T value(String key, Function<String, T> parser, T otherwise) {
    return value(key, parser, otherwise, null);
  }

  /**
   * @param rule what the text must be; null = the message of what the parser throws
   */
  <T> T value(String key, Function<String, T> parser, T otherwise, String rule) {
    String text;
    try {
      text = config.getString(key).strip();
    } catch (ConfigException e) {
      problems.add(key + " must be one value, not a list or an object");
      return otherwise;
    }
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException | DateTimeException e) {
      problem(key, text, rule == null ? e.getMessage() : rule);
      return otherwise;
    }
  }

  /** The address of a server; empty, with a problem, when it is none. */
  Optional<Address> address(String key) {
    return address(key, text(key));
  }

  /** One of several addresses that a setting has. */
  Optional<Address> address(String key, String text) {
    try {
      return Optional.of(Address.parse(text));
    } catch (IllegalArgumentException e) {
      problem(key, Address.masked(text), e.getMessage());
      return Optional.empty();
    }
  }

  void problem(String key, String value, String rule) {
    // A value of the wrong kind at clickhouse.password may be the password itself.
    String shown = key.endsWith("password") ? "(hidden)" : value;
    problems.add(key + " = \"" + shown + "\": " + rule);
  }
}
