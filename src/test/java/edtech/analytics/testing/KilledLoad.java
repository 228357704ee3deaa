package edtech.analytics.testing;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.job.JobContext;
import edtech.analytics.load.LoadMode;
import edtech.analytics.load.Progress;
import edtech.analytics.load.RangeLoad;
import edtech.analytics.load.Step;
import java.io.IOException;
import java.time.LocalDate;
import java.util.Map;

/**
 * A driver that kills itself with SIGKILL when its load reaches a place. It is told date,
 * events-uri, step, part: Part '' = as the step begins; 'batch' = when the first rows of raw.events
 * are staged; a number = so many milliseconds after the step began, or when the load is over.
 */
public final class KilledLoad {
  private final String step;
  private final String part;
  private final JobContext job;

  private KilledLoad(JobContext job, String step, String part) {
    this.job = job;
    this.step = step;
    this.part = part;
  }

  public static void main(String[] none) {
    ReadyDriver.Told told = ReadyDriver.Told.await();
    LocalDate date = LocalDate.parse(told.arguments().get(0));
    String part = told.arguments().get(3);
    JobContext job =
        told.job(
            Map.of(
                "events-uri",
                told.arguments().get(1),
                "clickhouse.batch-rows",
                part.equals("batch") ? "10" : "1000"));
    KilledLoad killed = new KilledLoad(job, told.arguments().get(2), part);
    System.out.println(
        new RangeLoad(job, killed.progress())
            .run(date, date, LoadMode.UNLESS_UNCHANGED, report -> {}));
    if (part.matches("\\d+")) {
      kill();
    }
  }

  private Progress progress() {
    return new SilentProgress() {
      @Override
      public void begins(LocalDate date, Step now) {
        System.out.println(now.key());
        if (!now.name().equals(step)) {
          return;
        }
        if (part.isEmpty()) {
          kill();
        } else if (part.equals("batch")) {
          start(KilledLoad.this::killAfterFirstBatch);
        } else if (part.matches("\\d+")) {
          start(() -> killAfter(Long.parseLong(part)));
        }
      }

      @Override
      public void begins(LocalDate date, Step now, String nowPart) {
        if (now.name().equals(step) && nowPart.equals(part)) {
          kill();
        }
      }

      @Override
      public void failed(Throwable thrown) {
        thrown.printStackTrace();
      }
    };
  }

  private static void start(Runnable watch) {
    Thread thread = new Thread(watch, "killer");
    thread.setDaemon(true);
    thread.start();
  }

  private static void killAfter(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    kill();
  }

  private void killAfterFirstBatch() {
    ClickHouse server = job.server();
    while (server.number(
            "SELECT toInt64(ifNull(argMax(total_rows, name), 0)) FROM system.tables WHERE database ="
                + " 'stage' AND startsWith(name, 'raw_events_')",
            Map.of())
        == 0) {
      Thread.onSpinWait();
    }
    kill();
  }

  public static void kill() {
    try {
      new ProcessBuilder("kill", "-9", String.valueOf(ProcessHandle.current().pid()))
          .start()
          .waitFor();
      Thread.sleep(60_000);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
