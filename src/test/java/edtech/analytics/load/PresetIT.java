package edtech.analytics.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import edtech.analytics.testing.Events;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.ReadBack;
import edtech.analytics.testing.SourceDay;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A day in the form of each preset, exact in all tables of raw, however its lines are laid out. */
class PresetIT {
  private static final Map<String, String[]> COLUMNS =
      Map.of(
          "raw.events",
          new String[] {
            "event_id",
            "event_timestamp",
            "user_id",
            "session_id",
            "event_type",
            "platform",
            "screen_name",
            "properties"
          },
          "raw.purchases",
          new String[] {
            "event_id", "event_timestamp", "user_id", "session_id", "purchase_amount", "currency"
          },
          "raw.task_results",
          new String[] {
            "event_id",
            "event_timestamp",
            "user_id",
            "session_id",
            "task_id",
            "task_result",
            "is_success"
          },
          "raw.sessions",
          new String[] {"session_id", "user_id", "session_start", "session_end", "event_count"},
          "raw.ab_test_assignments",
          new String[] {"event_id", "assignment_timestamp", "user_id", "ab_test_id", "ab_group"});

  private static LocalServices services;

  @BeforeAll
  static void start() {
    services = new LocalServices("presets");
  }

  @AfterAll
  static void close() {
    services.close();
  }

  @ParameterizedTest
  @CsvSource({
    "segment,    2016-05-02",
    "amplitude,  2016-05-03",
    "mixpanel,   2016-05-04",
    "posthog,    2016-05-05",
    "xapi,       2016-05-06",
    "ga4,        2016-05-07",
    "edx,        2016-05-08",
    "rudderstack, 2016-05-09",
    "firehose,   2016-05-10",
    "snowplow,   2016-05-11"
  })
  void dayOfAPreset_isExactInEveryLayout(String preset, LocalDate date) {
    SourceDay day = SourceDay.of(preset);
    day.objects().forEach((name, lines) -> put(preset, name, gzip(joined(lines, preset))));
    requireExact(day, preset, date);

    day.objects().keySet().forEach(name -> services.removeFrom(preset, name));
    relaid(day)
        .forEach((name, lines) -> put(preset, name, compressed(name, joined(lines, preset))));
    requireExact(day, preset, date);
  }

  private static void requireExact(SourceDay day, String preset, LocalDate date) {
    LoadReport report =
        services.load(
            date, "events-uri", services.eventsUri() + "/" + preset, "source.preset", preset);
    assertThat(report.load().error()).isEmpty();
    assertThat(report.load().status()).hasToString("published");
    ReadBack readBack = new ReadBack(services);
    Map<String, List<String>> found = new LinkedHashMap<>();
    found.put("counts", List.of(ReadBack.text(report.load().counts())));
    found.put(
        "rejected",
        readBack.rejected(date).stream()
            .map(line -> line.reason() + "|" + line.detail())
            .sorted()
            .toList());
    for (String table : day.expected().keySet()) {
      if (COLUMNS.containsKey(table)) {
        found.put(table, readBack.rows(table, date, COLUMNS.get(table)));
      }
    }
    Map<String, List<String>> expected = new LinkedHashMap<>(day.expected());
    expected.replaceAll((what, rows) -> rows.stream().sorted().toList());
    assertThat(found).containsExactlyEntriesOf(expected);
  }

  /** The lines of each day's objects in another order and in three objects, each named for it. */
  private static Map<String, List<String>> relaid(SourceDay day) {
    Map<String, List<String>> relaid = new LinkedHashMap<>();
    day.objects()
        .forEach(
            (name, lines) -> {
              List<String> order = new ArrayList<>(lines);
              Collections.shuffle(order, new Random(name.length()));
              for (int i = 0; i < order.size(); i++) {
                relaid
                    .computeIfAbsent(name.replace("A0", "B" + i % 3), n -> new ArrayList<>())
                    .add(order.get(i));
              }
            });
    return relaid;
  }

  private static byte[] joined(List<String> lines, String preset) {
    // Firehose puts objects one behind the other.
    String end = preset.equals("firehose") ? "" : "\n";
    return (String.join(end, lines) + end).getBytes(UTF_8);
  }

  /** Compressed by one of the ways that are told by the first bytes, whatever the name says. */
  private static byte[] compressed(String name, byte[] text) {
    return switch (Math.floorMod(name.hashCode(), 4)) {
      case 0 -> text;
      case 1 -> Zstd.compress(text);
      case 2 -> bzip2(text);
      default -> gzip(text);
    };
  }

  private static byte[] gzip(byte[] text) {
    return Events.gzip(text);
  }

  private static byte[] bzip2(byte[] text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (BZip2CompressorOutputStream bzip2 = new BZip2CompressorOutputStream(out)) {
      bzip2.write(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static void put(String preset, String name, byte[] bytes) {
    services.putInto(preset, name, bytes);
  }
}
