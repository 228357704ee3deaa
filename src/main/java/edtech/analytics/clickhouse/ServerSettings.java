package edtech.analytics.clickhouse;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * The server's settings that statements depend on. A user's profile may hold any of them at another
 * value, and may hold it constant: then a statement that sends it is refused, with the same value,
 * too. So only what may be changed is sent.
 */
final class ServerSettings {
  private static final String LIST = "/clickhouse/server-settings.properties";
  private static final Map<String, String> NEEDED = read();

  private ServerSettings() {}

  /** A setting as the user's profile has it. */
  record Found(String name, String value, boolean isConstant) {}

  /** The query for what the profile has; a setting that the server does not know has no row. */
  static String query() {
    // One row, as a profile may limit their number.
    return "SELECT arrayStringConcat(groupArray(concat(toString(readonly), name, '=', value)), '\\n')"
        + " FROM system.settings WHERE name IN ('"
        + String.join("', '", NEEDED.keySet())
        + "')";
  }

  /** The answer to it. */
  static List<Found> found(String answer) {
    return answer.lines().map(ServerSettings::line).toList();
  }

  private static Found line(String line) {
    int end = line.indexOf('=');
    return new Found(line.substring(1, end), line.substring(end + 1), line.charAt(0) != '0');
  }

  /**
   * What has to be sent with a statement: all that may be changed. Not what differs, since a query
   * sees the {@code limit} of its own profile as 0.
   *
   * @throws ClickHouseException that names each setting that is wrong and constant
   */
  static Map<String, String> toSend(Connection connection, List<Found> settings) {
    Map<String, String> changeable = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    for (Found found : settings) {
      String value = NEEDED.get(found.name());
      if (!found.isConstant()) {
        changeable.put(found.name(), value);
      } else if (!found.value().equals(value)) {
        wrong.add(found.name() + " = " + found.value() + " instead of " + value);
      }
    }
    if (!wrong.isEmpty()) {
      throw new ClickHouseException(
          "ClickHouse at "
              + connection
              + " holds settings constant at a value that gives wrong tables: "
              + String.join(", ", wrong)
              + "; ask its administrator to change them, or to leave them changeable, in the"
              + " settings profile of that user (docs/server-settings.md)");
    }
    return Map.copyOf(changeable);
  }

  private static Map<String, String> read() {
    Properties properties = new Properties();
    try (InputStream list = ServerSettings.class.getResourceAsStream(LIST)) {
      properties.load(list);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> needed = new TreeMap<>();
    properties
        .stringPropertyNames()
        .forEach(name -> needed.put(name, properties.getProperty(name)));
    return needed;
  }
}
