package edtech.analytics.input.line;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

/** Damaged lines of every preset's sample day come to the same read in place and in full. */
class MappedFuzzTest {
  private static final Map<String, MappedFuzz> BY_PRESET = new HashMap<>();
  private static final String[] PIECES = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u",
    "\\ud800",
    "\\u0065",
    "\\/",
    "\\n",
    "0",
    "-",
    "e5",
    ".5",
    "1e999",
    "null",
    "true",
    " ",
    "\t",
    "\n",
    "\0",
    "\u00a0",
    "é",
    "😀",
    "{}",
    "[]",
    "\"\"",
    "\"key\":\"k\",",
    "\"a\":1,",
    "{\"a\":1,\"a\":2}",
    "-0",
    "1772352000",
    "  "
  };

  private static final String[] VALUES = {
    "null",
    "true",
    "7",
    "-0",
    "1.50",
    "2e3",
    "1772352000",
    "\"\"",
    "\" \\u3000\"",
    "\"é\\n\"",
    "\"\\\\\"",
    "\"a\\/b\"",
    "\"\\u0000\"",
    "\"-1\"",
    "{}",
    "{\"b\":[1,{\"d\":2,\"c\":3}],\"a\":\"\"}",
    "{\"a\":1,\"a\":2}",
    "[{\"value\":{\"int_value\":5},\"key\":\"ga_session_id\"}]",
    "[{\"key\":\"ga_session_id\",\"key\":1}]"
  };

  private enum Kind {
    PIECE,
    VALUE,
    REPEAT
  }

  /** Places are in millionths of the line. */
  private record Damage(Kind kind, int at, int length, int piece, int repeatAt) {
    byte[] of(byte[] line) {
      int from = (int) ((long) at * line.length / 1_000_000);
      int to = Math.min(line.length, from + length);
      return switch (kind) {
        case PIECE -> spliced(line, from, to, PIECES[piece % PIECES.length]);
        case VALUE -> {
          // Mostly still JSON: the value up to the next comma or brace is another.
          int value = end(line, from, ":") + 1;
          yield spliced(
              line,
              Math.min(value, line.length),
              end(line, value, ",}]"),
              VALUES[piece % VALUES.length]);
        }
        case REPEAT -> {
          int member = end(line, from, ",{");
          int end = end(line, member + 1, ",}");
          int into = end(line, (int) ((long) repeatAt * line.length / 1_000_000), ",}");
          byte[] repeated = Arrays.copyOfRange(line, member, Math.max(member, end));
          yield spliced(line, into, into, new String(repeated, UTF_8).replace('{', ','));
        }
      };
    }

    private static int end(byte[] line, int from, String ends) {
      int i = from;
      while (i < line.length && ends.indexOf(line[i]) < 0) {
        i++;
      }
      return Math.min(i, line.length);
    }

    private static byte[] spliced(byte[] line, int from, int to, String text) {
      byte[] piece = text.getBytes(UTF_8);
      int rest = Math.max(from, to);
      byte[] result = new byte[from + piece.length + line.length - rest];
      System.arraycopy(line, 0, result, 0, from);
      System.arraycopy(piece, 0, result, from, piece.length);
      System.arraycopy(line, rest, result, from + piece.length, line.length - rest);
      return result;
    }
  }

  @Property(tries = 5_000)
  void damagedLines_comeToTheSameOnBothWays(
      @ForAll("presets") String preset, @ForAll int line, @ForAll("damages") List<Damage> damages) {
    List<String> lines = of(preset).lines;
    byte[] damaged = lines.get(Math.floorMod(line, lines.size())).getBytes(UTF_8);
    for (Damage damage : damages) {
      damaged = damage.of(damaged);
    }
    of(preset).check(damaged);
    Statistics.collect(of(preset).isReadInPlace(damaged));
    Statistics.coverage(read -> read.check(true).percentage(in -> in > 10));
  }

  @Example
  void mostLinesOfEachPreset_areReadInPlace() {
    for (String preset : MappedFuzz.presets()) {
      List<String> lines = of(preset).lines;
      long inPlace =
          lines.stream().filter(line -> of(preset).isReadInPlace(line.getBytes(UTF_8))).count();
      lines.forEach(line -> of(preset).check(line.getBytes(UTF_8)));
      assertThat(inPlace).as(preset).isGreaterThan(lines.size() / 2);
    }
  }

  @Provide
  Arbitrary<String> presets() {
    return Arbitraries.of(MappedFuzz.presets());
  }

  @Provide
  Arbitrary<List<Damage>> damages() {
    Arbitrary<Integer> places = Arbitraries.integers().between(0, 1_000_000);
    return Combinators.combine(
            Arbitraries.of(Kind.class),
            places,
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 1_000),
            places)
        .as(Damage::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(3);
  }

  private static MappedFuzz of(String preset) {
    return BY_PRESET.computeIfAbsent(preset, MappedFuzz::new);
  }
}
