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

  @Override
  public String toString() {
    return url + " as user " + user;
  }
}
