package edtech.analytics.input;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.input.line.Lines;
import edtech.analytics.input.line.ParseRules;
import edtech.analytics.testing.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows and counts of an object's lines; the rules of a line are in LineParserTest. */
class LinePartitionReaderTest {
  private static final LocalDate DAY = LocalDate.of(2026, 3, 1);
  private static final int MAX_LINE_BYTES = 1024;

  @TempDir Path folder;

  private ParseRules rules;

  @BeforeEach
  void limitLines() {
    rules = Lines.limited(0, MAX_LINE_BYTES);
  }

  @Test
  void events_haveTheirRowsAndCounts() throws IOException {
    String lines = at("2026-03-01T10:00:00Z") + "\r\n\n \t\u00a0\n" + at("2026-03-01T23:59:59.9");

    assertThat(rows("a.jsonl", lines.getBytes(UTF_8)))
        .containsExactly("event e1 2026-03-01", "event e1 2026-03-01", "lines 4 2 0", "wanted 2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-02-28T23:59:59.999999999Z",
        "2026-03-02 00:00:00",
        "2026-03-01T00:30:00+01:00",
        "2000-01-01T00:00:00Z",
        "2099-12-31T23:59:59.999999Z"
      })
  void eventOfAnotherDay_isOutsideTheDay(String timestamp) throws IOException {
    String line = at(timestamp);

    assertThat(rows("a.jsonl", line.getBytes(UTF_8)))
        .containsExactly("rejected outside_day event_timestamp text " + line, "lines 1 0 0");
  }

  @Test
  void eventOfAnEarlierDayInOrder_isCountedForThatDay() throws IOException {
    rules = Lines.limited(1, MAX_LINE_BYTES);
    String early = at("2026-02-28T10:00:00Z");
    String tooEarly = at("2026-02-27T10:00:00Z");

    assertThat(rows("a.jsonl", (early + "\n" + tooEarly).getBytes(UTF_8)))
        .containsExactly("rejected outside_day event_timestamp text " + tooEarly, "lines 2 0 1");
  }

  @Test
  void longestLine_isAnEvent_oneByteMoreIsTooLong() throws IOException {
    String start = Lines.plain("\"x\":\"");
    start = start.substring(0, start.length() - 1);
    String exact = start + "x".repeat(MAX_LINE_BYTES - start.length() - 2) + "\"}";

    assertThat(rows("a.jsonl", (exact + "\n" + exact + " ").getBytes(UTF_8)))
        .containsExactly(
            "event e1 2026-03-01",
            "rejected line_too_long  text " + exact,
            "lines 2 0 0",
            "wanted 1");
  }

  @Test
  void lineThatIsTooLong_isKeptUpToItsLastWholeCharacter() throws IOException {
    String kept = "z".repeat(MAX_LINE_BYTES - 2);

    assertThat(rows("a.jsonl", (kept + "😀 and more").getBytes(UTF_8)))
        .containsExactly("rejected line_too_long  text " + kept, "lines 1 0 0");
    assertThat(rows("a.jsonl", "y".repeat(300_000).getBytes(UTF_8)))
        .containsExactly(
            "rejected line_too_long  text " + "y".repeat(MAX_LINE_BYTES), "lines 1 0 0");
  }

  @Test
  void lineThatIsNoText_isKeptAsBase64() throws IOException {
    byte[] tooLong = ("\u00ff" + "a".repeat(MAX_LINE_BYTES)).getBytes(ISO_8859_1);
    String head =
        Base64.getEncoder().encodeToString(("\u00ff" + "a".repeat(1023)).getBytes(ISO_8859_1));
    byte[] latin1 = "{\"event_id\":\"caf\u00e9\"}".getBytes(ISO_8859_1);
    String whole = Base64.getEncoder().encodeToString(latin1);

    assertThat(rows("a.jsonl", tooLong))
        .containsExactly("rejected line_too_long  base64 " + head, "lines 1 0 0");
    assertThat(rows("a.jsonl", latin1))
        .containsExactly("rejected invalid_encoding  base64 " + whole, "lines 1 0 0");
  }

  @Test
  void lineAtFault_isKeptWithReasonAndField() throws IOException {
    String line = Lines.plain("\"platform\":1");

    assertThat(rows("a.jsonl", ("\ufeff" + line + "\r\n{").getBytes(UTF_8)))
        .containsExactly(
            "rejected invalid_type platform text " + line,
            "rejected malformed_json  text {",
            "lines 2 0 0");
  }

  @Test
  void gzipOfSeveralMembers_isReadToItsEnd() throws IOException {
    byte[] members =
        Events.concat(
            Events.gzip(at("2026-03-01T10:00:00Z")), Events.gzip(""), Events.gzip("\n \n{"));

    assertThat(rows("a.json.gz", members))
        .containsExactly(
            "event e1 2026-03-01", "rejected malformed_json  text {", "lines 3 1 0", "wanted 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl.gz", "a.json"})
  void objectOfNoBytes_hasNoLines(String name) throws IOException {
    assertThat(rows(name, new byte[0])).containsExactly("lines 0 0 0");
  }

  @Test
  void gzipOfNoBytes_hasNoLines() throws IOException {
    assertThat(rows("a.jsonl.gz", Events.gzip(""))).containsExactly("lines 0 0 0");
  }

  @ParameterizedTest
  @CsvSource({
    "00, 00",
    "garbage, 67 61 72 62",
    "1f, 1f",
    "1f00, 1f 00",
    "000000000000000000000000, 00 00 00 00"
  })
  void restBehindGzip_isRefusedWithItsPlace(String rest, String shown) throws IOException {
    byte[] gzip =
        Events.concat(Events.gzip(at("2026-03-01T10:00:00Z")), Events.gzip("{\n".repeat(100_000)));
    byte[] behind = rest.equals("garbage") ? rest.getBytes(UTF_8) : HexFormat.of().parseHex(rest);

    assertThat(rows("a.jsonl.gz", Events.concat(gzip, behind)))
        .last()
        .isEqualTo(
            "refused object "
                + folder.resolve("a.jsonl.gz").toUri()
                + " is not valid gzip to its last byte (it ends at byte "
                + gzip.length
                + " of "
                + (gzip.length + behind.length)
                + ", and something else follows that begins with "
                + shown
                + "): upload it again without that");
  }

  @Test
  void brokenGzip_isRefused() throws IOException {
    byte[] gzip = Events.gzip(at("2026-03-01T10:00:00Z"));
    byte[] corrupt = gzip.clone();
    corrupt[gzip.length - 6] ^= 0x55;

    assertRefused(Arrays.copyOf(gzip, gzip.length - 9), "it ends too early");
    assertRefused(Arrays.copyOf(gzip, gzip.length - 1), "it ends too early");
    assertRefused(Events.concat(gzip, Arrays.copyOf(gzip, 5)), "it ends too early");
    assertRefused(corrupt, "Gzip-compressed data is corrupt (CRC32 error)");
    assertRefused(at("2026-03-01T10:00:00Z").getBytes(UTF_8), "Input is not in the .gz format");
  }

  private void assertRefused(byte[] content, String cause) throws IOException {
    assertThat(rows("a.jsonl.gz", content))
        .last()
        .isEqualTo(
            "refused object "
                + folder.resolve("a.jsonl.gz").toUri()
                + " is not valid gzip to its last byte ("
                + cause
                + "): upload it again");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1f8b00", "28b52ffd20"})
  void compressedObjectOfAPlainName_isRefused(String hex) throws IOException {
    assertThat(rows("a.json", HexFormat.of().parseHex(hex)))
        .containsExactly(
            "refused object "
                + folder.resolve("a.json").toUri()
                + " is compressed, but its name says it is not: rename gzip to .jsonl.gz; write zstd"
                + " again as gzip or plain text");
  }

  private static String at(String timestamp) {
    return Lines.plain("").replace("2026-03-01T10:00:00Z", timestamp);
  }

  private List<String> rows(String name, byte[] content) throws IOException {
    Path file = Files.write(folder.resolve(name), content);
    List<String> rows = new ArrayList<>();
    for (InternalRow row : ObjectRows.of(file, DAY, rules, ErasedUsers.NONE)) {
      rows.add(text(row));
    }
    return rows;
  }

  private static String text(InternalRow row) {
    String kind = text(row, ParsedColumn.ROW_KIND);
    return switch (kind) {
      case "event" ->
          "event "
              + text(row, ParsedColumn.EVENT_ID)
              + " "
              + LocalDate.ofEpochDay(row.getInt(ParsedColumn.EVENT_DATE.ordinal()));
      case "rejected" ->
          String.join(
              " ",
              kind,
              text(row, ParsedColumn.REASON),
              text(row, ParsedColumn.DETAIL),
              text(row, ParsedColumn.LINE_ENCODING),
              text(row, ParsedColumn.LINE));
      case "lines" ->
          "lines "
              + number(row, ParsedColumn.LINES)
              + " "
              + number(row, ParsedColumn.BLANK_LINES)
              + " "
              + number(row, ParsedColumn.OTHER_DAY);
      case "wanted" -> "wanted " + number(row, ParsedColumn.LINES);
      default -> kind + " " + text(row, ParsedColumn.REASON);
    };
  }

  private static String text(InternalRow row, ParsedColumn column) {
    return row.getUTF8String(column.ordinal()).toString();
  }

  private static long number(InternalRow row, ParsedColumn column) {
    return row.getLong(column.ordinal());
  }
}
