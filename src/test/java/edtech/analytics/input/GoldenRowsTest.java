package edtech.analytics.input;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edtech.analytics.input.line.EventKind;
import edtech.analytics.input.line.Lines;
import edtech.analytics.input.line.MappedLines;
import edtech.analytics.input.line.ParseRules;
import edtech.analytics.input.line.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Equal lines make equal rows as long as {@link DayInput#PARSER} is the same: days that are
 * published are skipped for that number. Each file has the number first, then lines, each byte as a
 * character, with the row that each makes. A line is added without a row, then written.
 */
class GoldenRowsTest {
  private static final Path FOLDER = Path.of("src/test/resources/golden");
  private static final Path NATIVE = FOLDER.resolve("rows.jsonl");
  private static final Path MAPPED = FOLDER.resolve("mapped.jsonl");
  private static final String WRITE = "mvn test -Dtest=GoldenRowsTest -Dgolden=write";
  private static final LocalDate DAY = LocalDate.of(2026, 3, 1);
  private static final int MAX_LINE_BYTES = 1024;
  private static final String SALT = "00ff";
  private static final ErasedUsers ERASED =
      new ErasedUsers(
          Map.of(
              SALT,
              Set.of(ErasedUsers.hash(SALT, "erased"), ErasedUsers.hash(SALT, "acme:erased2"))));
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonGenerator.Feature.ESCAPE_NON_ASCII).build();

  @TempDir Path folder;

  @Test
  void keptLines_makeTheRowsOfTheirParser() throws IOException {
    requireRows(NATIVE, Lines.limited(0, MAX_LINE_BYTES));
  }

  @Test
  void keptLinesOfAMapping_makeTheRowsOfTheirParser() throws IOException {
    requireRows(MAPPED, MappedLines.ofEverything());
  }

  private void requireRows(Path file, ParseRules rules) throws IOException {
    List<JsonNode> golden = read(file);
    int parser = golden.get(0).get("parser").intValue();
    List<JsonNode> kept = golden.subList(1, golden.size());
    List<JsonNode> made = make(kept, rules);
    boolean isToBeWritten = "write".equals(System.getProperty("golden"));
    if (parser == DayInput.PARSER) {
      for (int i = 0; i < kept.size(); i++) {
        boolean isNew = isToBeWritten && !kept.get(i).has("row");
        assertThat(made.get(i))
            .as("Java makes another row of a line: raise DayInput.PARSER, then " + WRITE)
            .isEqualTo(isNew ? made.get(i) : kept.get(i));
      }
    } else if (!isToBeWritten) {
      fail("DayInput.PARSER is " + DayInput.PARSER + ", the rows are of " + parser + ": " + WRITE);
    }
    if (isToBeWritten) {
      write(file, made);
    }
  }

  @Test
  void keptLines_haveEachReasonOfOneLineAndEachKindOfEvent() throws IOException {
    Set<String> expected = new TreeSet<>();
    EnumSet.complementOf(EnumSet.of(Reason.CONFLICTING_DUPLICATE))
        .forEach(reason -> expected.add(reason.code()));
    Arrays.stream(EventKind.values()).forEach(kind -> expected.add(kind.code()));
    Set<String> kept = new TreeSet<>();
    for (JsonNode one : read(NATIVE).stream().skip(1).toList()) {
      JsonNode row = one.get("row");
      kept.add((row.has("reason") ? row.get("reason") : row.get("event_kind")).textValue());
    }
    assertThat(kept).isEqualTo(expected);
  }

  private static List<JsonNode> read(Path file) throws IOException {
    List<JsonNode> nodes = new ArrayList<>();
    for (String line : Files.readAllLines(file, US_ASCII)) {
      nodes.add(JSON.readTree(line));
    }
    return nodes;
  }

  private static void write(Path file, List<JsonNode> made) throws IOException {
    StringBuilder text = new StringBuilder("{\"parser\":" + DayInput.PARSER + "}\n");
    for (JsonNode one : made) {
      text.append(JSON.writeValueAsString(one)).append('\n');
    }
    Files.writeString(file, text, US_ASCII);
  }

  private List<JsonNode> make(List<JsonNode> kept, ParseRules rules) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (JsonNode one : kept) {
      content.writeBytes(one.get("line").textValue().getBytes(ISO_8859_1));
      content.write('\n');
    }
    Path file = Files.write(folder.resolve("lines.jsonl"), content.toByteArray());
    List<InternalRow> rows = ObjectRows.of(file, DAY, rules, ERASED);
    List<JsonNode> made = new ArrayList<>();
    for (int i = 0; i < kept.size(); i++) {
      JsonNode line = kept.get(i).get("line");
      ObjectNode one = JSON.createObjectNode();
      one.set("line", line);
      one.set(
          "row", columns(rows.get(i), new String(line.textValue().getBytes(ISO_8859_1), UTF_8)));
      made.add(one);
    }
    return made;
  }

  /** The columns that are not null, but for the place of the line, and the line as it is. */
  private static ObjectNode columns(InternalRow row, String line) {
    ObjectNode columns = JSON.createObjectNode();
    for (ParsedColumn column : ParsedColumn.values()) {
      DataType type = ParsedColumn.SCHEMA.apply(column.ordinal()).dataType();
      String value = String.valueOf(row.get(column.ordinal(), type));
      boolean isPlace = column == ParsedColumn.OBJECT || column == ParsedColumn.LINE_START;
      boolean isLine = column == ParsedColumn.LINE && value.equals(line);
      if (!isPlace && !isLine && !row.isNullAt(column.ordinal())) {
        columns.put(column.toString(), value);
      }
    }
    return columns;
  }
}
