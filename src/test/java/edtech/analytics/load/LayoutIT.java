package edtech.analytics.load;

import static edtech.analytics.testing.Events.gzip;
import static edtech.analytics.testing.Events.open;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.testing.AtStep;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.ReadBack;
import edtech.analytics.testing.SilentProgress;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Objects by templates, in S3. A day of March 2017 for each test. */
class LayoutIT {
  private static LocalServices services;
  private static ReadBack readBack;

  @BeforeAll
  static void start() {
    services = new LocalServices("layout");
    readBack = new ReadBack(services);
  }

  @AfterAll
  static void close() {
    services.close();
  }

  private static LocalDate day(int day) {
    return LocalDate.of(2017, 3, day);
  }

  private static byte[] event(LocalDate date, String id) {
    return (open(id, date + "T12:00:00Z") + "\n").getBytes(UTF_8);
  }

  private static String[] settings(String subfolder, String templates, String... more) {
    List<String> settings = new ArrayList<>(List.of(more));
    settings.addAll(List.of("events-uri", services.eventsUri() + "/" + subfolder));
    settings.addAll(List.of("source.layout.objects", templates));
    return settings.toArray(String[]::new);
  }

  @Test
  void namesOfAnyCharacters_inSeveralFoldersAndTemplates_areRead() {
    LocalDate day = day(1);
    String[] names = {
      "läufe 1/2017-03-01/a #1:b+c%20d?.x",
      "läufe 1/2017-03-01/hour=09/ü",
      "läufe 1/2017-03-01/-- --",
      "flat_20170301",
      "flat_20170301 (1)"
    };
    for (int i = 0; i < names.length; i++) {
      byte[] text = event(day, "e" + i);
      services.putInto("odd", names[i], i % 2 == 0 ? text : gzip(text));
    }
    services.putInto("odd", "läufe 1/2017-03-01/", new byte[0]);
    services.putInto("odd", "läufe 1/2017-03-01/empty", new byte[0]);
    services.putInto("odd", "läufe 1/2017-03-01/_SUCCESS", new byte[0]);
    services.putInto("odd", "flat_20170302", event(day.plusDays(1), "next"));
    services.putInto("odd", "readme", "not looked at".getBytes(UTF_8));
    String[] settings = settings("odd", "läufe 1/{yyyy-MM-dd}/**,flat_{yyyyMMdd}*");

    LoadReport report = services.load(day, settings);

    assertThat(report.load().status()).as(report.text()).hasToString("published");
    assertThat(report.load().source().objects()).isEqualTo(6);
    assertThat(readBack.rows("raw.events", day, "event_id"))
        .containsExactly("e0", "e1", "e2", "e3", "e4");
    assertThat(
            services.rows(
                "SELECT 1 FROM ops.load_objects WHERE lines_read = 1 AND endsWith(source_file,"
                    + " '/a #1:b+c%20d?.x') AND load_id = "
                    + report.load().loadId()))
        .hasSize(1);
    assertThat(services.load(day, settings).load().status()).hasToString("skipped");
  }

  @Test
  void nothingOfTheName_saysWhatWasListed() {
    services.putInto("none", "src/2017-03-04/a.json", event(day(4), "e"));
    LoadReport report = services.load(day(4), settings("none", "src/{yyyyMMdd}/*.json"));
    String root = services.eventsUri() + "/none/";
    assertThat(report.load().error())
        .isEqualTo(
            "no line below "
                + root
                + "src/20170304/*.json: upload the day's events, or set allow-empty-day=true to"
                + " publish the day with zeros; of the 1 objects below "
                + root
                + "src/ none has such a name, the nearest are src/2017-03-04/a.json");
  }

  @Test
  void objectAddedToAnotherDaysFolder_isForTheNextLoad() {
    LocalDate day = day(10);
    services.putInto("live", "2017-03-10/a", event(day, "own"));
    services.putInto("live", "2017-03-11/a", event(day, "late"));
    String[] settings = settings("live", "{yyyy-MM-dd}/*", "source.layout.days.back", "1");
    AtStep growing =
        new AtStep(Step.WRITE, () -> services.putInto("live", "2017-03-11/b", event(day, "later")));

    LoadReport report = services.load(day, growing, settings);

    assertThat(report.load().status()).as(report.text()).hasToString("published");
    assertThat(readBack.rows("raw.events", day, "event_id")).containsExactly("late", "own");
    AtStep replacing =
        new AtStep(
            Step.WRITE, () -> services.putInto("live", "2017-03-11/a", event(day, "another")));
    assertThat(services.load(day, replacing, settings).load().error())
        .startsWith("objects changed while 2017-03-10 was loaded, 1 of them, such as ")
        .endsWith("/2017-03-11/a: load the day again when its objects are final");
    assertThat(services.load(day, settings).load().status()).hasToString("published");
    assertThat(readBack.rows("raw.events", day, "event_id"))
        .containsExactly("another", "later", "own");
  }

  @Test
  void wildcardFirst_warnsOnceAndSeesANewObjectOfTheDay() {
    LocalDate day = day(20);
    services.putInto("wild", "a/x-2017-03-20", event(day, "a"));
    services.putInto("wild", "b/y-2017-03-21", event(day(21), "b"));
    List<String> warnings = new ArrayList<>();
    SilentProgress heard =
        new SilentProgress() {
          @Override
          public void warns(String message) {
            warnings.add(message);
          }
        };
    String[] settings = settings("wild", "*/*-{yyyy-MM-dd}");
    LoadReport report = services.load(day, heard, settings);
    assertThat(report.load().status()).as(report.text()).hasToString("published");
    assertThat(warnings).singleElement().asString().contains(" all 2 objects below ");

    AtStep adding =
        new AtStep(Step.WRITE, () -> services.putInto("wild", "a/z-2017-03-20", event(day, "z")));
    services.putInto("wild", "a/w-2017-03-20", event(day, "w"));
    assertThat(services.load(day, adding, settings).load().error())
        .startsWith("objects changed while 2017-03-20 was loaded, 1 of them, such as ");
  }
}
