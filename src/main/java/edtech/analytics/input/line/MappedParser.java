package edtech.analytics.input.line;

import edtech.analytics.measure.Measures;
import edtech.analytics.source.EventField;
import edtech.analytics.source.Mapping;

/**
 * Parses lines by a mapping. Most are read in place; what is in doubt there is read in full, and
 * judged alike.
 *
 * <p>Not thread-safe.
 */
final class MappedParser {
  private final EventRules rules;
  private final MappedReader inPlace;
  private final FullMappedReader full;

  MappedParser(Mapping mapping, Measures measures, EventRules rules) {
    CompiledMapping compiled = new CompiledMapping(mapping, measures);
    this.rules = rules;
    this.inPlace = new MappedReader(compiled);
    this.full = new FullMappedReader(compiled);
  }

  /**
   * Parses a line of valid UTF-8.
   *
   * @param into is clear
   */
  void parse(byte[] buffer, int from, int to, ParsedLine into) {
    if (!parseInPlace(buffer, from, to, into)) {
      into.clear();
      parseInFull(buffer, from, to, into);
    }
  }

  /**
   * Does the same for most lines, and faster.
   *
   * @return whether the line is one of them; if not, the result is of no use
   */
  boolean parseInPlace(byte[] buffer, int from, int to, ParsedLine into) {
    if (!inPlace.read(buffer, from, to)) {
      return false;
    }
    judge(inPlace.fields(), into);
    return into.reason() != Reason.DUPLICATE_KEY;
  }

  /** Does the same for any line. */
  void parseInFull(byte[] buffer, int from, int to, ParsedLine into) {
    if (SurrogateEscapes.hasLone(buffer, from, to)) {
      into.reject(Reason.INVALID_ENCODING, "");
    } else if (!full.read(buffer, from, to)) {
      into.reject(Reason.MALFORMED_JSON, "");
    } else {
      judge(full.fields(), into);
    }
  }

  private void judge(MappedFields fields, ParsedLine into) {
    if (fields.isIgnored()) {
      into.ignore();
      return;
    }
    rules.judge(fields, into);
    if (into.reason() != null) {
      // A mapped id may stand nowhere in the line as it is: joined ones do not.
      into.userId = EventRules.text(fields, EventField.USER_ID);
    }
  }
}
