package edtech.analytics.clickhouse;

import com.clickhouse.client.api.ServerException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** What went wrong with a statement, in one line: which user, at which server, what to do. */
final class FailureText {
  private static final int REQUIRED_PASSWORD = 194;
  private static final int NOT_ENOUGH_PRIVILEGES = 497;
  private static final int AUTHENTICATION_FAILED = 516;

  private static final int MAX_STATEMENT = 200;

  private FailureText() {}

  static String of(Connection connection, String sql, Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null && !(root instanceof ServerException)) {
      root = root.getCause();
    }
    return "ClickHouse at " + connection + " " + what(root, reason(root), shortened(sql));
  }

  private static String what(Throwable root, String reason, String statement) {
    if (isNotTrusted(root)) {
      return "is not trusted: "
          + reason
          + "; give the job the certificate of its authority, as"
          + " -Djavax.net.ssl.trustStore=FILE in JAVA_TOOL_OPTIONS, or name the host that its"
          + " certificate names in clickhouse.url (CLICKHOUSE_URL)";
    }
    if (!(root instanceof ServerException refusal)) {
      return "did not answer: " + reason + "; is it up, and clickhouse.url (CLICKHOUSE_URL) right?";
    }
    return switch (refusal.getCode()) {
      case AUTHENTICATION_FAILED, REQUIRED_PASSWORD ->
          "refused the login: no such user, or another password; set clickhouse.user"
              + " (CLICKHOUSE_USER), and the password where clickhouse.password says"
              + " (CLICKHOUSE_PASSWORD by default)";
      case NOT_ENOUGH_PRIVILEGES ->
          "refused: "
              + reason
              + " — in: "
              + statement
              + "; run conf/clickhouse/grants/loader.sql for a user that loads, or set"
              + " clickhouse.user (CLICKHOUSE_USER) to one that may: init needs an administrator";
      default ->
          reason.startsWith("Code: ")
              ? "refused: " + reason + " — in: " + statement
              : "does not answer as ClickHouse's HTTP interface does: "
                  + reason
                  + "; set clickhouse.url (CLICKHOUSE_URL) to its host and port";
    };
  }

  private static boolean isNotTrusted(Throwable root) {
    return root instanceof SSLPeerUnverifiedException || root instanceof GeneralSecurityException;
  }

  private static String reason(Throwable root) {
    if (root.getMessage() == null) {
      return root.getClass().getSimpleName();
    }
    String message =
        firstLine(root.getMessage().replaceAll("\\s*\\((version|queryId=)[^)]*\\)", ""));
    return root instanceof UnknownHostException ? "unknown host " + message : message;
  }

  /** The statement in one line, without the rest of a long one. */
  private static String shortened(String sql) {
    String line = sql.strip().replaceAll("\\s+", " ");
    return line.length() > MAX_STATEMENT ? line.substring(0, MAX_STATEMENT) + "…" : line;
  }

  private static String firstLine(String text) {
    return text.strip().lines().findFirst().orElse("").strip();
  }
}
