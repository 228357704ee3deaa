package edtech.analytics.input.line;

/**
 * Parses and validates one line: UTF-8, JSON, the rules of the fields, in the order of {@link
 * Reason}. Lines in the plainest spelling are read faster, and judged alike. Leaves out {@code
 * OUTSIDE_DAY} and {@code CONFLICTING_DUPLICATE}, which depend on more than the line. Never throws
 * because of a line.
 *
 * <p>Not thread-safe; one for each task.
 */
public final class LineParser {
  private final EventRules rules;
  private final PlainFields plain = new PlainFields();
  private final LineFields fields = new LineFields();

  public LineParser(ParseRules rules) {
    this.rules = new EventRules(rules);
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
    if (plain.read(buffer, offset, offset + length)) {
      rules.judge(plain, into);
    } else {
      parseInFull(buffer, offset, length, into);
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
