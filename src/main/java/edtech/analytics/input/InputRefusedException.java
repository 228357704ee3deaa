package edtech.analytics.input;

import java.io.IOException;

/** Input that the contract refuses. The message says what, where and what to do. */
public final class InputRefusedException extends IOException {
  public InputRefusedException(String message) {
    super(message);
  }

  public InputRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
