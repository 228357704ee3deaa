package edtech.analytics.transform;

import edtech.analytics.input.ParsedColumn;
import edtech.analytics.input.line.ComparedContent;
import edtech.analytics.input.line.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * A line whose event id may occur again. Holds only what decides between such lines, so that a day
 * with every line twice still fits in memory.
 *
 * @param index place of the row in its group
 * @param id the event id
 * @param micros epoch microseconds, UTC
 * @param line SHA-256 of the line
 * @param content SHA-256 of all columns of raw that are compared; empty when none is
 */
record Contender(
    RowGroup group,
    int index,
    UTF8String id,
    UTF8String eventKind,
    long micros,
    byte[] line,
    byte[] content,
    int object,
    long lineStart) {

  /**
   * The winner first: the earliest event, then the smallest SHA-256 of the line, so that files and
   * their order decide nothing. Among equal lines the first one of the first object, so that the
   * ledger by object is the same every time.
   */
  static final Comparator<Contender> WINNER_FIRST =
      Comparator.comparingLong(Contender::micros)
          .thenComparing(Contender::line, Arrays::compareUnsigned)
          .thenComparingInt(Contender::object)
          .thenComparingLong(Contender::lineStart);

  private static final ParsedColumn[] TEXTS = {
    ParsedColumn.USER_ID,
    ParsedColumn.SESSION_ID,
    ParsedColumn.EVENT_TYPE,
    ParsedColumn.PLATFORM,
    ParsedColumn.SCREEN_NAME,
    ParsedColumn.COURSE_ID,
    ParsedColumn.LESSON_ID,
    ParsedColumn.PROPERTIES,
    ParsedColumn.CURRENCY,
    ParsedColumn.TASK_ID,
    ParsedColumn.TASK_RESULT,
    ParsedColumn.AB_TEST_ID,
    ParsedColumn.AB_GROUP
  };

  static Contender of(RowGroup group, int index, InternalRow row, ComparedContent compared) {
    long micros = row.getLong(ParsedColumn.EVENT_TIMESTAMP.ordinal());
    return new Contender(
        group,
        index,
        text(row, ParsedColumn.EVENT_ID).copy(),
        text(row, ParsedColumn.EVENT_KIND).copy(),
        micros,
        Sha256.newDigest().digest(text(row, ParsedColumn.LINE).getBytes()),
        content(row, micros, compared),
        row.getInt(ParsedColumn.OBJECT.ordinal()),
        row.getLong(ParsedColumn.LINE_START.ordinal()));
  }

  boolean hasContentOf(Contender other) {
    return Arrays.equals(content, other.content);
  }

  private static byte[] content(InternalRow row, long micros, ComparedContent compared) {
    if (compared.isNone()) {
      return new byte[0];
    }
    MessageDigest digest = Sha256.newDigest();
    digest.update((micros + " " + amount(row)).getBytes(StandardCharsets.US_ASCII));
    for (ParsedColumn column : TEXTS) {
      UTF8String text = text(row, column);
      byte[] bytes = (column == ParsedColumn.PROPERTIES ? compared.of(text) : text).getBytes();
      // The length before each text keeps different rows from giving the same bytes.
      digest.update((" " + bytes.length + " ").getBytes(StandardCharsets.US_ASCII));
      digest.update(bytes);
    }
    return digest.digest();
  }

  private static String amount(InternalRow row) {
    int amount = ParsedColumn.PURCHASE_AMOUNT.ordinal();
    return row.isNullAt(amount) ? "" : row.getDecimal(amount, 18, 2).toString();
  }

  private static UTF8String text(InternalRow row, ParsedColumn column) {
    return row.getUTF8String(column.ordinal());
  }
}
