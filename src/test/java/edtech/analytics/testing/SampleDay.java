package edtech.analytics.testing;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lines of a day with rows for every table, two of them rejected; another seed, other content. */
public final class SampleDay {
  public static final int REJECTED = 2;

  private SampleDay() {}

  /**
   * Makes them.
   *
   * @param events how many events are accepted
   */
  public static String[] lines(LocalDate date, String seed, int events) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      lines.add(line(date, seed, i));
    }
    lines.add("{\"event_id\":\"broken-" + seed + "\"");
    lines.add("{\"event_id\":\"no-user-" + seed + "\"}");
    return lines.toArray(String[]::new);
  }

  private static String line(LocalDate date, String seed, int i) {
    String special =
        switch (i % 5) {
          case 1 -> ",\"event_type\":\"purchase\",\"purchase_amount\":\"" + i + ".25\"";
          case 2 ->
              ",\"event_type\":\"task_result\",\"task_id\":\"t"
                  + i % 7
                  + "\",\"task_result\":\"success\",\"course_id\":\"c1\",\"lesson_id\":"
                  + i % 3;
          case 3 ->
              ",\"event_type\":\"ab_test_assignment\",\"ab_test_id\":\"x\",\"ab_group\":\"g"
                  + i % 2
                  + "\"";
          default -> ",\"event_type\":\"open\",\"colour\":\"" + seed + "\"";
        };
    return String.format(
        Locale.ROOT,
        "{\"event_id\":\"%s-%d\",\"user_id\":\"u%d\",\"session_id\":\"%s-s%d\",\"event_timestamp\":"
            + "\"%sT%02d:%02d:%02dZ\"%s}",
        seed,
        i,
        i % 40,
        seed,
        i % 60,
        date,
        i / 3600 % 24,
        i / 60 % 60,
        i % 60,
        special);
  }
}
