package edtech.analytics.clickhouse.store;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.source.EventField;
import edtech.analytics.source.FieldPath;
import edtech.analytics.source.FieldValue;
import edtech.analytics.source.FieldValue.How;
import edtech.analytics.source.Mapping;
import edtech.analytics.testing.LocalServices;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LinesOfUserIT {
  private static ClickHouse admin;

  @BeforeAll
  static void open() {
    admin = LocalServices.connect("CLICKHOUSE_USER", "CLICKHOUSE_PASSWORD");
  }

  @AfterAll
  static void close() {
    admin.close();
  }

  private static Mapping mapping(How how, String... names) {
    List<FieldPath> paths =
        Stream.of(names).map(name -> new FieldPath(List.of(new FieldPath.Step(name, "")))).toList();
    FieldValue user = new FieldValue(how, paths, Set.of(), "");
    return new Mapping(Map.of(EventField.USER_ID, user), List.of(), List.of());
  }

  /** Which of the lines are the user's. */
  private static List<String> of(String user, Mapping mapping, String... lines) {
    LinesOfUser theirs = LinesOfUser.of(user, mapping);
    List<String> found = new ArrayList<>();
    for (String line : lines) {
      Map<String, Object> values = new LinkedHashMap<>(theirs.parameters());
      values.put("line", Base64.getEncoder().encodeToString(line.getBytes(StandardCharsets.UTF_8)));
      long is =
          admin.number(
              "SELECT count() FROM (SELECT base64Decode({line:String}) AS line,"
                  + " 'text' AS line_encoding, 'missing_field' AS reason) WHERE "
                  + theirs.condition(),
              values);
      if (is > 0) {
        found.add(line);
      }
    }
    return found;
  }

  @Test
  void nativeLines_areTheirsByUserId() {
    assertThat(
            of(
                "u7",
                Mapping.NATIVE,
                "{\"user_id\":\"u7\"}",
                "{\"user_id\":\"u8\",\"by\":\"u7\"}",
                "{\"id\":\"u7\"}",
                "{\"user_id\":\"u7"))
        .containsExactly("{\"user_id\":\"u7\"}", "{\"id\":\"u7\"}", "{\"user_id\":\"u7");
  }

  @Test
  void mappedLines_areTheirsByAWholeValue() {
    assertThat(
            of(
                "7",
                mapping(How.FIRST, "who", "user_id"),
                "{\"user_id\":\"x\",\"who\":7}",
                "{\"who\":\"7\"}",
                "{\"who\":7",
                "2026 INFO [user 7] - {}",
                "{\"who\":17}",
                "{\"who\":\"a7\"}",
                "{\"at\":\"2026-03-07T07:17:37Z\"}"))
        .containsExactly(
            "{\"user_id\":\"x\",\"who\":7}",
            "{\"who\":\"7\"}",
            "{\"who\":7",
            "2026 INFO [user 7] - {}");
    assertThat(
            of(
                "Ü (.*) \"b\"\\",
                mapping(How.FIRST, "who"),
                "{\"who\":\"Ü (.*) \\\"b\\\"\\\\\"}",
                "{\"who\":\"\\u00dc (.*) \\\"b\\\"\\\\\"}",
                "{\"who\":\"\\u00DC (.*) \\\"b\\\"\\\\\"}",
                "{\"who\":\"Ü any \\\"b\\\"\\\\\"}"))
        .hasSize(3);
  }

  @Test
  void joinedIds_areTheirsByAllParts() {
    assertThat(
            of(
                "acme:7",
                mapping(How.JOIN, "org", "who"),
                "{\"who\":7,\"org\":\"acme\"}",
                "{\"all\":\"acme:7\"}",
                "{\"who\":7}",
                "{\"org\":\"acme\",\"who\":8}"))
        .containsExactly("{\"who\":7,\"org\":\"acme\"}", "{\"all\":\"acme:7\"}");
  }
}
