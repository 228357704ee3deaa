package edtech.analytics.input;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.source.Layout;
import edtech.analytics.source.Template;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectOpenerTest {
  private static final LocalDate DAY = LocalDate.of(2026, 3, 1);

  @TempDir Path events;

  @Test
  void objectNotFound_stillListed_hasAKeyThatNoAddressKeeps() throws IOException {
    Path folder = Files.createDirectories(events.resolve("dt=" + DAY).resolve("x"));
    Files.writeString(folder.resolve("a.jsonl"), "{}");
    String root = "file://" + events;
    SourceObject listed = new ObjectLister(new Configuration(), root).list(DAY).get(0);

    assertThat(refusal(listed))
        .isInstanceOf(InputRefusedException.class)
        .hasMessage(
            "object "
                + listed.uri()
                + " is listed, but not found by that name: its key holds '//' or '/./', which an"
                + " address does not keep; rename it");
  }

  @Test
  void objectOfALayout_notFoundButListed_hasAKeyThatNoAddressKeeps() throws IOException {
    Path folder = Files.createDirectories(events.resolve("2026-03-01"));
    Files.writeString(folder.resolve("a"), "{}");
    Layout layout = new Layout(List.of(Template.parse("{yyyy-MM-dd}/*")), ZoneOffset.UTC, 0, 0);
    SourceObject listed =
        DayLister.of(new Configuration(), "file://" + events, layout, w -> {}).list(DAY).get(0);
    SourceObject replaced = new SourceObject(listed.uri(), DAY, 2, "another version");
    ObjectOpener opener = new ObjectOpener(new Configuration(), false);

    assertThat(opener.refuse(listed, Compression.NONE, new FileNotFoundException()))
        .hasMessageContaining(" is listed, but not found by that name: its key holds '//' ");
    assertThat(opener.refuse(replaced, Compression.NONE, new FileNotFoundException()))
        .hasMessageContaining("changed between listing and reading");
  }

  @Test
  void objectNotFound_listedNoMore_hasChanged() {
    SourceObject gone = new SourceObject("file://" + events + "/dt=" + DAY + "/a", DAY, 2, "v");
    SourceObject elsewhere = new SourceObject("file:///a.jsonl", DAY, 2, "v");

    assertThat(refusal(gone)).hasMessageContaining("changed between listing and reading");
    assertThat(refusal(elsewhere)).hasMessageContaining("changed between listing and reading");
  }

  private static IOException refusal(SourceObject object) {
    return new ObjectOpener(new Configuration(), true)
        .refuse(object, Compression.NONE, new FileNotFoundException());
  }
}
