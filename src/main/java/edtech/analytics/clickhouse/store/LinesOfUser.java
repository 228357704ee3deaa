package edtech.analytics.clickhouse.store;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import edtech.analytics.source.EventField;
import edtech.analytics.source.FieldValue;
import edtech.analytics.source.Mapping;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which rejected lines are a user's, as a condition of SQL over {@code line}, {@code line_encoding}
 * and {@code reason}. The id is in it as bound values only.
 *
 * @param condition holds for a line that is the user's, or may be
 * @param parameters its values; {@code user} is the id
 */
record LinesOfUser(String condition, Map<String, Object> parameters) {
  private static final String TEXT =
      "(if(line_encoding = 'base64', tryBase64Decode(line), line) AS text) != ''\nAND ";

  /**
   * Native lines: those whose user_id it is, and where none can be told for certain, those that
   * hold the id anywhere, in one of the spellings that JSON has for it.
   */
  private static final String NATIVE =
      """
      if(
          line_encoding = 'text' AND reason != 'duplicate_key' AND isValidJSON(line)
              AND JSONType(line, 'user_id') IN ('String', 'Int64', 'UInt64'),
          if(JSONType(line, 'user_id') = 'String',
              JSONExtractString(line, 'user_id'), JSONExtractRaw(line, 'user_id')) = {user:String},
          position(text, {user:String}) > 0
              OR position(text, {quoted:String}) > 0
              OR position(text, {ascii:String}) > 0
              OR position(text, {lower:String}) > 0)
      """;

  /**
   * Lines that a mapping reads: those that hold the id as a whole value. The ids of such lines may
   * be short numbers, which are a part of many a text.
   */
  private static final String WHOLE_VALUE =
      """
      (if(line_encoding = 'base64',
          position(text, {%1$s:String}) > 0,
          match(text, concat('(^|[\\\\x22\\\\x27{}\\\\[\\\\]:,\\\\s\\\\x5c])',
              regexpQuoteMeta({%1$s:String}), '($|[\\\\x22\\\\x27{}\\\\[\\\\]:,\\\\s\\\\x5c])')))
          OR position(text, concat('"', {%1$s_quoted:String}, '"')) > 0
          OR position(text, concat('"', {%1$s_ascii:String}, '"')) > 0
          OR position(text, concat('"', {%1$s_lower:String}, '"')) > 0)
      """;

  /**
   * The lines of a user.
   *
   * @param mapping how lines are read now; an id that it joins lies in its parts
   */
  static LinesOfUser of(String userId, Mapping mapping) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("user", userId);
    if (mapping.isNative()) {
      spellings(userId, "").forEach(parameters::put);
      return new LinesOfUser(TEXT + NATIVE, parameters);
    }
    List<String> ids =
        Stream.concat(Stream.of(userId), isJoined(mapping) ? parts(userId) : Stream.empty())
            .toList();
    List<String> holds =
        IntStream.range(0, ids.size())
            .mapToObj(
                i -> {
                  String name = "id" + i;
                  parameters.put(name, ids.get(i));
                  spellings(ids.get(i), name + "_").forEach(parameters::put);
                  return String.format(Locale.ROOT, WHOLE_VALUE, name);
                })
            .toList();
    String ofParts = String.join("AND ", holds.subList(1, holds.size()));
    return new LinesOfUser(
        TEXT + "(" + holds.get(0) + (ofParts.isEmpty() ? "" : "OR (" + ofParts + ")") + ")",
        parameters);
  }

  private static boolean isJoined(Mapping mapping) {
    return Stream.concat(
            Stream.of(mapping.fields()), mapping.rules().stream().map(rule -> rule.fields()))
        .map(fields -> fields.get(EventField.USER_ID))
        .anyMatch(value -> value != null && value.how() == FieldValue.How.JOIN);
  }

  private static Stream<String> parts(String userId) {
    return Stream.of(userId.split(":")).filter(part -> !part.isEmpty());
  }

  private static Map<String, String> spellings(String id, String prefix) {
    String quoted = new String(JsonStringEncoder.getInstance().quoteAsString(id));
    return Map.of(
        prefix + "quoted", quoted,
        prefix + "ascii", ascii(quoted, "\\u%04X"),
        prefix + "lower", ascii(quoted, "\\u%04x"));
  }

  /** With every character beyond ASCII as an escape, as many JSON writers have it. */
  private static String ascii(String text, String escape) {
    Function<Integer, String> plain =
        c -> c < 128 ? Character.toString(c) : String.format(Locale.ROOT, escape, c);
    return text.chars().boxed().map(plain).collect(Collectors.joining());
  }
}
