package edtech.analytics.input;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.s3a.AWSServiceThrottledException;
import org.apache.hadoop.fs.s3a.AWSStatus500Exception;
import org.apache.hadoop.fs.s3a.Constants;
import org.apache.hadoop.fs.s3a.UnknownStoreException;
import org.apache.hadoop.fs.s3a.auth.NoAuthWithAWSException;

/** Messages for a prefix that cannot be listed or an object that cannot be read. */
final class StoreFailure {
  private StoreFailure() {}

  static InputRefusedException ofListing(String prefix, Configuration hadoop, IOException cause) {
    return new InputRefusedException(text("list", prefix, hadoop, cause), cause);
  }

  /** A refusal where a retry is useless; otherwise Spark retries the task. */
  static IOException ofReading(String uri, Configuration hadoop, IOException cause) {
    String text = text("read", uri, hadoop, cause);
    return cause instanceof AccessDeniedException
        ? new InputRefusedException(text, cause)
        : new ReadFailedException(text, cause);
  }

  private static String text(String what, String uri, Configuration hadoop, IOException cause) {
    String where = uri.startsWith("s3a:") ? " in " + store(hadoop) : "";
    Throwable root = cause;
    String why = null;
    while (root.getCause() != null) {
      root = root.getCause();
      if (root instanceof NoAuthWithAWSException) {
        // Its message is a page of what each provider lacks.
        why = "no AWS keys found (--debug shows where they were looked for)";
      }
    }
    return "cannot "
        + what
        + " "
        + uri
        + where
        + ": "
        + (why == null ? root.getMessage() : why)
        + "; "
        + advice(what, cause, root);
  }

  private static String store(Configuration hadoop) {
    String endpoint = hadoop.getTrimmed(Constants.ENDPOINT, "");
    return endpoint.isEmpty() ? "Amazon S3" : "the S3 at " + endpoint;
  }

  private static String advice(String what, IOException cause, Throwable root) {
    if (cause instanceof AccessDeniedException) {
      return "give keys that may list and read the bucket: AWS_ACCESS_KEY_ID and"
          + " AWS_SECRET_ACCESS_KEY, AWS_PROFILE, a web identity, or an instance role";
    }
    if (cause instanceof UnknownStoreException) {
      return "name a bucket that is there in events-uri (EVENTS_URI)";
    }
    // Of an S3 that has given the listing, the address is right.
    if (what.equals("read")
        || cause instanceof AWSServiceThrottledException
        || cause instanceof AWSStatus500Exception) {
      return "every attempt failed: load the day again when the S3 works";
    }
    String host = root instanceof UnknownHostException ? "no such host: " : "";
    return host
        + "set s3.endpoint (S3_ENDPOINT) to the address of an S3 that is up, or to nothing for"
        + " Amazon's, and events-uri (EVENTS_URI) to a bucket in it";
  }
}
