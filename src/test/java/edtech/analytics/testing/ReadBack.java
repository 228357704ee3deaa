package edtech.analytics.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.clickhouse.client.api.query.GenericRecord;
import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.load.LoadReport;
import edtech.analytics.model.Tables;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What readers see of a day and operators of a load, as text that tests compare. */
public final class ReadBack {
  /** The columns of each table of events but their date, as they are written. */
  public static final Map<String, String[]> RAW_COLUMNS =
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
            "course_id",
            "lesson_id",
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
            "is_success",
            "course_id",
            "lesson_id"
          },
          "raw.sessions",
          new String[] {"session_id", "user_id", "session_start", "session_end", "event_count"},
          "raw.ab_test_assignments",
          new String[] {"event_id", "assignment_timestamp", "user_id", "ab_test_id", "ab_group"});

  private final LocalServices services;

  public ReadBack(LocalServices services) {
    this.services = services;
  }

  /**
   * A rejected line as it is stored.
   *
   * @param file name below the folder of the test class
   */
  public record Rejected(String reason, String detail, String file, String encoding, String line) {}

  /** The columns of a day's rows, joined by '|' and sorted. */
  public List<String> rows(String table, LocalDate date, String... columns) {
    String all =
        Stream.of(columns).map(c -> "toString(" + c + ")").collect(Collectors.joining(", "));
    return services
        .rows(
            "SELECT arrayStringConcat(["
                + all
                + "], '|') AS text FROM "
                + table
                + " WHERE event_date = '"
                + date
                + "' ORDER BY text")
        .stream()
        .map(row -> row.getString("text"))
        .toList();
  }

  /** The rows of a day in a table of {@link #RAW_COLUMNS}, with all of these. */
  public List<String> rawRows(String table, LocalDate date) {
    return rows(table, date, RAW_COLUMNS.get(table));
  }

  /** A checksum of each table but the rejected lines, by name. */
  public Map<String, String> content(LocalDate date) {
    Map<String, String> content = contentWithRejected(date);
    content.remove(Tables.REJECTED_EVENTS.logical());
    return content;
  }

  /** A checksum of each table, by name. */
  public Map<String, String> contentWithRejected(LocalDate date) {
    return services.contents(date);
  }

  public List<Rejected> rejected(LocalDate date) {
    return rejected("raw.rejected_events", "event_date = '" + date + "'");
  }

  /** Of one load, published or not. */
  public List<Rejected> rejectedOf(LoadReport report) {
    return rejected("ops.rejected_events", "load_id = " + report.load().loadId());
  }

  /** Status, error and counts in the ledger. */
  public String load(LoadReport report) {
    GenericRecord row = countRows("ops.loads", "status, error", report).get(0);
    return row.getString("status") + ": " + row.getString("error") + ": " + row.getString("counts");
  }

  /**
   * The counts of the objects of a load in the ledger, by name below the folder of the test class.
   */
  public Map<String, String> objects(LoadReport report) {
    Map<String, String> objects = new TreeMap<>();
    for (GenericRecord row : countRows("ops.load_objects", "source_file", report)) {
      objects.put(nameOf(row.getString("source_file")), row.getString("counts"));
    }
    return objects;
  }

  /** In the form of {@link #objects}. */
  public static String text(LineCounts counts) {
    return "lines "
        + counts.linesRead()
        + " blank "
        + counts.blankLines()
        + (counts.ignored() == 0 ? "" : " ignored " + counts.ignored())
        + " accepted "
        + counts.accepted()
        + " duplicates "
        + counts.duplicates()
        + " rejected "
        + counts.rejected()
        + " other_day "
        + counts.otherDay()
        + " late "
        + counts.late()
        + " "
        + new TreeMap<>(counts.rejectedByReason())
            .entrySet().stream()
                .map(e -> "'" + e.getKey() + "':" + e.getValue())
                .collect(Collectors.joining(",", "{", "}"));
  }

  private List<GenericRecord> countRows(String table, String columns, LoadReport report) {
    return services.rows(
        "SELECT "
            + columns
            + ", concat('lines ', toString(lines_read), ' blank ', toString(blank_lines),"
            + " if(ignored = 0, '', concat(' ignored ', toString(ignored))),"
            + " ' accepted ', toString(accepted), ' duplicates ', toString(duplicates),"
            + " ' rejected ', toString(rejected), ' other_day ', toString(other_day),"
            + " ' late ', toString(late), ' ', toString(mapSort(rejected_by_reason))) AS counts"
            + " FROM "
            + table
            + " WHERE load_id = "
            + report.load().loadId());
  }

  private List<Rejected> rejected(String table, String where) {
    return services
        .rows(
            "SELECT reason, detail, source_file, line_encoding, base64Encode(line) AS coded FROM "
                + table
                + " WHERE "
                + where)
        .stream()
        .map(
            row ->
                new Rejected(
                    row.getString("reason"),
                    row.getString("detail"),
                    nameOf(row.getString("source_file")),
                    row.getString("line_encoding"),
                    new String(Base64.getDecoder().decode(row.getString("coded")), UTF_8)))
        .toList();
  }

  private String nameOf(String uri) {
    return uri.startsWith(services.eventsUri())
        ? uri.substring(services.eventsUri().length() + 1)
        : uri;
  }
}
