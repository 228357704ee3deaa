package edtech.analytics.cli;

import edtech.analytics.load.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Arguments and variables that did not arrive as they were written. The JVM decodes them in the
 * locale's encoding and puts another character in the place of each byte that it cannot decode.
 */
final class Undecoded {
  private static final String UTF_8 = "UTF-8";

  /** What the JVM puts into a variable, and into an argument where the encoding is UTF-8. */
  private static final char REPLACEMENT = '\uFFFD';

  /** The variables that the job reads. */
  private static final Pattern READ =
      Pattern.compile("EDTECH_.*|CLICKHOUSE_.*|EVENTS_URI|S3_ENDPOINT|AWS_.*");

  private Undecoded() {}

  /**
   * One sentence for each. None of them shows a value, which may be a secret or a person's id.
   *
   * @param encoding in which the JVM has decoded them, its property {@code sun.jnu.encoding}
   */
  static List<String> problems(
      String[] arguments, Map<String, String> environment, String encoding) {
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      // In ASCII an argument gets "?", which nobody can tell from one that was written.
      boolean mayBeReplaced = !encoding.equals(UTF_8) && arguments[i].indexOf('?') >= 0;
      if (mayBeReplaced || isUndecoded(arguments[i], encoding)) {
        problems.add(sentence("argument " + (i + 1) + name(arguments, i), encoding));
      }
    }
    new TreeMap<>(environment)
        .forEach(
            (name, value) -> {
              if (READ.matcher(name).matches() && isUndecoded(value, encoding)) {
                problems.add(sentence("the variable " + name, encoding));
              }
            });
    return problems;
  }

  private static boolean isUndecoded(String text, String encoding) {
    return text.indexOf(REPLACEMENT) >= 0
        || (!encoding.equals(UTF_8) && text.chars().anyMatch(c -> c > 127));
  }

  /** The option or key that the argument is the value of, or ''. */
  private static String name(String[] arguments, int i) {
    int equals = arguments[i].indexOf('=');
    String name = equals > 0 ? arguments[i].substring(0, equals) : i > 0 ? arguments[i - 1] : "";
    // What is neither an option nor a key may be a person's id.
    return name.startsWith("-") || equals > 0 ? " (" + Failure.printable(name) + ")" : "";
  }

  private static String sentence(String what, String encoding) {
    return what
        + (encoding.equals(UTF_8)
            ? " is not UTF-8: write it in UTF-8"
            : " may have lost characters, since this process reads "
                + encoding
                + ": set LC_ALL=C.UTF-8");
  }
}
