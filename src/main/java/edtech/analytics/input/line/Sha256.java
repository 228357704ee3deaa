package edtech.analytics.input.line;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The digest that lines and days are told apart by. */
public final class Sha256 {

  private Sha256() {}

  public static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
