package edtech.analytics.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A day in the form of a preset, and what is to come of it: a file of {@code sources/}. In it
 * {@code > name} begins an object with its lines, {@code = name} begins what is expected, and
 * {@code {line 3}} stands for the SHA-256 of the third line, without the text before its object.
 *
 * @param objects lines by the name of the object, in order
 * @param expected rows by what they are of, a table or the ledger, in order
 */
public record SourceDay(Map<String, List<String>> objects, Map<String, List<String>> expected) {
  private static final Pattern LINE_DIGEST = Pattern.compile("\\{line (\\d+)}");

  /** The day of a preset. */
  public static SourceDay of(String preset) {
    Map<String, List<String>> objects = new LinkedHashMap<>();
    Map<String, List<String>> expected = new LinkedHashMap<>();
    List<String> lines = new ArrayList<>();
    List<String> into = new ArrayList<>();
    for (String line : text("/sources/" + preset + ".day").lines().toList()) {
      if (line.startsWith("> ")) {
        into = objects.computeIfAbsent(line.substring(2), name -> new ArrayList<>());
      } else if (line.startsWith("= ")) {
        into = expected.computeIfAbsent(line.substring(2), name -> new ArrayList<>());
      } else if (expected.isEmpty()) {
        lines.add(line);
        into.add(line);
      } else {
        into.add(withDigests(line, lines));
      }
    }
    return new SourceDay(objects, expected);
  }

  private static String withDigests(String row, List<String> lines) {
    return LINE_DIGEST
        .matcher(row)
        .replaceAll(
            found -> {
              // The first line of the file is its title.
              String line = lines.get(Integer.parseInt(found.group(1)));
              return Matcher.quoteReplacement(Events.sha256(line.substring(line.indexOf('{'))));
            });
  }

  private static String text(String resource) {
    try (InputStream in = SourceDay.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
