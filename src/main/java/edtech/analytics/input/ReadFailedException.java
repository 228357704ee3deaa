package edtech.analytics.input;

import java.io.IOException;

/**
 * An object could not be read to its end; a retry may succeed. The message says what failed, where,
 * and what to do if retries fail too.
 */
public final class ReadFailedException extends IOException {
  ReadFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
