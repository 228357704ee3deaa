package edtech.analytics.trial;

import edtech.analytics.config.Settings;
import edtech.analytics.source.EventField;
import edtech.analytics.source.FieldPath;
import edtech.analytics.source.FieldValue;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.unsafe.types.UTF8String;

/** Where a field may be that was not found, or not as it must be. */
final class Hint {
  private static final int MOST_PATHS = 3;

  private final Settings settings;
  private final SeenPaths paths;

  Hint(Settings settings, SeenPaths paths) {
    this.settings = settings;
    this.paths = paths;
  }

  /** The paths that were tried, and those of the lines whose names are nearest. */
  String of(EventField field) {
    FieldValue value = settings.source().mapping().fields().get(field);
    List<FieldPath> tried = value == null ? List.of() : value.paths();
    String near =
        paths.byPath().keySet().stream()
            .filter(path -> distance(path, field, tried) <= lastName(path).length() / 2)
            .sorted(Comparator.comparingInt((String path) -> distance(path, field, tried)))
            .limit(MOST_PATHS)
            .collect(Collectors.joining(", "));
    return "tried "
        + (tried.isEmpty()
            ? "no path"
            : tried.stream().map(FieldPath::toString).collect(Collectors.joining(", ")))
        + (near.isEmpty() ? "" : ", and the lines have " + near)
        + ": write source.fields."
        + field.key()
        + " = [\"path\"] with a path of the list above";
  }

  /** How far a path's last name is from the field's, or from the nearest one that was tried. */
  private static int distance(String path, EventField field, List<FieldPath> tried) {
    return Stream.concat(Stream.of(field.key()), tried.stream().map(p -> lastName(p.toString())))
        .mapToInt(name -> plain(lastName(path)).levenshteinDistance(plain(name)))
        .min()
        .orElseThrow();
  }

  private static String lastName(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  private static UTF8String plain(String name) {
    return UTF8String.fromString(name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", ""));
  }
}
