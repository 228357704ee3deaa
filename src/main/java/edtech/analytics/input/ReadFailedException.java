package edtech.analytics.input;

import java.io.IOException;

/**
 * An object could not be read to its end, which may go better when it is tried again. The message
 * says what, where and what to do if it does not.
 */
public final class ReadFailedException extends IOException {
  ReadFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
