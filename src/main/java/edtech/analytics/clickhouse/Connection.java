package edtech.analytics.clickhouse;

import java.io.Serializable;

/**
 * How a server is reached. Goes to the executors inside a serialised task, never into a Spark
 * property; its text leaves the password out.
 *
 * @param connectTimeout seconds
 * @param requestTimeout seconds without any answer
 * @param retries how often a request is sent again when it is safe
 */
public record Connection(
    String url, String user, String password, int connectTimeout, int requestTimeout, int retries)
    implements Serializable {

  /** To ask once whether somebody answers, and not for longer than a connection may take. */
  Connection impatient() {
    return new Connection(url, user, password, connectTimeout, connectTimeout, 0);
  }

  @Override
  public String toString() {
    return url + " as user " + user;
  }
}
