package edtech.analytics.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a server: {@code http://host:port} or {@code https://host:port}, with a path or
 * without. {@code dev/check_url.py} has the same rule for programs that are not this job.
 *
 * @param host as it is written, an IPv6 address in brackets
 */
public record Address(String scheme, String host) {
  private static final Pattern FORM =
      Pattern.compile(
          "(https?)://([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+\\])"
              + "(:[0-9]{1,5})?(/[^\\s?#@]*)?");

  /** By name, not by what the name resolves to, which others may decide. */
  private static final Pattern HERE = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1\\]");

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException with the rule that it breaks
   */
  public static Address parse(String text) {
    if (text.matches("(?s).*[@?#].*")) {
      throw new IllegalArgumentException(
          "must not hold a user, a password or parameters: set them by name");
    }
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("must be http://host:port or https://host:port");
    }
    return new Address(parts.group(1), parts.group(2));
  }

  /** Whether it is on this machine, whatever the port. */
  public boolean isHere() {
    return HERE.matcher(host.toLowerCase(Locale.ROOT)).matches();
  }

  /**
   * Fails where others could read what is sent to it.
   *
   * @throws IllegalArgumentException when it is neither encrypted nor on this machine
   */
  void requirePrivate() {
    if (scheme.equals("http") && !isHere()) {
      throw new IllegalArgumentException(
          "would send the password in clear over the network: give https://host:port");
    }
  }

  /** The text without what may be a login or a secret parameter. */
  static String masked(String text) {
    return text.replaceFirst("(?s)^([a-z0-9+.-]*://)?.*@", "$1***@")
        .replaceFirst("(?s)[?#].*", "?***");
  }
}
