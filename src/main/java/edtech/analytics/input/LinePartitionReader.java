package edtech.analytics.input;

import edtech.analytics.input.line.LineParser;
import edtech.analytics.input.line.ParseRules;
import edtech.analytics.input.line.ParsedLine;
import edtech.analytics.input.line.Reason;
import edtech.analytics.spark.BinaryForm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.read.PartitionReader;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Reads pieces of objects line by line. Every line becomes one row, or is counted in one; see
 * {@link ParsedRow}. A row is in Spark's binary form and valid until the next one. Holds one line
 * at a time. An object that cannot be read as its name says, or that changed after it was listed,
 * becomes a row of kind {@code refused}.
 */
final class LinePartitionReader implements PartitionReader<InternalRow> {
  private final Iterator<Split> splits;
  private final ParseRules rules;
  private final int fromDay;
  private final int toDay;
  private final ErasedUserFinder erased;
  private final ObjectOpener opener;
  private final LineParser parser;
  private final ParsedLine parsed = new ParsedLine();
  private final EventRow event = new EventRow();
  private final BinaryForm binary = new BinaryForm(ParsedColumn.SCHEMA);
  private final ArrayDeque<InternalRow> counts = new ArrayDeque<>();

  private Split split;
  private Piece piece;
  private LineSource reader;
  private InternalRow row;
  private int prefixDay;
  private long lines;
  private long blankLines;
  private long ignored;
  private long otherDay;
  private final Map<Integer, Long> wanted = new TreeMap<>();
  private int lastWanted;
  private long lastWantedLines;

  LinePartitionReader(
      List<Split> splits,
      ParseRules rules,
      int fromDay,
      int toDay,
      ErasedUserFinder erased,
      ObjectOpener opener) {
    this.splits = splits.iterator();
    this.rules = rules;
    this.fromDay = fromDay;
    this.toDay = toDay;
    this.erased = erased;
    this.opener = opener;
    this.parser = new LineParser(rules);
  }

  @Override
  public boolean next() throws IOException {
    while (true) {
      if (!counts.isEmpty()) {
        row = binary.of(counts.poll());
        return true;
      }
      if (reader == null && !splits.hasNext()) {
        return false;
      }
      try {
        if (reader == null) {
          open(splits.next());
        } else if (!nextLine()) {
          finishSplit();
        } else if (takeLine()) {
          return true;
        }
      } catch (InputRefusedException refused) {
        // A row instead of a failed task: Spark would repeat the task, and it would fail again.
        closeReader();
        counts.add(ParsedRow.refused(split.number(), refused.getMessage()));
      }
    }
  }

  @Override
  public InternalRow get() {
    return row;
  }

  @Override
  public void close() throws IOException {
    closeReader();
  }

  private void closeReader() throws IOException {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }

  private void open(Split next) throws IOException {
    split = next;
    piece = opener.open(split);
    reader = piece.texts(rules);
    prefixDay = Math.toIntExact(split.object().prefixDate().toEpochDay());
    lines = 0;
    blankLines = 0;
    ignored = 0;
    otherDay = 0;
    wanted.clear();
    lastWantedLines = 0;
  }

  private boolean nextLine() throws IOException {
    try {
      return reader.next();
    } catch (IOException e) {
      throw opener.refuse(piece.object(), piece.compression(), e);
    }
  }

  /** Whether the line gives a row, rather than only a count. */
  private boolean takeLine() {
    lines++;
    if (reader.isBlank()) {
      blankLines++;
      return false;
    }
    if (reader.isTooLong()) {
      row = rejected(Reason.LINE_TOO_LONG, "");
      return true;
    }
    parser.parse(reader.buffer(), reader.offset(), reader.length(), parsed);
    if (parsed.isIgnored()) {
      ignored++;
      return false;
    }
    if (erased.isErased(parsed.userId)) {
      row = erased();
      return true;
    }
    if (parsed.reason() != null) {
      row = rejected(parsed.reason(), parsed.detail());
      return true;
    }
    int day = parsed.eventDay();
    if (!rules.source().layout().isInOrder(day, prefixDay)) {
      row = rejected(Reason.OUTSIDE_DAY, "event_timestamp");
      return true;
    }
    if (day != prefixDay) {
      otherDay++;
    }
    if (day < fromDay || day > toDay) {
      return false;
    }
    countWanted(day);
    row =
        event.of(
            split.number(),
            reader.lineStart(),
            parsed,
            reader.buffer(),
            reader.offset(),
            reader.length());
    return true;
  }

  private void countWanted(int day) {
    if (day != lastWanted) {
      flushWanted();
      lastWanted = day;
    }
    lastWantedLines++;
  }

  private void flushWanted() {
    if (lastWantedLines > 0) {
      wanted.merge(lastWanted, lastWantedLines, Long::sum);
      lastWantedLines = 0;
    }
  }

  private void finishSplit() throws IOException {
    closeReader();
    flushWanted();
    counts.add(ParsedRow.lines(split.number(), lines, blankLines, ignored, otherDay));
    wanted.forEach((day, n) -> counts.add(ParsedRow.wanted(split.number(), day, n)));
  }

  private InternalRow rejected(Reason reason, String detail) {
    byte[] bytes = reader.buffer();
    int offset = reader.offset();
    int length = reader.length();
    if (erased.isNamedIn(bytes, offset, length)) {
      return erased();
    }
    if (reason == Reason.LINE_TOO_LONG) {
      length = wholeCharacters(bytes, offset, length);
    }
    boolean isBase64 =
        reason == Reason.INVALID_ENCODING
            || reason == Reason.LINE_TOO_LONG
                && !UTF8String.fromBytes(bytes, offset, length).isValid();
    UTF8String line =
        isBase64
            ? UTF8String.fromBytes(
                Base64.getEncoder().encode(ByteBuffer.wrap(bytes, offset, length)).array())
            : UTF8String.fromBytes(bytes, offset, length).copy();
    return binary.of(ParsedRow.rejected(split.number(), reason, detail, line, isBase64));
  }

  /** A line of an erased user: it is counted, and none of it is stored. */
  private InternalRow erased() {
    return binary.of(
        ParsedRow.rejected(split.number(), Reason.ERASED_USER, "", UTF8String.EMPTY_UTF8, false));
  }

  /** The length without a character that the cut went through. */
  private static int wholeCharacters(byte[] bytes, int offset, int length) {
    int end = length;
    int back = 0;
    while (end > 0 && back < 4 && (bytes[offset + end - 1] & 0xC0) == 0x80) {
      end--;
      back++;
    }
    if (end == 0 || back == 4) {
      return length;
    }
    int lead = bytes[offset + end - 1] & 0xFF;
    int needed = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    return back < needed ? end - 1 : length;
  }
}
