package edtech.analytics.input;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.s3a.Constants;
import org.apache.hadoop.fs.s3a.UnknownStoreException;

/** What kept a prefix from being listed, in one line: what, where, what to do. */
final class ListingFailure {
  private ListingFailure() {}

  static InputRefusedException of(String prefix, Configuration hadoop, IOException cause) {
    String where = prefix.startsWith("s3a:") ? " in " + store(hadoop) : "";
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return new InputRefusedException(
        "cannot list " + prefix + where + ": " + root.getMessage() + "; " + advice(cause, root),
        cause);
  }

  private static String store(Configuration hadoop) {
    String endpoint = hadoop.getTrimmed(Constants.ENDPOINT, "");
    return endpoint.isEmpty() ? "Amazon S3" : "the S3 at " + endpoint;
  }

  private static String advice(IOException cause, Throwable root) {
    if (cause instanceof AccessDeniedException) {
      return "give keys that may list and read the bucket: AWS_ACCESS_KEY_ID and"
          + " AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or an instance role";
    }
    if (cause instanceof UnknownStoreException) {
      return "name a bucket that is there in events-uri (EVENTS_URI)";
    }
    String host = root instanceof UnknownHostException ? "no such host: " : "";
    return host
        + "set s3.endpoint (S3_ENDPOINT) to the address of an S3 that is up, or to nothing for"
        + " Amazon's, and events-uri (EVENTS_URI) to a bucket in it";
  }
}
