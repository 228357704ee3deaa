package edtech.analytics.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.testing.Events;
import edtech.analytics.testing.ForkedJvm;
import edtech.analytics.testing.SourceDay;
import edtech.analytics.testing.ThisJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on files of this machine; no service is there. */
class TrySourceCommandTest {
  @TempDir private Path folder;

  private String object(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes).toString();
  }

  private String segment() throws IOException {
    List<String> lines = SourceDay.of("segment").objects().values().iterator().next();
    return object("a b.gz", Events.gzip(String.join("\n", lines) + "\n\n"));
  }

  private static ForkedJvm.Result trySource(String... arguments) {
    List<String> all = new ArrayList<>(List.of("try-source"));
    all.addAll(List.of(arguments));
    return ThisJvm.run(Map.of(), all.toArray(String[]::new));
  }

  @Test
  void presetThatFits_showsEventsCountsTypesAndPaths() throws IOException {
    ForkedJvm.Result result =
        trySource(
            "--set",
            "source.preset=segment",
            "--set",
            "dimensions.source=context.campaign.source",
            "--set",
            "metrics.refunds.event-types=Order Refunded",
            "--set",
            "metrics.refunds.sum=properties.total",
            "--set",
            "metrics.total.event-types=Order Refunded",
            "--set",
            "metrics.total.sum=properties.order_id",
            segment());

    assertThat(result.code()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .contains(
            """
                 -> event
                    event_type       Order Refunded
                    kind             purchase
                    user_id          u2
                    event_timestamp  2016-05-02T10:00:00Z
                    event_id         seg-4
                    platform         Android
                    purchase_amount  -27.50 USD
                    dimensions       platform = Android
                    metrics          refunds + 27.5, total without a number
                    properties       {"properties":{"order_id":"o1","total":"27.50"}}
            """)
        .contains(
            """
            16 lines end as
                    12  event
                     2  ignored
                     1  blank
                     1  rejected  missing_field user_id

            events by date in day.timezone
                     1  2016-04-20
                    10  2016-05-02
                     1  2016-05-03

            events by event_type and kind
                     3  Task Answered                            task_result
            """)
        .contains(
            """
            events with a value of each dimension, events that count for each metric
                    10  platform
                     1  source
                     1  refunds
                     1  total, 1 of them without a number
            """)
        .contains("\n         7  context.device.type                      ios\n")
        .contains("\n        11  event                                    Task Answered\n")
        .contains(
            "\n         1  traits.email                             (not shown: may be of a person)\n");
    assertThat(result.out().lines()).allMatch(line -> line.codePointCount(0, line.length()) <= 120);
  }

  @Test
  void mappingWithoutAnId_saysWhatWasTriedAndWhatIsNear() throws IOException {
    ForkedJvm.Result result = trySource("--set", "source.fields.event_id=messageID", segment());

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err().strip().lines())
        .last()
        .isEqualTo(
            "error: none of the 16 lines is an event, and 15 are rejected as missing_field event_id;"
                + " tried messageID, and the lines have messageId, event, properties.lesson_id: write"
                + " source.fields.event_id = [\"path\"] with a path of the list above");
  }

  @Test
  void linesThatAreAllIgnored_failWithTheReason() throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("a.conf"), "source.events = [ { when { a = 1 }, as = ignored } ]");
    ForkedJvm.Result result =
        trySource("--config", config.toString(), object("a", "{\"a\":1}\n \n".getBytes(UTF_8)));

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).contains("         1  blank\n         1  ignored\n");
    assertThat(result.err())
        .isEqualTo(
            "error: every line is ignored: look at the rules with as = ignored in source.events\n");
  }

  @Test
  void objectsOneBehindTheOther_areTriedByTheFraming() throws IOException {
    String object = object("a", "{\"a\":\n1}{\"a\":2}".getBytes(UTF_8));
    assertThat(trySource("--set", "source.framing=concatenated", object).out())
        .contains("\n2 lines end as\n");
  }

  @Test
  void objectThatIsNotThere_orSettingsThatAreNone_areSaid() {
    ForkedJvm.Result missing = trySource(folder.resolve("none").toString());
    assertThat(missing.code()).isEqualTo(1);
    assertThat(missing.err()).isEqualTo("error: there is no object file://" + folder + "/none\n");
    ForkedJvm.Result inFolder = trySource(folder.toString());
    assertThat(inFolder.code()).isEqualTo(1);
    assertThat(inFolder.err())
        .isEqualTo("error: file://" + folder + " is a folder: name the objects in it\n");
    ForkedJvm.Result unknown = trySource("--set", "source.preset=segmnt", "x");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).startsWith("error: source.preset = \"segmnt\": must be one of ");
  }
}
