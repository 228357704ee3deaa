package edtech.analytics.input;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.stream.Collectors;
import org.apache.spark.unsafe.types.UTF8String;

/** Says which objects there are where none was found by its name. */
final class NearestNames {
  private static final int MOST_NAMES = 3;

  /** More need not be looked at to see what names look like. */
  private static final int MOST_OBJECTS = 10_000;

  /** Longer names are compared by their beginning. */
  private static final int MOST_COMPARED = 200;

  private record Name(String text, int distance) {}

  private final StoreListing store;
  private final String eventsUri;

  NearestNames(StoreListing store, String eventsUri) {
    this.store = store;
    this.eventsUri = eventsUri;
  }

  /**
   * What lies in a folder, or in the next one above it that holds anything, and which names in it
   * are the nearest.
   *
   * @param folder below {@code events-uri}, with a slash at its end; '' for all of it
   * @param wanted a name below {@code events-uri}; wildcards are compared as they are written
   */
  String to(String folder, String wanted) throws IOException {
    PriorityQueue<Name> nearest =
        new PriorityQueue<>(Comparator.comparingInt(Name::distance).reversed());
    int[] listed = {0};
    store.each(
        folder,
        true,
        (name, object) -> {
          nearest.add(new Name(name, distance(name, wanted)));
          if (nearest.size() > MOST_NAMES) {
            nearest.poll();
          }
          listed[0]++;
          return listed[0] < MOST_OBJECTS;
        });
    if (listed[0] > 0) {
      return text(folder, listed[0], new ArrayList<>(nearest));
    }
    if (folder.isEmpty()) {
      return "there is no object below " + eventsUri + "/";
    }
    return to(folder.substring(0, folder.lastIndexOf('/', folder.length() - 2) + 1), wanted);
  }

  private String text(String folder, int listed, List<Name> nearest) {
    nearest.sort(Comparator.comparingInt(Name::distance).thenComparing(Name::text));
    return String.format(
        Locale.ROOT,
        "of the %s%,d objects below %s/%s none has such a name, the nearest are %s",
        listed == MOST_OBJECTS ? "first " : "",
        listed,
        eventsUri,
        folder,
        nearest.stream().map(Name::text).collect(Collectors.joining(", ")));
  }

  /** How many characters are to be inserted, removed or replaced to make one text the other. */
  static int distance(String one, String other) {
    return compared(one).levenshteinDistance(compared(other));
  }

  private static UTF8String compared(String text) {
    return UTF8String.fromString(text.substring(0, Math.min(MOST_COMPARED, text.length())));
  }
}
