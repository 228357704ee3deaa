package edtech.analytics.input.line;

import com.fasterxml.jackson.core.JsonParser;
import edtech.analytics.measure.Measures;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * What must hold for any bytes whatever as a line, to be called with as many as one likes: by
 * {@link LineFuzzTest} with those that are kept, by a coverage-guided fuzzer with all it thinks of
 * ({@code make fuzz}). Knows nothing of the fuzzer. Whether a verdict is right is for
 * dev/tests/test_lines.py, which has the contract in another language.
 */
public final class LineFuzz {
  private static final LineParser PARSER = new LineParser(Lines.RULES);
  private static final EventRules RULES = new EventRules(Lines.RULES);
  private static final PlainFields PLAIN = new PlainFields(Measures.NONE);
  private static final LineParser MAPPED = new LineParser(MappedLines.contractInWords());

  private LineFuzz() {}

  /** The fuzzer's way in: anything thrown is a finding. */
  public static void fuzzerTestOneInput(byte[] line) {
    byte[] before = line.clone();
    ParsedLine parsed = new ParsedLine();
    PARSER.parse(line, 0, line.length, parsed);
    require(Arrays.equals(line, before), "the line was changed");
    requireSameFromTheMiddleOfABuffer(line, parsed);
    if (parsed.reason() == Reason.INVALID_ENCODING && !Utf8.isValid(line, 0, line.length)) {
      return;
    }
    requireSameOnBothWays(line);
    if (parsed.reason() == null) {
      requireSound(parsed);
      requireSameByAMapping(line, parsed);
    } else {
      require(parsed.reason().compareTo(Reason.OUTSIDE_DAY) < 0, "not a reason of one line");
    }
  }

  private static void requireSameFromTheMiddleOfABuffer(byte[] line, ParsedLine parsed) {
    require(
        Lines.outcome(Lines.parse(line)).equals(Lines.outcome(parsed)),
        "other in the middle of a buffer");
  }

  private static void requireSameOnBothWays(byte[] line) {
    if (PLAIN.read(line, 0, line.length)) {
      ParsedLine shortWay = new ParsedLine();
      RULES.judge(PLAIN, shortWay);
      ParsedLine longWay = new ParsedLine();
      PARSER.parseInFull(line, 0, line.length, longWay);
      require(
          Lines.outcome(shortWay).equals(Lines.outcome(longWay)),
          Lines.outcome(shortWay) + " is not " + Lines.outcome(longWay));
    }
  }

  private static void requireSameByAMapping(byte[] line, ParsedLine event) {
    ParsedLine mapped = new ParsedLine();
    MAPPED.parse(line, 0, line.length, mapped);
    require(
        Lines.outcome(mapped).equals(Lines.outcome(event)),
        Lines.outcome(mapped) + " is not " + Lines.outcome(event));
  }

  /** What every event promises whatever its line was. */
  static void requireSound(ParsedLine event) {
    for (String text : List.of(event.eventId(), event.userId(), event.eventType())) {
      int length = text.codePointCount(0, text.length());
      require(!text.isBlank() && length <= 256 && text.indexOf('\0') < 0, "id or type " + text);
    }
    require(TimestampParser.isInRange(event.timestampMicros()), "time " + event.timestampMicros());
    require(
        event.eventDay() == Math.floorDiv(event.timestampMicros(), 86_400_000_000L),
        "day " + event.eventDay());
    require(Math.abs(event.amountCents()) < 100_000_000_000_000L, "amount " + event.amountCents());
    requireCanonical(event.properties());
  }

  /** Canonical JSON stays what it is when it is made canonical once more. */
  private static void requireCanonical(String properties) {
    if (properties.isEmpty()) {
      return;
    }
    // Every member: those of a mapped line may have the names of native fields.
    CanonicalJson again = new CanonicalJson();
    try (JsonParser parser = LineJson.FACTORY.createParser(properties)) {
      parser.nextToken();
      for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
        parser.nextToken();
        again.add(key, parser);
      }
      require(parser.nextToken() == null, "no JSON: " + properties);
    } catch (IOException e) {
      throw new AssertionError("no JSON: " + properties, e);
    }
    String canonical = again.toText();
    require(!again.hasDuplicateKey(), "a key twice: " + properties);
    require(canonical.equals(properties), canonical + " is not " + properties);
  }

  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
