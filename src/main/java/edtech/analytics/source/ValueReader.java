package edtech.analytics.source;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import edtech.analytics.source.FieldValue.How;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads where the value of a field comes from. */
final class ValueReader {
  private static final String FROM = "from";
  private static final String ABSENT = "absent";
  private static final String JOIN = "join";
  private static final String DIGEST = "digest";
  private static final String CONSTANT = "constant";
  private static final List<String> KEYS = List.of(FROM, ABSENT, JOIN, DIGEST, CONSTANT);

  private final Problems problems;

  ValueReader(Problems problems) {
    this.problems = problems;
  }

  /** A value; empty, with a problem, when it cannot be read. */
  Optional<FieldValue> read(String key, ConfigValue value) {
    return value instanceof ConfigObject object
        ? object(key, object)
        : paths(key, value).map(paths -> new FieldValue(How.FIRST, paths, Set.of(), ""));
  }

  private Optional<FieldValue> object(String key, ConfigObject object) {
    problems.requireKnown(key, object, KEYS);
    List<String> ways =
        object.keySet().stream()
            .filter(k -> KEYS.contains(k) && !k.equals(ABSENT))
            .sorted()
            .toList();
    if (ways.size() != 1) {
      problems.add(
          key,
          Problems.shown(object),
          "must have exactly one of " + String.join(", ", FROM, JOIN, DIGEST, CONSTANT));
      return Optional.empty();
    }
    Set<String> absent =
        object.containsKey(ABSENT)
            ? new TreeSet<>(problems.texts(key + "." + ABSENT, object.get(ABSENT)))
            : Set.of();
    String way = ways.get(0);
    String wayKey = key + "." + way;
    ConfigValue of = object.get(way);
    if (!absent.isEmpty() && (way.equals(DIGEST) || way.equals(CONSTANT))) {
      problems.add(key + "." + ABSENT, absent, "belongs to from and join only");
    }
    return switch (way) {
      case FROM -> paths(wayKey, of).map(paths -> new FieldValue(How.FIRST, paths, absent, ""));
      case JOIN -> paths(wayKey, of).map(paths -> new FieldValue(How.JOIN, paths, absent, ""));
      case DIGEST -> digest(wayKey, of);
      default ->
          problems
              .text(wayKey, of)
              .map(text -> new FieldValue(How.CONSTANT, List.of(), Set.of(), text));
    };
  }

  private Optional<FieldValue> digest(String key, ConfigValue value) {
    if (!problems.texts(key, value).equals(List.of("line"))) {
      problems.add(key, Problems.shown(value), "must be [line]");
      return Optional.empty();
    }
    return Optional.of(new FieldValue(How.DIGEST, List.of(), Set.of(), ""));
  }

  private Optional<List<FieldPath>> paths(String key, ConfigValue value) {
    List<FieldPath> paths = problems.parsed(key, problems.texts(key, value), PathParser::parse);
    return paths.isEmpty() ? Optional.empty() : Optional.of(paths);
  }
}
