package edtech.analytics.testing;

import edtech.analytics.load.LoadMode;
import edtech.analytics.load.LoadReport;
import edtech.analytics.load.Progress;
import edtech.analytics.load.Step;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import java.time.LocalDate;
import java.util.List;

/** The load as it is: content n lies in the folder n. */
public final class PublishedLoad implements Replacing {
  private final LocalServices services;
  private final OwnClickHouse server;
  private final LocalDate date;

  public PublishedLoad(LocalServices services, OwnClickHouse server, LocalDate date) {
    this.services = services;
    this.server = server;
    this.date = date;
  }

  @Override
  public List<String> tables() {
    return Tables.PUBLISHED.stream().map(Table::logical).toList();
  }

  @Override
  public List<Step> steps() {
    return List.of(
        Step.READ, Step.WRITE, Step.CHECK, Step.MOVE, Step.COUNT, Step.PUBLISH, Step.SWEEP);
  }

  @Override
  public String replace(int content, Progress progress) {
    LoadReport report =
        services
            .backfill(
                date,
                date,
                LoadMode.UNLESS_UNCHANGED,
                progress,
                server.settings(
                    "events-uri",
                    services.eventsUri() + "/" + content,
                    // For rows in every table.
                    "metrics.opened.event-types",
                    "open",
                    // Step 10 drops replaced loads at once, so that it can be killed as it does.
                    "sweep-grace-minutes",
                    "0"))
            .get(0);
    return report.isVisible() ? "" : report.load().error();
  }
}
