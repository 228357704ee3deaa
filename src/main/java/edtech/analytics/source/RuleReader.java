package edtech.analytics.source;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import edtech.analytics.source.EventRule.As;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads the rules that say what lines mean. */
final class RuleReader {
  private static final String WHEN = "when";
  private static final String AS = "as";
  private static final String NAME = "name";
  private static final String NEGATE = "negate";
  private static final List<String> KEYS =
      Stream.concat(
              Stream.of(WHEN, AS, NAME, NEGATE),
              Stream.of(EventField.values()).map(EventField::key))
          .toList();

  /** The kind whose events have a use for a field; fields that are not here are every kind's. */
  private static final Map<EventField, As> KIND_OF_FIELD = kinds();

  private final Problems problems;
  private final ValueReader values;

  RuleReader(Problems problems) {
    this.problems = problems;
    this.values = new ValueReader(problems);
  }

  private static Map<EventField, As> kinds() {
    Map<EventField, As> kinds = new EnumMap<>(EventField.class);
    EnumSet.of(EventField.PURCHASE_AMOUNT, EventField.CURRENCY)
        .forEach(field -> kinds.put(field, As.PURCHASE));
    EnumSet.of(EventField.TASK_ID, EventField.TASK_RESULT)
        .forEach(field -> kinds.put(field, As.TASK_RESULT));
    EnumSet.of(EventField.AB_TEST_ID, EventField.AB_GROUP)
        .forEach(field -> kinds.put(field, As.AB_TEST_ASSIGNMENT));
    return kinds;
  }

  /** A rule; empty, with a problem, when it has no condition. */
  Optional<EventRule> read(String key, ConfigValue value) {
    if (!(value instanceof ConfigObject rule)) {
      problems.add(key, Problems.shown(value), "must be a rule in braces");
      return Optional.empty();
    }
    problems.requireKnown(key, rule, KEYS);
    As as =
        rule.containsKey(AS)
            ? problems.word(key + "." + AS, rule.get(AS), As.values()).orElse(null)
            : null;
    String name =
        rule.containsKey(NAME) ? problems.text(key + "." + NAME, rule.get(NAME)).orElse("") : "";
    Map<EventField, FieldValue> fields = fields(key, rule, as);
    if (as == As.IGNORED
        && rule.keySet().stream().anyMatch(k -> !k.equals(WHEN) && !k.equals(AS))) {
      problems.add(key, "ignored", "has no event: leave out all but when and as");
    }
    List<Condition> conditions = new ArrayList<>();
    if (rule.containsKey(WHEN)) {
      when(key + "." + WHEN, rule.get(WHEN), List.of(), conditions);
    }
    if (conditions.isEmpty()) {
      problems.add(key, Problems.shown(value), "needs a condition, as when = { type = \"track\" }");
      return Optional.empty();
    }
    return Optional.of(new EventRule(conditions, as, name, negates(key, rule, as), fields));
  }

  private boolean negates(String key, ConfigObject rule, As as) {
    if (!rule.containsKey(NEGATE)) {
      return false;
    }
    String text = Problems.shown(rule.get(NEGATE));
    if (!text.equals("true") && !text.equals("false")) {
      problems.add(key + "." + NEGATE, text, "must be true or false");
    }
    boolean negates = text.equals("true");
    if (negates && as != As.PURCHASE) {
      problems.add(key + "." + NEGATE, text, "is for rules with as = purchase");
    }
    return negates;
  }

  private Map<EventField, FieldValue> fields(String key, ConfigObject rule, As as) {
    Map<EventField, FieldValue> fields = new EnumMap<>(EventField.class);
    for (EventField field : EventField.values()) {
      if (rule.containsKey(field.key())) {
        String fieldKey = key + "." + field.key();
        values.read(fieldKey, rule.get(field.key())).ifPresent(value -> fields.put(field, value));
        As of = KIND_OF_FIELD.get(field);
        if (of != null && as != null && as != As.IGNORED && of != as) {
          problems.add(
              fieldKey,
              Problems.shown(rule.get(field.key())),
              "is for rules with as = " + of.name().toLowerCase(Locale.ROOT));
        }
      }
    }
    return fields;
  }

  /** Objects inside the conditions are the steps of a path. */
  private void when(
      String key, ConfigValue value, List<FieldPath.Step> outer, List<Condition> into) {
    for (Map.Entry<String, ConfigValue> member : problems.members(key, value).entrySet()) {
      String memberKey = key + "." + member.getKey();
      EventField field = outer.isEmpty() ? EventField.named(member.getKey()) : null;
      if (member.getValue() instanceof ConfigObject inner) {
        path(memberKey, member.getKey(), outer)
            .ifPresent(path -> when(memberKey, inner, path.steps(), into));
      } else if (field != null) {
        into.add(condition(memberKey, field, null, member.getValue()));
      } else {
        path(memberKey, member.getKey(), outer)
            .ifPresent(path -> into.add(condition(memberKey, null, path, member.getValue())));
      }
    }
  }

  private Optional<FieldPath> path(String key, String text, List<FieldPath.Step> outer) {
    return problems.parsed(key, List.of(text), PathParser::parse).stream()
        .findFirst()
        .map(path -> new FieldPath(Stream.concat(outer.stream(), path.steps().stream()).toList()));
  }

  private Condition condition(String key, EventField field, FieldPath path, ConfigValue value) {
    Set<String> texts = new HashSet<>();
    List<String> beginnings = new ArrayList<>();
    boolean allowsAbsent = false;
    List<ConfigValue> all = value instanceof ConfigList list ? List.copyOf(list) : List.of(value);
    if (all.isEmpty()) {
      problems.add(key, "[]", "must be a list of one or more texts");
    }
    for (ConfigValue element : all) {
      if (element.valueType() == ConfigValueType.NULL) {
        allowsAbsent = true;
        continue;
      }
      String text = problems.text(key, element).orElse("");
      if (text.endsWith("*")) {
        beginnings.add(text.substring(0, text.length() - 1));
      } else if (!text.isEmpty()) {
        texts.add(text);
      }
    }
    return new Condition(field, path, texts, beginnings, allowsAbsent);
  }
}
