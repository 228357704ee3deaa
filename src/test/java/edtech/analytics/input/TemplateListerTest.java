package edtech.analytics.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import edtech.analytics.source.Layout;
import edtech.analytics.source.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateListerTest {
  private static final LocalDate DAY = LocalDate.of(2026, 3, 1);

  @TempDir Path events;

  private final List<String> warnings = new ArrayList<>();

  @Test
  void namesOfAnyCharacters_areListedAsTheyAre() throws IOException {
    String odd = "dt=2026-03-01/ä #1:2+3%20 [x].json";
    put(odd, "dt=2026-03-01/sub/b", "dt=2026-03-01/_SUCCESS", "dt=2026-03-02/c", "other/d");
    DayLister lister = lister("dt={yyyy-MM-dd}/**");
    assertThat(names(lister, DAY)).containsExactly("dt=2026-03-01/sub/b", odd);
    SourceObject object = lister.list(DAY).get(0);
    assertThat(object.prefixDate()).isEqualTo(DAY);
    assertThat(object.bytes()).isEqualTo(1);
    assertThat(lister.list(DAY.plusDays(2))).isEmpty();
    assertThat(warnings).isEmpty();
  }

  @Test
  void dateInTheMiddleOfAName_listsThatFolderOnly() throws IOException {
    put("events_20260301", "events_20260301_2.gz", "events_20260302", "x/events_20260301");
    assertThat(names(lister("events_{yyyyMMdd}*"), DAY))
        .containsExactly("events_20260301", "events_20260301_2.gz");
  }

  @Test
  void severalTemplates_giveEachObjectOnce() throws IOException {
    put("logs/a-20260301.gz", "logs/a-20260301", "old/2026/03/01/x");
    DayLister lister =
        lister("logs/*-{yyyyMMdd}*.gz", "logs/*-{yyyyMMdd}*", "old/{yyyy}/{MM}/{dd}/*");
    assertThat(names(lister, DAY))
        .containsExactly("logs/a-20260301", "logs/a-20260301.gz", "old/2026/03/01/x");
    assertThat(lister.place(DAY))
        .isEqualTo(
            "file://"
                + events
                + "/logs/*-20260301*.gz and file://"
                + events
                + "/logs/*-20260301* and file://"
                + events
                + "/old/2026/03/01/*");
  }

  @Test
  void wildcardFirst_listsAllOncePerRunAndWarns() throws IOException {
    put("a/x-2026-03-01", "b/c/y-2026-03-01", "b/c/y-2026-03-02", "readme");
    DayLister lister = lister("**/*-{yyyy-MM-dd}");
    assertThat(names(lister, DAY)).containsExactly("a/x-2026-03-01", "b/c/y-2026-03-01");
    put("a/z-2026-03-02");
    assertThat(names(lister, DAY.plusDays(1))).containsExactly("b/c/y-2026-03-02");
    assertThat(warnings)
        .containsExactly(
            "source.layout.objects has a template with a wildcard before its first folder: all 4"
                + " objects below file://"
                + events
                + " were listed");
  }

  @Test
  void again_seesWhatHasChangedInTheFoldersOfTheDay() throws IOException {
    put("a/x-2026-03-01", "b/y-2026-03-01", "c/z-2026-03-02");
    DayLister lister = lister("**/*-{yyyy-MM-dd}");
    DayInput before = new DayInput(DAY, lister.list(DAY), List.of());
    assertThat(lister.again(before).list(DAY)).isEqualTo(before.own());
    put("b/new-2026-03-01", "c/elsewhere-2026-03-01");
    Files.delete(events.resolve("a/x-2026-03-01"));
    assertThat(names(lister.again(before), DAY))
        .containsExactly("b/new-2026-03-01", "b/y-2026-03-01");
    assertThat(warnings).hasSize(1);
  }

  @Test
  void namesWithoutOneDate_areRefusedTogether() throws IOException {
    put("20260301/20260302.gz", "20260301/20260303", "x-20260231", "20260302/20260304");
    DayLister lister = lister("{yyyyMMdd}/*", "*/{yyyyMMdd}.gz", "*-{yyyyMMdd}");
    String at = "file:" + events + "/";
    assertThatThrownBy(() -> lister.list(DAY))
        .isInstanceOf(InputRefusedException.class)
        .hasMessage(
            "objects match source.layout.objects without one date of their own: "
                + at
                + "20260301/20260302.gz has the dates [2026-03-01, 2026-03-02]; "
                + at
                + "x-20260231 has a date that does not exist: rename them, or write the templates"
                + " so that each object has one date");
  }

  @Test
  void nothingOfTheName_saysWhatThereIs() throws IOException {
    put("logs/2026-03-01/a.json", "logs/2026-03-02/a.json", "logs/2026-04-01/b.json", "z", "y");
    assertThat(lister("logs/{yyyy/MM/dd}/*.json").nearest(DAY))
        .isEqualTo(
            "of the 3 objects below file://"
                + events
                + "/logs/ none has such a name, the nearest are logs/2026-03-01/a.json,"
                + " logs/2026-03-02/a.json, logs/2026-04-01/b.json");
    assertThat(lister("log/{yyyy-MM-dd}/*.json").nearest(DAY))
        .startsWith("of the 5 objects below file://" + events + "/ none has such a name, ");
  }

  @Test
  void noObjectAtAll_isSaid() throws IOException {
    assertThat(lister("logs/{yyyy-MM-dd}/*").list(DAY)).isEmpty();
    assertThat(lister("logs/{yyyy-MM-dd}/*").nearest(DAY))
        .isEqualTo("there is no object below file://" + events + "/");
  }

  @Test
  void distance_isTheNumberOfChanges() {
    assertThat(NearestNames.distance("", "abc")).isEqualTo(3);
    assertThat(NearestNames.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(NearestNames.distance("a".repeat(500), "a".repeat(300))).isZero();
  }

  private DayLister lister(String... templates) {
    Layout layout =
        new Layout(Stream.of(templates).map(Template::parse).toList(), ZoneOffset.UTC, 0, 0);
    return DayLister.of(new Configuration(), "file://" + events, layout, warnings::add);
  }

  private List<String> names(DayLister lister, LocalDate date) throws IOException {
    int root = ("file:" + events + "/").length();
    return lister.list(date).stream().map(object -> object.uri().substring(root)).toList();
  }

  private void put(String... names) throws IOException {
    for (String name : names) {
      Path file = events.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "1");
    }
  }
}
