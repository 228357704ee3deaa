package edtech.analytics.testing;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.job.JobContext;
import edtech.analytics.load.LoadMode;
import edtech.analytics.load.RangeLoad;
import edtech.analytics.load.Step;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * A driver that kills itself with SIGKILL while it loads a day. It is told date and events-uri,
 * then a step and a part for each load: one load begins when the one before has reached its place,
 * where it stays, and when the last one has, all of them die. Part '' = as the step begins; 'batch'
 * = when the first rows of raw.events are staged, for the last load only; a number = so many
 * milliseconds after the step began, or when the load is over.
 */
public final class KilledLoad extends SilentProgress {
  private final LocalDate date;
  private final String step;
  private final String part;
  private final JobContext job;
  private final CountDownLatch reached = new CountDownLatch(1);

  private KilledLoad(ReadyDriver.Told told, LocalDate date, String uri, String step, String part) {
    this.date = date;
    this.step = step;
    this.part = part;
    this.job =
        told.job(
            Map.of(
                "events-uri", uri, "clickhouse.batch-rows", part.equals("batch") ? "10" : "1000"));
  }

  public static void main(String[] none) throws InterruptedException {
    ReadyDriver.Told told = ReadyDriver.Told.await();
    List<String> arguments = told.arguments();
    LocalDate date = LocalDate.parse(arguments.get(0));
    for (int i = 2; i < arguments.size(); i += 2) {
      KilledLoad load =
          new KilledLoad(told, date, arguments.get(1), arguments.get(i), arguments.get(i + 1));
      new Thread(load::run, "load").start();
      load.reached.await();
    }
    kill();
  }

  private void run() {
    try {
      System.out.println(
          new RangeLoad(job, this).run(date, date, LoadMode.UNLESS_UNCHANGED, report -> {}));
    } catch (RuntimeException e) {
      e.printStackTrace();
      System.exit(1);
    }
    if (part.matches("\\d+")) {
      reached.countDown();
    } else {
      System.exit(1);
    }
  }

  @Override
  public void begins(LocalDate date, Step now) {
    System.out.println(now.key());
    if (!now.name().equals(step)) {
      return;
    }
    if (part.isEmpty()) {
      reached.countDown();
      stay();
    } else if (part.equals("batch")) {
      start(this::awaitFirstBatch);
    } else if (part.matches("\\d+")) {
      start(() -> sleep(Long.parseLong(part)));
    }
  }

  @Override
  public void begins(LocalDate date, Step now, String nowPart) {
    if (now.name().equals(step) && nowPart.equals(part)) {
      reached.countDown();
      stay();
    }
  }

  @Override
  public void failed(Throwable thrown) {
    thrown.printStackTrace();
  }

  private void start(Runnable watch) {
    Thread thread =
        new Thread(
            () -> {
              watch.run();
              reached.countDown();
            },
            "watch");
    thread.setDaemon(true);
    thread.start();
  }

  /** Of the newest load. */
  private void awaitFirstBatch() {
    ClickHouse server = job.server();
    while (server.number(
            "SELECT toInt64(ifNull(argMax(total_rows, name), 0)) FROM system.tables WHERE database ="
                + " 'stage' AND startsWith(name, 'raw_events_')",
            Map.of())
        == 0) {
      Thread.onSpinWait();
    }
  }

  /** Goes no further. */
  public static void stay() {
    sleep(Long.MAX_VALUE);
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Kills this process. */
  public static void kill() {
    try {
      new ProcessBuilder("kill", "-9", String.valueOf(ProcessHandle.current().pid()))
          .start()
          .waitFor();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    stay();
  }
}
