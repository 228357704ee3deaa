package edtech.analytics.input;

import edtech.analytics.input.line.ParseRules;
import edtech.analytics.source.Source;
import java.io.InputStream;

/**
 * An opened piece of an object.
 *
 * @param bytes without compression; stand at byte {@code start - 1}, or at 0 when start is 0
 * @param start first byte of the piece; the texts that begin from here on are its own
 * @param end byte after the piece; {@link Long#MAX_VALUE} for an object that is read whole
 */
record Piece(
    SourceObject object, Compression compression, InputStream bytes, long start, long end) {

  /** The events' texts of the piece. */
  LineSource texts(ParseRules rules) {
    return rules.source().framing() == Source.Framing.CONCATENATED
        ? new ObjectScanner(bytes, rules.maxLineBytes())
        : new LineReader(bytes, start, end, rules.maxLineBytes());
  }
}
