package edtech.analytics.testing;

import static edtech.analytics.testing.Events.bytes;
import static edtech.analytics.testing.Events.event;
import static edtech.analytics.testing.Events.quoted;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The lines of a day with everything in it that lines can be: events of all kinds, every reason to
 * reject one, duplicates in the same and in other forms, conflicts at equal and other times.
 */
public final class GeneratedDay {
  private static final String[] BAD = {
    "{\"broken\":N",
    "[N]",
    "{\"n\":N} {}",
    "{\"n\":N,\"n\":1}",
    "{\"n\":N,\"user_id\":\"u\"}",
    "{\"event_id\":N,\"user_id\":true,\"event_type\":\"a\",\"event_timestamp\":1}",
    "{\"event_id\":N,\"user_id\":1,\"event_type\":\"a\",\"event_timestamp\":\"DAY\"}",
    "{\"event_id\":N,\"user_id\":1,\"event_type\":\"a\",\"event_timestamp\":N}",
    "{\"event_id\":N,\"user_id\":1,\"event_type\":\"purchase\",\"event_timestamp\":\"DAYT01:00:00Z\","
        + "\"purchase_amount\":\"x\"}",
    "{\"event_id\":N,\"user_id\":1,\"event_type\":\"purchase\",\"event_timestamp\":\"DAYT01:00:00Z\","
        + "\"purchase_amount\":1,\"currency\":\"EUR\"}",
    "{\"event_id\":N,\"user_id\":1,\"event_type\":\"a\",\"event_timestamp\":\"1999-12-31 00:00:00\"}",
    "{\"event_id\":N,\"user_id\":1,\"event_type\":\"a\",\"event_timestamp\":\"2001-12-31 00:00:00\"}",
    "{\"event_id\":\"\\ud800N\"}",
    "é😀 N",
    "# N"
  };

  private final LocalDate date;
  private final Random random;
  private final String padding;
  private final List<byte[]> lines = new ArrayList<>();

  private GeneratedDay(LocalDate date, long seed, int paddingChars) {
    this.date = date;
    this.random = new Random(seed);
    this.padding = "ж".repeat(paddingChars);
  }

  /**
   * The lines, without line ends. None ends in CR.
   *
   * @param events how many events to begin with; every tenth gets company
   * @param paddingChars how many characters of two bytes each event carries in addition
   */
  public static List<byte[]> lines(LocalDate date, long seed, int events, int paddingChars) {
    GeneratedDay day = new GeneratedDay(date, seed, paddingChars);
    for (int i = 0; i < events; i++) {
      day.add(i);
    }
    return day.lines;
  }

  private void add(int i) {
    String id = i % 7 == 0 ? String.valueOf(i) : quoted("e" + i);
    String user = "u" + random.nextInt(60);
    long micros = random.nextInt(86_400) * 1_000_000L + random.nextInt(3);
    String first = line(id, user, micros, "", i);
    text(first);
    switch (random.nextInt(20)) {
      case 0 -> text(first);
      case 1 -> text("  " + first.replace(":{\"", ": { \"") + "\t");
      case 2 -> text(line(id, user, micros, "+00:00", i));
      case 3 -> text(line(id, user + "x", micros, "", i));
      case 4 -> {
        text(line(id, user + "y", micros - 1, "", i));
        text(line(id, user + "y", micros - 1, "Z", i));
      }
      case 5 -> {
        for (int other = 0; other < 4; other++) {
          text(line(id, "c" + other, micros + other / 2, "Z", i));
        }
      }
      case 6 -> {
        String bad = BAD[random.nextInt(BAD.length)];
        text(
            bad.replace("N", String.valueOf(i))
                .replace("DAY", date.toString())
                .replace("#", longText()));
      }
      case 7 -> lines.add(bytes("\u00ff" + i));
      default -> {}
    }
  }

  private static String longText() {
    return "x".repeat(5000);
  }

  private String line(String id, String user, long micros, String zone, int i) {
    long at = Math.max(0, micros);
    String time =
        String.format(
            "%sT%02d:%02d:%02d.%06d%s",
            date,
            at / 3_600_000_000L,
            at / 60_000_000 % 60,
            at / 1_000_000 % 60,
            at % 1_000_000,
            zone);
    String type =
        switch (i % 5) {
          case 0 -> "purchase";
          case 1 -> "task_result";
          case 2 -> "ab_test_assignment";
          case 3 -> i % 2 == 0 ? "lesson_start" : "lesson_complete";
          default -> "open";
        };
    String more =
        "\"session_id\":\"s"
            + i % 40
            + "\",\"purchase_amount\":\""
            + (i % 100 - 20)
            + ".5\",\"task_id\":"
            + i % 9
            + ",\"task_result\":\""
            + (i % 3 == 0 ? "success" : "failed")
            + "\",\"ab_test_id\":\"t"
            + i % 4
            + "\",\"ab_group\":"
            + i % 2
            + ",\"course_id\":"
            + (i % 4 == 0 ? "null" : "\"c" + i % 2 + "\"")
            + ",\"lesson_id\":"
            + i % 11
            + (padding.isEmpty() ? "" : ",\"padding\":\"" + padding + "\"");
    return event(id, user, type, quoted(time), more);
  }

  private void text(String line) {
    lines.add(line.getBytes(UTF_8));
  }
}
