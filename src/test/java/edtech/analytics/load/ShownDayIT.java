package edtech.analytics.load;

import static edtech.analytics.testing.Events.event;
import static edtech.analytics.testing.Events.quoted;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import edtech.analytics.config.Settings;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import edtech.analytics.shell.EventShell;
import edtech.analytics.testing.Events;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.SampleDay;
import edtech.analytics.testing.SourceDay;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a shell shows of a day, against what a load publishes of it. */
class ShownDayIT {
  private static final LocalDate DAY = LocalDate.of(2012, 9, 1);
  private static final LocalDate REFUSED = LocalDate.of(2012, 9, 2);
  private static final LocalDate BROKEN = LocalDate.of(2012, 9, 3);
  private static final LocalDate NONE = LocalDate.of(2012, 9, 4);
  private static LocalServices services;

  @BeforeAll
  static void open() {
    services = new LocalServices("shown-day");
  }

  @AfterAll
  static void close() {
    services.close();
  }

  @Test
  void day_shown_hasTheRowsThatALoadPublishes() throws IOException {
    List<String> lines = new ArrayList<>(List.of(SampleDay.lines(DAY, "a", 500)));
    // Of several users, the earliest wins: decided only where all lines of the id meet.
    lines.add(event(quoted("shared"), "late", "open", quoted(DAY + "T11:00:00Z"), ""));
    lines.add(event(quoted("shared"), "early", "open", quoted(DAY + "T09:00:00Z"), ""));
    services.put(DAY, "a.jsonl", lines.toArray(String[]::new));
    long loads = loads(DAY);

    SparkSession spark = services.spark().newSession();
    Map<Table, Long> shown;
    List<Row> winner;
    try (ShownDay day = new ShownDay(spark, settings(), DAY)) {
      shown =
          Tables.PUBLISHED.stream()
              .collect(Collectors.toMap(t -> t, t -> spark.table(t.view()).count()));
      winner = spark.sql("SELECT user_id FROM events WHERE event_id = 'shared'").collectAsList();
      assertThat(spark.table("user_day").count())
          .isEqualTo(spark.table("staging_user_day").count());
    }
    assertThat(loads(DAY)).as("nothing is written").isEqualTo(loads);

    assertThat(services.load(DAY).load().error()).isEmpty();
    Map<Table, Long> published =
        Tables.PUBLISHED.stream()
            .collect(
                Collectors.toMap(
                    t -> t,
                    t ->
                        services.number(
                            "SELECT count() FROM "
                                + t.logical()
                                + " WHERE event_date = '"
                                + DAY
                                + "'")));
    assertThat(shown).isEqualTo(published);
    assertThat(winner).extracting(row -> row.getString(0)).containsExactly("early");
  }

  @Test
  void dayOfASource_shownInAShell_hasItsEvents() throws IOException {
    SourceDay day = SourceDay.of("segment");
    day.objects()
        .forEach(
            (name, lines) ->
                services.putInto(
                    "source", name, Events.gzip(String.join("\n", lines).getBytes(UTF_8))));
    SparkSession spark = services.spark().newSession();
    EventShell shell =
        EventShell.open(
            spark,
            Map.of("events-uri", services.eventsUri() + "/source", "source.preset", "segment"));

    List<Row> events = shell.events("2016-05-02").select("event_id").collectAsList();
    assertThat(events)
        .extracting(row -> row.getString(0))
        .containsExactlyInAnyOrderElementsOf(
            day.expected().get("raw.events").stream()
                .map(row -> row.substring(0, row.indexOf('|')))
                .toList());
    assertThat(spark.table("purchases").count())
        .isEqualTo(day.expected().get("raw.purchases").size());
    assertThatThrownBy(() -> shell.events("2016-06-20"))
        .isInstanceOf(LoadFailedException.class)
        .hasMessageContaining("segment-logs/");
  }

  @Test
  void dayThatALoadRefuses_shown_tellsItsRejectedLines() throws IOException {
    services.put(REFUSED, "a.jsonl", "no event", "none either");

    SparkSession spark = services.spark().newSession();
    try (ShownDay day = new ShownDay(spark, settings(), REFUSED)) {
      assertThat(spark.sql("SELECT DISTINCT reason FROM rejected_events").collectAsList())
          .extracting(row -> row.getString(0))
          .containsExactly("malformed_json");
      assertThat(spark.table("events").count()).isZero();
    }
  }

  @Test
  void objectThatIsNoGzip_shown_isNamed() {
    services.put(BROKEN, "a.jsonl.gz", new byte[] {1, 2, 3});

    assertThatThrownBy(() -> new ShownDay(services.spark().newSession(), settings(), BROKEN))
        .hasMessageContaining(services.uri(BROKEN, "a.jsonl.gz"))
        .hasMessageContaining("gzip");
  }

  @Test
  void dayWithoutObjects_shown_isRefused() {
    assertThatThrownBy(() -> new ShownDay(services.spark().newSession(), settings(), NONE))
        .isInstanceOf(LoadFailedException.class)
        .hasMessage(
            "no object below "
                + services.eventsUri()
                + "/dt="
                + NONE
                + "/: name a day that has events");
  }

  private static Settings settings() {
    return services.settings();
  }

  private static long loads(LocalDate date) {
    return services.number("SELECT count() FROM ops.loads WHERE event_date = '" + date + "'");
  }
}
