package edtech.analytics.input.line;

import edtech.analytics.measure.Measures;
import edtech.analytics.source.Mapping;

/**
 * Parses and validates one line: UTF-8, JSON, the rules of the fields, in the order of {@link
 * Reason}. Lines in the plainest spelling are read faster, and judged alike; so are the lines of a
 * source with a mapping of its own. Leaves out {@code OUTSIDE_DAY} and {@code
 * CONFLICTING_DUPLICATE}, which depend on more than the line. Never throws because of a line.
 *
 * <p>Not thread-safe; one for each task.
 */
public final class LineParser {
  private final EventRules rules;
  private final PlainFields plain;
  private final LineFields fields;
  // Null for native lines.
  private final MappedParser mapped;
  private final boolean dropsTextBefore;

  public LineParser(ParseRules rules) {
    Measures measures = rules.measures();
    this.rules = new EventRules(rules);
    this.plain = new PlainFields(measures);
    this.fields = new LineFields(measures);
    Mapping mapping = rules.source().mapping();
    this.mapped = mapping.isNative() ? null : new MappedParser(mapping, measures, this.rules);
    this.dropsTextBefore = rules.source().dropsTextBefore();
  }

  /**
   * Parses a line that is neither blank nor too long.
   *
   * @param buffer holds the line, without line end and byte order mark; not changed
   * @param into is filled anew
   */
  public void parse(byte[] buffer, int offset, int length, ParsedLine into) {
    into.clear();
    if (!Utf8.isValid(buffer, offset, offset + length)) {
      into.reject(Reason.INVALID_ENCODING, "");
      return;
    }
    int end = offset + length;
    int from = dropsTextBefore ? ByteScan.indexOf((byte) '{', buffer, offset, end) : offset;
    if (from < 0) {
      into.reject(Reason.MALFORMED_JSON, "");
    } else if (mapped != null) {
      mapped.parse(buffer, from, end, into);
    } else if (plain.read(buffer, from, end)) {
      rules.judge(plain, into);
    } else {
      parseInFull(buffer, from, end - from, into);
    }
  }

  /** Parses a line of valid UTF-8 as if it were not plain; to be given a cleared result. */
  void parseInFull(byte[] buffer, int offset, int length, ParsedLine into) {
    if (SurrogateEscapes.hasLone(buffer, offset, offset + length)) {
      into.reject(Reason.INVALID_ENCODING, "");
      return;
    }
    if (!fields.read(buffer, offset, length)) {
      into.reject(Reason.MALFORMED_JSON, "");
      return;
    }
    rules.judge(fields, into);
  }
}
