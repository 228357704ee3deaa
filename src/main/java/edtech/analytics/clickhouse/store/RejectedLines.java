package edtech.analytics.clickhouse.store;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.input.line.Reason;
import edtech.analytics.model.Tables;
import edtech.analytics.source.Mapping;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What the rejected lines have in common that a load has staged. */
public final class RejectedLines {
  /** Fields of one reason that are named, the most frequent ones. */
  private static final int MOST_FIELDS = 5;

  /** What a key looks like that is a name, and not a value such as an e-mail address. */
  private static final String NAME = "^[A-Za-z0-9_.$ -]{1,64}$";

  private record Fault(String reason, String field, long lines) {
    private String text() {
      return String.format(Locale.ROOT, field.isEmpty() ? "%s%,d" : "%s %,d", field, lines);
    }
  }

  private final ClickHouse server;
  private final String staged;

  public RejectedLines(ClickHouse server, long loadId) {
    this.server = server;
    this.staged = Tables.REJECTED_EVENTS.stage(loadId);
  }

  /**
   * What is wrong with the lines: reasons with fields and lines, the most frequent first, and the
   * keys of the first line of the most frequent reason, such as {@code missing_field user_id 640,
   * event_type 173; malformed_json 2; the first missing_field line has the keys event, userId}.
   */
  public String faults() {
    Map<String, List<Fault>> byReason =
        counted().stream()
            .collect(Collectors.groupingBy(Fault::reason, LinkedHashMap::new, Collectors.toList()));
    List<List<Fault>> reasons = new ArrayList<>(byReason.values());
    reasons.sort(Comparator.comparingLong(RejectedLines::lines).reversed());
    String text = reasons.stream().map(RejectedLines::text).collect(Collectors.joining("; "));
    return reasons.isEmpty() ? text : text + keys(reasons.get(0).get(0).reason());
  }

  /** Of each field, in how many lines it is missing; the most frequent one first. */
  public Map<String, Long> missingFields() {
    Map<String, Long> byField = new LinkedHashMap<>();
    counted().stream()
        .filter(fault -> fault.reason().equals(Reason.MISSING_FIELD.code()))
        .forEach(fault -> byField.put(fault.field(), fault.lines()));
    return byField;
  }

  /** Lines by reason and field, the most frequent first; not those of erased users. */
  private List<Fault> counted() {
    return server
        .rows(
            String.format(
                Locale.ROOT,
                """
                SELECT reason, detail, toInt64(count()) AS n FROM %s
                WHERE reason != {erased:String}
                GROUP BY reason, detail
                ORDER BY n DESC, reason, detail
                LIMIT 10000
                """,
                staged),
            Map.of("erased", Reason.ERASED_USER.code()))
        .stream()
        .map(row -> new Fault(row.getString("reason"), row.getString("detail"), row.getLong("n")))
        .toList();
  }

  /**
   * Lines that are rejected as {@code outside_day} and are of the day in UTC.
   *
   * @param mapping where the time is in a line
   */
  public long outsideDayInUtc(Mapping mapping) {
    LineTime time = LineTime.of(mapping);
    Map<String, Object> values = new LinkedHashMap<>(time.parameters());
    values.put("outside", Reason.OUTSIDE_DAY.code());
    return server.number(
        String.format(
            Locale.ROOT,
            "SELECT count() FROM %s WHERE reason = {outside:String} AND ifNull(toDate(%s) = event_date, false)",
            staged,
            time.sql()),
        values);
  }

  private String keys(String reason) {
    return server
        .rows(
            String.format(
                Locale.ROOT,
                """
                SELECT
                    JSONExtractKeys(%s) AS all,
                    arrayFilter(key -> match(key, {name:String}), all) AS names,
                    concat(
                        substringUTF8(arrayStringConcat(names, ', '), 1, 300),
                        if(length(all) = length(names), '',
                            concat(' and ', toString(length(all) - length(names)), ' that are no names'))) AS keys
                FROM %s
                WHERE reason = {reason:String} AND line_encoding = 'text'
                  AND notEmpty(all)
                ORDER BY source_file, line
                LIMIT 1
                """,
                LineTime.OBJECT,
                staged),
            Map.of("reason", reason, "name", NAME))
        .stream()
        .findFirst()
        .map(row -> "; the first " + reason + " line has the keys " + row.getString("keys"))
        .orElse("");
  }

  private static long lines(List<Fault> ofReason) {
    return ofReason.stream().mapToLong(Fault::lines).sum();
  }

  private static String text(List<Fault> ofReason) {
    String more =
        ofReason.size() > MOST_FIELDS
            ? ", " + (ofReason.size() - MOST_FIELDS) + " more fields"
            : "";
    return ofReason.stream()
        .limit(MOST_FIELDS)
        .map(Fault::text)
        .collect(Collectors.joining(", ", ofReason.get(0).reason() + " ", more));
  }
}
