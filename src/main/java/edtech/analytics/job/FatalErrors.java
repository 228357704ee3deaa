package edtech.analytics.job;

import java.util.Arrays;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * Spark ends the JVM with a code of its own, 52, when a task runs out of memory, and says nothing
 * that a person could use. With this the JVM ends with 1, after a last line.
 */
final class FatalErrors {
  /** What calls System.exit then, and stands in its thread's stack until the JVM is gone. */
  private static final String HANDLER = "org.apache.spark.util.SparkUncaughtExceptionHandler";

  /** After Spark's own hook, which removes its files. */
  private static final int LAST = 1;

  private static final int FAILED = 1;

  private FatalErrors() {}

  /** From now on until the JVM ends. */
  static void tell() {
    ShutdownHookManager.get().addShutdownHook(FatalErrors::end, LAST);
  }

  private static void end() {
    if (Thread.getAllStackTraces().values().stream().anyMatch(FatalErrors::isHandler)) {
      System.err.println(
          "error: out of memory, or another error that Spark does not survive (see above): give the"
              + " driver more memory (spark.driver.memory), or lower clickhouse.batch-bytes; what"
              + " was not published before keeps what it had");
      System.err.flush();
      Runtime.getRuntime().halt(FAILED);
    }
  }

  private static boolean isHandler(StackTraceElement[] stack) {
    return Arrays.stream(stack).anyMatch(frame -> frame.getClassName().startsWith(HANDLER));
  }
}
