package edtech.analytics.input;

import edtech.analytics.source.Layout;
import edtech.analytics.source.Template;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.fs.LocatedFileStatus;

/** What the templates of a layout find in one folder: objects by date, and names without one. */
final class ListedFolder {
  private final Layout layout;
  private final Map<LocalDate, List<SourceObject>> byDate = new HashMap<>();
  private final Map<String, Set<LocalDate>> ambiguous = new TreeMap<>();
  private final Set<String> noDate = new TreeSet<>();
  private long objects;

  ListedFolder(Layout layout) {
    this.layout = layout;
  }

  /** Takes what is listed; always true. */
  boolean add(String name, LocatedFileStatus object) {
    objects++;
    String uri = object.getPath().toString();
    Set<LocalDate> dates = new TreeSet<>();
    boolean isNoDate = false;
    for (Template template : layout.objects()) {
      Template.Match match = template.match(name, layout.zone());
      dates.addAll(match.dates());
      isNoDate |= match.isNoDate();
    }
    if (dates.size() > 1) {
      ambiguous.put(uri, dates);
    } else if (!dates.isEmpty()) {
      LocalDate date = dates.iterator().next();
      byDate
          .computeIfAbsent(date, d -> new ArrayList<>())
          .add(new SourceObject(uri, date, object.getLen(), ObjectLister.version(object)));
    } else if (isNoDate) {
      noDate.add(uri);
    }
    return true;
  }

  /** How many objects were listed, whatever their names. */
  long objects() {
    return objects;
  }

  /**
   * The objects of a date, by name.
   *
   * @throws InputRefusedException when two of them have one address
   */
  List<SourceObject> of(LocalDate date) throws IOException {
    List<SourceObject> of = new ArrayList<>(byDate.getOrDefault(date, List.of()));
    of.sort(Comparator.comparing(SourceObject::uri));
    ObjectLister.requireDistinct(of);
    return of;
  }

  /** The objects that cannot be told to be of a date or of another, each with what is wrong. */
  Map<String, String> faults(LocalDate date) {
    Map<String, String> faults = new TreeMap<>();
    ambiguous.forEach(
        (uri, dates) -> {
          if (dates.contains(date)) {
            faults.put(uri, "has the dates " + dates);
          }
        });
    noDate.forEach(uri -> faults.put(uri, "has a date that does not exist"));
    return faults;
  }
}
