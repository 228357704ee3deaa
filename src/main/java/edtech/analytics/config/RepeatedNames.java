package edtech.analytics.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.parser.ConfigDocument;
import com.typesafe.config.parser.ConfigDocumentFactory;
import edtech.analytics.measure.MeasureReader;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds names of one's own that a file gives twice. HOCON itself lets the later one win, or mixes
 * the two.
 */
final class RepeatedNames {
  private static final String MARK = "\"the value stands here\"";

  private RepeatedNames() {}

  /**
   * Looks for them in a file.
   *
   * @param parsed the file's settings
   * @param problems gets a sentence for each
   */
  static void require(Path file, ConfigObject parsed, List<String> problems) {
    ConfigDocument document = ConfigDocumentFactory.parseFile(file.toFile());
    names(parsed, MeasureReader.DIMENSIONS)
        .filter(name -> isTwice(document, ConfigUtil.joinPath(MeasureReader.DIMENSIONS, name)))
        .forEach(name -> add(file, MeasureReader.DIMENSIONS, name, problems));
    // What every metric has: the rest of one may be added elsewhere.
    names(parsed, MeasureReader.METRICS)
        .filter(
            name ->
                isTwice(
                    document,
                    ConfigUtil.joinPath(MeasureReader.METRICS, name, MeasureReader.TYPES)))
        .forEach(name -> add(file, MeasureReader.METRICS, name, problems));
  }

  private static Stream<String> names(ConfigObject settings, String key) {
    return settings.get(key) instanceof ConfigObject names
        ? names.keySet().stream().sorted()
        : Stream.empty();
  }

  private static void add(Path file, String key, String name, List<String> problems) {
    problems.add(file + ": " + key + "." + name + " is set twice: leave one of them");
  }

  /** Setting a value removes all but the last of a name: then more than that value has changed. */
  private static boolean isTwice(ConfigDocument document, String path) {
    if (!document.hasPath(path)) {
      return false;
    }
    String text = document.render();
    String once = document.withValueText(path, MARK).render();
    int at = once.indexOf(MARK);
    String before = once.substring(0, at);
    String behind = once.substring(at + MARK.length());
    if (!text.startsWith(before) || !text.endsWith(behind)) {
      return true;
    }
    String value = text.substring(before.length(), text.length() - behind.length());
    try {
      return ConfigFactory.parseString("value : " + value).root().size() > 1;
    } catch (ConfigException notOneValue) {
      return true;
    }
  }
}
