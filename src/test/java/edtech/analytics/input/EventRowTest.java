package edtech.analytics.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.input.line.LineParser;
import edtech.analytics.input.line.Lines;
import edtech.analytics.input.line.ParsedLine;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.junit.jupiter.api.Test;

/** What is written into a row is what Spark reads from it. */
class EventRowTest {

  private final LineParser parser = new LineParser(Lines.RULES);
  private final EventRow rows = new EventRow();

  @Test
  void plainLine_isHeldOnceAndItsTextsLieInIt() {
    String line =
        Lines.plain(
            "\"session_id\":\"s1\",\"platform\":\"ios\",\"screen_name\":\"урок\","
                + "\"course_id\":\"c1\",\"lesson_id\":\"l1\"");

    UnsafeRow row = row(line);

    assertThat(texts(row))
        .containsExactly(
            "event",
            "e1",
            "u1",
            "s1",
            "page_view",
            "plain",
            "ios",
            "урок",
            "c1",
            "l1",
            "",
            "",
            "",
            "",
            "",
            "",
            line);
    assertThat(row.getInt(at(ParsedColumn.OBJECT))).isEqualTo(7);
    assertThat(row.getLong(at(ParsedColumn.LINE_START))).isEqualTo(4_000_000_000L);
    assertThat(row.getInt(at(ParsedColumn.EVENT_DATE))).isEqualTo(20_513);
    assertThat(row.getLong(at(ParsedColumn.EVENT_TIMESTAMP))).isEqualTo(1_772_359_200_000_000L);
    assertThat(row.isNullAt(at(ParsedColumn.PURCHASE_AMOUNT))).isTrue();
    assertThat(row.getBoolean(at(ParsedColumn.IS_SUCCESS))).isFalse();
    for (ParsedColumn column : ParsedColumn.OF_NO_EVENT) {
      assertThat(row.isNullAt(at(column))).as(column.toString()).isTrue();
    }
    assertThat(row.getSizeInBytes() % 8).isZero();
    int twice = 8 + 8 * ParsedColumn.values().length + 2 * line.getBytes(UTF_8).length;
    assertThat(row.getSizeInBytes()).isLessThan(twice);
  }

  @Test
  void textsThatAreNotSlices_areAppended() {
    String line = Lines.plain("\"screen_name\":\"\\u0441\",\"b\":[1, 2],\"a\":\"\\n\"");

    assertThat(texts(row(line)))
        .containsExactly(
            "event",
            "e1",
            "u1",
            "",
            "page_view",
            "plain",
            "",
            "с",
            "",
            "",
            "{\"a\":\"\\n\",\"b\":[1,2]}",
            "",
            "",
            "",
            "",
            "",
            line);
  }

  @Test
  void purchaseAndTask_haveTheirColumns() {
    UnsafeRow purchase = row(Lines.purchase("\"purchase_amount\":-0.05"));
    assertThat(purchase.getDecimal(at(ParsedColumn.PURCHASE_AMOUNT), 18, 2).toString())
        .isEqualTo("-0.05");
    assertThat(purchase.getUTF8String(at(ParsedColumn.CURRENCY)).toString()).isEqualTo("USD");

    UnsafeRow task = row(Lines.event("task_result", "\"task_id\":5,\"task_result\":\"passed\""));
    assertThat(task.getUTF8String(at(ParsedColumn.TASK_ID)).toString()).isEqualTo("5");
    assertThat(task.getBoolean(at(ParsedColumn.IS_SUCCESS))).isTrue();
    assertThat(task.isNullAt(at(ParsedColumn.PURCHASE_AMOUNT))).isTrue();
  }

  @Test
  void longLine_growsTheRow() {
    String long1 = "x".repeat(100_000);
    UnsafeRow row = row(Lines.plain("\"screen_name\":\"" + long1 + "\""));
    assertThat(row.getUTF8String(at(ParsedColumn.SCREEN_NAME)).toString()).isEqualTo(long1);
    assertThat(row(Lines.plain("")).getUTF8String(at(ParsedColumn.SCREEN_NAME)).numBytes())
        .isZero();
  }

  @Test
  void measures_areArrays() {
    LineParser measuring =
        new LineParser(
            Lines.measuring(
                Lines.measures(
                    """
                    dimensions { a = a, b = b, c = platform }
                    metrics {
                      m { event-types = [page_view] }, n { event-types = [page_view], sum = n }
                      o { event-types = [x] }
                    }
                    """),
                Lines.RULES.source()));
    UnsafeRow row =
        row(measuring, Lines.plain("\"platform\":\"ios\",\"a\":\"привет, мир\",\"n\":\"-\""));

    UnsafeArrayData values = row.getArray(at(ParsedColumn.DIMENSIONS));
    assertThat(values.numElements()).isEqualTo(3);
    assertThat(values.getUTF8String(0)).hasToString("привет, мир");
    assertThat(values.isNullAt(1)).isTrue();
    assertThat(values.getUTF8String(2)).hasToString("ios");
    UnsafeArrayData metrics = row.getArray(at(ParsedColumn.METRICS));
    assertThat(metrics.numElements()).isEqualTo(2);
    assertThat(metrics.getStruct(0, 2).getInt(0)).isZero();
    assertThat(metrics.getStruct(0, 2).getDecimal(1, 18, 6)).hasToString("1.000000");
    assertThat(metrics.getStruct(1, 2).getInt(0)).isEqualTo(1);
    assertThat(metrics.getStruct(1, 2).isNullAt(1)).isTrue();

    assertThat(row(Lines.plain("")).isNullAt(at(ParsedColumn.DIMENSIONS))).isTrue();
    assertThat(row(Lines.plain("")).isNullAt(at(ParsedColumn.METRICS))).isTrue();
  }

  private UnsafeRow row(String line) {
    return row(parser, line);
  }

  /** The row of a line in the middle of a buffer. */
  private UnsafeRow row(LineParser by, String line) {
    byte[] text = line.getBytes(UTF_8);
    byte[] buffer = new byte[text.length + 9];
    System.arraycopy(text, 0, buffer, 5, text.length);
    ParsedLine parsed = new ParsedLine();
    by.parse(buffer, 5, text.length, parsed);
    assertThat(parsed.reason()).isNull();
    return (UnsafeRow) rows.of(7, 4_000_000_000L, parsed, buffer, 5, text.length);
  }

  private static List<String> texts(UnsafeRow row) {
    List<String> texts = new ArrayList<>();
    for (ParsedColumn column : ParsedColumn.values()) {
      boolean isText = ParsedColumn.SCHEMA.apply(at(column)).dataType().typeName().equals("string");
      if (isText && !row.isNullAt(at(column))) {
        texts.add(row.getUTF8String(at(column)).toString());
      }
    }
    return texts;
  }

  private static int at(ParsedColumn column) {
    return column.ordinal();
  }
}
