package edtech.analytics.measure;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import edtech.analytics.source.Problems;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads the settings {@code dimensions} and {@code metrics}. Every problem is collected. */
public final class MeasureReader {
  /** The setting of the dimensions. */
  public static final String DIMENSIONS = "dimensions";

  /** The setting of the metrics. */
  public static final String METRICS = "metrics";

  /** The key of a metric that every one has. */
  public static final String TYPES = "event-types";

  private static final String WHERE = "where";
  private static final String SUM = "sum";
  private static final String NAME = "[a-z][a-z0-9_]{0,31}";

  /** What follows a metric's name in experiments, where the users with an event are meant. */
  private static final String USERS = "_users";

  /** The metrics that every experiment has. */
  private static final Set<String> BUILT_IN =
      Set.of(
          "task_success_users",
          "task_success_rate",
          "purchase_conversion",
          "revenue_per_user",
          "active_days");

  private final Problems problems;

  private MeasureReader(Problems problems) {
    this.problems = problems;
  }

  /**
   * Reads both.
   *
   * @param dimensions name to path; null = taken away
   * @param metrics name to what counts; null = taken away
   * @param problems gets a sentence for each thing that cannot be used
   */
  public static Measures read(
      ConfigObject dimensions, ConfigObject metrics, List<String> problems) {
    MeasureReader reader = new MeasureReader(new Problems(problems));
    return new Measures(reader.dimensions(dimensions), reader.metrics(metrics));
  }

  /** In one order, so that problems are told in it. */
  private static Map<String, ConfigValue> byName(ConfigObject object) {
    return new TreeMap<>(object);
  }

  private List<Dimension> dimensions(ConfigObject object) {
    List<Dimension> dimensions = new ArrayList<>();
    for (Map.Entry<String, ConfigValue> each : byName(object).entrySet()) {
      String key = DIMENSIONS + "." + each.getKey();
      if (!isUnset(each.getValue()) && isName(key, each.getKey())) {
        path(key, each.getValue())
            .ifPresent(path -> dimensions.add(new Dimension(each.getKey(), path)));
      }
    }
    requireAtMost(Measures.MOST_DIMENSIONS, DIMENSIONS, dimensions.size());
    return dimensions;
  }

  private List<Metric> metrics(ConfigObject object) {
    List<Metric> metrics = new ArrayList<>();
    for (Map.Entry<String, ConfigValue> each : byName(object).entrySet()) {
      String key = METRICS + "." + each.getKey();
      if (!isUnset(each.getValue()) && isName(key, each.getKey())) {
        metric(key, each.getKey(), each.getValue()).ifPresent(metrics::add);
      }
    }
    requireAtMost(Measures.MOST_METRICS, METRICS, metrics.size());
    requireOtherNames(
        byName(object).entrySet().stream()
            .filter(each -> !isUnset(each.getValue()))
            .map(Map.Entry::getKey)
            .collect(Collectors.toCollection(TreeSet::new)));
    return metrics;
  }

  private Optional<Metric> metric(String key, String name, ConfigValue value) {
    if (!(value instanceof ConfigObject metric)) {
      problems.add(key, Problems.shown(value), "must be an object in braces");
      return Optional.empty();
    }
    problems.requireKnown(key, metric, List.of(TYPES, WHERE, SUM));
    if (!isSet(metric, TYPES)) {
      problems.add(key + ": needs " + TYPES + " = [\"a_type\"]");
      return Optional.empty();
    }
    Set<String> types = new HashSet<>(problems.texts(key + "." + TYPES, metric.get(TYPES)));
    List<Metric.Condition> where = new ArrayList<>();
    if (isSet(metric, WHERE)) {
      conditions(key + "." + WHERE, "", metric.get(WHERE), where);
    }
    Optional<EventPath> sum =
        isSet(metric, SUM) ? path(key + "." + SUM, metric.get(SUM)) : Optional.empty();
    return Optional.of(new Metric(name, types, where, sum.orElse(null)));
  }

  /** Objects inside the conditions are the steps of a path. */
  private void conditions(
      String key, String outer, ConfigValue value, List<Metric.Condition> into) {
    for (Map.Entry<String, ConfigValue> member : problems.members(key, value).entrySet()) {
      String memberKey = key + "." + member.getKey();
      String path = outer + member.getKey();
      if (member.getValue() instanceof ConfigObject inner) {
        conditions(memberKey, path + ".", inner, into);
      } else {
        Set<String> texts = new HashSet<>(problems.texts(memberKey, member.getValue()));
        parsed(memberKey, path).ifPresent(found -> into.add(new Metric.Condition(found, texts)));
      }
    }
  }

  private Optional<EventPath> path(String key, ConfigValue value) {
    if (value instanceof ConfigObject || value instanceof ConfigList) {
      problems.add(
          key, Problems.shown(value), "must be the path of one value, as \"device.version\"");
      return Optional.empty();
    }
    return parsed(key, Problems.shown(value));
  }

  private Optional<EventPath> parsed(String key, String text) {
    Function<String, EventPath> parser = EventPath::parse;
    return problems.parsed(key, List.of(text), parser).stream().findFirst();
  }

  private boolean isName(String key, String name) {
    if (name.matches(NAME)) {
      return true;
    }
    problems.add(
        key,
        name,
        "is no name: it must be of a-z, 0-9 and _, begin with a letter, and have at most 32 characters");
    return false;
  }

  private void requireAtMost(int most, String key, int found) {
    if (found > most) {
      problems.add(key, found, "are too many: at most " + most + " may be set");
    }
  }

  /** In experiments a metric is there under its own name, and as the users with an event. */
  private void requireOtherNames(Set<String> names) {
    for (String name : names) {
      String key = METRICS + "." + name;
      if (BUILT_IN.contains(name) || BUILT_IN.contains(name + USERS)) {
        problems.add(
            key,
            name,
            "is taken by a metric of every experiment ("
                + BUILT_IN.stream().sorted().collect(Collectors.joining(", "))
                + "): give it another name");
      }
      if (names.contains(name + USERS)) {
        problems.add(
            key + USERS,
            name + USERS,
            "is what experiments call the users of metric " + name + ": give it another name");
      }
    }
  }

  private static boolean isSet(ConfigObject metric, String key) {
    return metric.containsKey(key) && !isUnset(metric.get(key));
  }

  private static boolean isUnset(ConfigValue value) {
    return value.valueType() == ConfigValueType.NULL;
  }
}
