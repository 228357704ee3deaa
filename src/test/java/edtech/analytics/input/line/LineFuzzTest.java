package edtech.analytics.input.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Lines that a fuzzer found worth keeping: those that each reach code that no other does. */
class LineFuzzTest {
  @Test
  void keptLines_holdWhatAnyLineMust() throws IOException {
    List<byte[]> lines = kept();
    assertThat(lines).hasSizeGreaterThan(200);
    Set<Reason> reasons = EnumSet.noneOf(Reason.class);
    for (byte[] line : lines) {
      LineFuzz.fuzzerTestOneInput(line);
      Reason reason = Lines.parse(line).reason();
      if (reason != null) {
        reasons.add(reason);
      }
    }
    // Every reason that a line alone can give; its length is the reader's.
    assertThat(reasons)
        .isEqualTo(EnumSet.range(Reason.INVALID_ENCODING, Reason.UNSUPPORTED_CURRENCY));
  }

  private static List<byte[]> kept() throws IOException {
    try (InputStream in = LineFuzzTest.class.getResourceAsStream("/fuzz/lines.base64")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
          .lines()
          .map(Base64.getDecoder()::decode)
          .toList();
    }
  }
}
