package edtech.analytics.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import edtech.analytics.testing.Events;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.ReadBack;
import edtech.analytics.testing.SourceDay;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A day in the form of each preset, exact in all tables of raw, however its lines are laid out. */
class PresetIT {
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
    day.objects().forEach((name, lines) -> put(preset, name, Events.gzip(joined(lines, preset))));
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
      if (ReadBack.RAW_COLUMNS.containsKey(table)) {
        found.put(table, readBack.rawRows(table, date));
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
      case 2 -> Events.bzip2(text);
      default -> Events.gzip(text);
    };
  }

  private static void put(String preset, String name, byte[] bytes) {
    services.putInto(preset, name, bytes);
  }
}
