package edtech.analytics.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import edtech.analytics.input.line.Lines;
import edtech.analytics.input.line.ParseRules;
import edtech.analytics.source.Layout;
import edtech.analytics.source.Mapping;
import edtech.analytics.source.Source;
import edtech.analytics.source.Template;
import edtech.analytics.testing.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.catalyst.InternalRow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Objects of a layout of one's own: what they are is told by their first bytes. */
class CompressionTest {
  private static final LocalDate DAY = LocalDate.of(2026, 3, 1);
  private static final ParseRules RULES =
      Lines.rules(
          new Source(
              new Layout(List.of(Template.parse("{yyyy-MM-dd}/**")), ZoneOffset.UTC, 0, 0),
              Source.Framing.LINES,
              false,
              Source.SameId.COMPARE,
              Mapping.NATIVE));

  @TempDir Path folder;

  private static byte[] compress(Compression how, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return switch (how) {
      case NONE -> bytes;
      case GZIP -> Events.gzip(bytes);
      case ZSTD -> Zstd.compress(bytes);
      case BZIP2 -> Events.bzip2(bytes);
    };
  }

  private List<String> kinds(byte[] object, long start, long end) throws IOException {
    Path file = Files.write(folder.resolve("object"), object);
    return ObjectRows.of(file, DAY, RULES, ErasedUsers.NONE, start, end).stream()
        .map(CompressionTest::text)
        .toList();
  }

  private static String text(InternalRow row) {
    String kind = row.getUTF8String(ParsedColumn.ROW_KIND.ordinal()).toString();
    return switch (kind) {
      case "lines" -> "lines " + row.getLong(ParsedColumn.LINES.ordinal());
      case "refused" -> row.getUTF8String(ParsedColumn.REASON.ordinal()).toString();
      default -> kind;
    };
  }

  @ParameterizedTest
  @EnumSource
  void object_isReadWhateverItsNameIs(Compression how) throws IOException {
    byte[] object = compress(how, Lines.plain("\"a\":1") + "\n{\n");
    assertThat(kinds(object, 0, Long.MAX_VALUE))
        .containsExactly("event", "rejected", "lines 2", "wanted");
  }

  @ParameterizedTest
  @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void membersOneBehindTheOther_areAllRead(Compression how) throws IOException {
    byte[] member = compress(how, Lines.plain("\"a\":1") + "\n");
    assertThat(kinds(Events.concat(member, member), 0, Long.MAX_VALUE))
        .containsExactly("event", "event", "lines 2", "wanted");
  }

  @Test
  void localFileWithAColonInItsName_isRead() throws IOException {
    Path file = Files.writeString(folder.resolve("T10:00:00+01:00"), Lines.plain("\"a\":1"));
    assertThat(ObjectRows.of(file, DAY, RULES, ErasedUsers.NONE))
        .extracting(CompressionTest::text)
        .containsExactly("event", "lines 1", "wanted");
  }

  @Test
  void objectOfNoBytes_hasNoLines() throws IOException {
    assertThat(kinds(new byte[0], 0, 0)).containsExactly("lines 0");
  }

  @ParameterizedTest
  @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void firstPieceOfACompressedObject_isAllOfIt(Compression how) throws IOException {
    byte[] object = compress(how, (Lines.plain("\"a\":1") + "\n").repeat(50));
    assertThat(kinds(object, 0, 10)).contains("lines 50");
    assertThat(kinds(object, 10, object.length)).containsExactly("lines 0");
  }

  @Test
  void piecesOfAPlainObject_haveTheirOwnLines() throws IOException {
    byte[] object = compress(Compression.NONE, (Lines.plain("\"a\":1") + "\n").repeat(50));
    int half = object.length / 2 + 1;
    assertThat(kinds(object, 0, half)).contains("lines 26");
    assertThat(kinds(object, half, object.length)).contains("lines 24");
  }

  @ParameterizedTest
  @CsvSource({"GZIP, gzip", "ZSTD, zstd", "BZIP2, bzip2"})
  void objectThatIsCutShort_isRefusedByName(Compression how, String name) throws IOException {
    byte[] object = compress(how, (Lines.plain("\"a\":1") + "\n").repeat(50));
    assertThat(kinds(Arrays.copyOf(object, object.length - 5), 0, Long.MAX_VALUE))
        .last()
        .asString()
        .startsWith(
            "object "
                + folder.resolve("object").toUri()
                + " is not valid "
                + name
                + " to its last byte (")
        .endsWith("): upload it again");
  }

  @ParameterizedTest
  @EnumSource(names = {"ZSTD", "BZIP2"})
  void restBehindAMember_isRefused(Compression how) throws IOException {
    byte[] object = Events.concat(compress(how, "{\n"), "garbage".getBytes(UTF_8));
    assertThat(kinds(object, 0, Long.MAX_VALUE)).last().asString().contains(" is not valid ");
  }

  /** A decompressor must not end the task with an exception of its own: it would be tried again. */
  @ParameterizedTest
  @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void objectWithAByteChanged_isReadOrRefused(Compression how) throws IOException {
    byte[] object = compress(how, (Lines.plain("\"a\":1") + "\n").repeat(40));
    Random random = new Random(7);
    for (int i = 0; i < 400; i++) {
      byte[] changed = object.clone();
      changed[Compression.HEAD_BYTES + random.nextInt(changed.length - Compression.HEAD_BYTES)] ^=
          (byte) (1 + random.nextInt(255));
      assertThat(kinds(changed, 0, Long.MAX_VALUE)).isNotEmpty();
    }
  }

  @Test
  void firstBytes_tell() {
    assertThat(Compression.of("BZh0".getBytes(UTF_8))).isEqualTo(Compression.NONE);
    assertThat(Compression.of("BZh9".getBytes(UTF_8))).isEqualTo(Compression.BZIP2);
    assertThat(Compression.of(new byte[] {0x1f, (byte) 0x8b})).isEqualTo(Compression.GZIP);
    assertThat(Compression.of(new byte[] {0x5e, 0x2a, 0x4d, 0x18})).isEqualTo(Compression.ZSTD);
    assertThat(Compression.of(new byte[] {0x1f})).isEqualTo(Compression.NONE);
  }
}
