package edtech.analytics.testing;

import edtech.analytics.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;

/**
 * Commands of the job in this JVM, at a hundredth of what a JVM of their own takes. Not for those
 * that start Spark: at their end they stop the one of all tests.
 */
public final class ThisJvm {
  private ThisJvm() {}

  /**
   * Runs a command to its end.
   *
   * @param environment all that it sees of one
   */
  public static ForkedJvm.Result run(Map<String, String> environment, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    long started = System.nanoTime();
    int code =
        Main.run(arguments, environment, new PrintWriter(out, true), new PrintWriter(err, true));
    double seconds = (System.nanoTime() - started) / 1e9;
    return new ForkedJvm.Result(code, out.toString(), err.toString(), seconds);
  }
}
