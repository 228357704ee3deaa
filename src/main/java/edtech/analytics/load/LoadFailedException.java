package edtech.analytics.load;

/** A load that published nothing. The message says what, where, how many and what to do. */
public final class LoadFailedException extends RuntimeException {
  public LoadFailedException(String message) {
    super(message);
  }
}
