package edtech.analytics.source;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads the settings below {@code source}. Every problem is collected; what cannot be read is left
 * out, so that one run finds them all.
 */
public final class SourceReader {
  private static final String SOURCE = "source";
  private static final int MOST_DAYS = 31;
  private static final List<String> KEYS =
      List.of(
          "preset",
          "layout",
          "framing",
          "text-before-object",
          "same-id",
          "fields",
          "events",
          "properties");

  /** What becomes of text before the first brace of a line. */
  private enum TextBeforeObject {
    KEEP,
    DROP
  }

  private final Problems problems;
  private final ConfigObject source;

  private SourceReader(ConfigObject source, Problems problems) {
    this.source = source;
    this.problems = problems;
  }

  /**
   * Reads a source.
   *
   * @param source all keys of {@code conf/reference.conf} below {@code source}, each with its value
   * @param dayZone the zone of event dates
   * @param latenessDays how far back the events of a folder lie where the source does not say it
   * @param problems gets a sentence for each thing that cannot be used
   */
  public static Source read(
      ConfigObject source, ZoneId dayZone, int latenessDays, List<String> problems) {
    return new SourceReader(source, new Problems(problems)).source(dayZone, latenessDays);
  }

  private Source source(ZoneId dayZone, int latenessDays) {
    problems.requireKnown(SOURCE, source, KEYS);
    return new Source(
        layout(dayZone, latenessDays),
        word("framing", Source.Framing.values()),
        word("text-before-object", TextBeforeObject.values()) == TextBeforeObject.DROP,
        word("same-id", Source.SameId.values()),
        new Mapping(fields(), rules(), properties()));
  }

  private <E extends Enum<E>> E word(String name, E[] words) {
    return problems.word(key(name), source.get(name), words).orElse(words[0]);
  }

  private Layout layout(ZoneId dayZone, int latenessDays) {
    ConfigObject layout = object("layout", source, List.of("objects", "zone", "days"));
    ConfigObject days = object("layout.days", layout, List.of("back", "ahead"));
    List<Template> objects =
        isUnset(layout.get("objects"))
            ? List.of()
            : problems.parsed(
                key("layout.objects"),
                problems.texts(key("layout.objects"), layout.get("objects")),
                Template::parse);
    ZoneId zone =
        isUnset(layout.get("zone"))
            ? objects.isEmpty() ? dayZone : ZoneId.of("UTC")
            : zone(layout.get("zone"));
    int back =
        days("back", days)
            .orElseGet(() -> Math.max(latenessDays, Zones.isAhead(zone, dayZone) ? 1 : 0));
    int ahead = days("ahead", days).orElseGet(() -> Zones.isAhead(dayZone, zone) ? 1 : 0);
    return new Layout(objects, zone, back, ahead);
  }

  private ZoneId zone(ConfigValue value) {
    return problems
        .parsed(key("layout.zone"), List.of(Problems.shown(value)), Zones::parse)
        .stream()
        .findFirst()
        .orElse(ZoneId.of("UTC"));
  }

  private Optional<Integer> days(String name, ConfigObject days) {
    ConfigValue value = days.get(name);
    if (isUnset(value)) {
      return Optional.empty();
    }
    String text = Problems.shown(value);
    if (!text.matches("\\d{1,2}") || Integer.parseInt(text) > MOST_DAYS) {
      problems.add(
          key("layout.days." + name), text, "must be a whole number from 0 to " + MOST_DAYS);
      return Optional.of(0);
    }
    return Optional.of(Integer.parseInt(text));
  }

  private Map<EventField, FieldValue> fields() {
    ConfigObject fields =
        object("fields", source, Stream.of(EventField.values()).map(EventField::key).toList());
    ValueReader values = new ValueReader(problems);
    Map<EventField, FieldValue> read = new EnumMap<>(EventField.class);
    for (EventField field : EventField.values()) {
      if (fields.containsKey(field.key())) {
        values
            .read(key("fields." + field.key()), fields.get(field.key()))
            .ifPresent(value -> read.put(field, value));
      }
    }
    return read;
  }

  private List<EventRule> rules() {
    ConfigValue events = source.get("events");
    if (events.valueType() != ConfigValueType.LIST) {
      problems.add(
          key("events"), Problems.shown(events), "must be a list of rules, in a file (--config)");
      return List.of();
    }
    RuleReader reader = new RuleReader(problems);
    List<EventRule> rules = new ArrayList<>();
    int number = 0;
    for (ConfigValue rule : (ConfigList) events) {
      reader.read(key("events") + "[" + number++ + "]", rule).ifPresent(rules::add);
    }
    return rules;
  }

  private List<FieldPath> properties() {
    ConfigValue value = source.get("properties");
    return isUnset(value)
        ? List.of()
        : problems.parsed(
            key("properties"), problems.texts(key("properties"), value), SourceReader::subtree);
  }

  private static FieldPath subtree(String text) {
    FieldPath path = PathParser.parse(text);
    if (path.steps().stream().anyMatch(step -> !step.key().isEmpty())) {
      throw new IllegalArgumentException("must have no [key]: a list is kept as a whole");
    }
    return path;
  }

  private ConfigObject object(String name, ConfigObject parent, List<String> known) {
    String last = name.substring(name.lastIndexOf('.') + 1);
    if (parent.get(last) instanceof ConfigObject object) {
      problems.requireKnown(key(name), object, known);
      return object;
    }
    problems.add(key(name), Problems.shown(parent.get(last)), "must be an object in braces");
    return ConfigFactory.empty().root();
  }

  /** The value of a key that is not given: '' or []. */
  private static boolean isUnset(ConfigValue value) {
    return value == null
        || value.unwrapped() instanceof String text && text.isEmpty()
        || value.unwrapped() instanceof List<?> list && list.isEmpty();
  }

  private static String key(String name) {
    return SOURCE + "." + name;
  }
}
