package edtech.analytics.load;

import edtech.analytics.input.DayInput;
import edtech.analytics.input.DayLister;
import edtech.analytics.input.SourceObject;
import edtech.analytics.source.Layout;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What each day is made of, by the listing of its folders. Lists each folder once. */
final class DayInputs {
  private final DayLister lister;
  private final Layout layout;
  private final Map<LocalDate, List<SourceObject>> listed = new HashMap<>();

  DayInputs(DayLister lister, Layout layout) {
    this.lister = lister;
    this.layout = layout;
  }

  /** The day's own folder, and each other one that may hold events of it. */
  DayInput of(LocalDate date) throws IOException {
    List<SourceObject> others = new ArrayList<>();
    for (int days = -layout.ahead(); days <= layout.back(); days++) {
      if (days != 0) {
        others.addAll(folder(date.plusDays(days)));
      }
    }
    return new DayInput(date, folder(date), others);
  }

  /**
   * Lists a day once more, and requires that what was read is still there, and nothing new in the
   * day's own folder. Folders of other days may grow: their new objects are for the next load.
   *
   * @throws LoadFailedException that names an object which was added, removed or replaced
   */
  static void requireUnchanged(DayInput before, DayLister lister, Layout layout)
      throws IOException {
    DayInput now = new DayInputs(lister.again(before), layout).of(before.date());
    Map<String, SourceObject> found =
        now.all().stream().collect(Collectors.toMap(SourceObject::uri, Function.identity()));
    List<String> changed = new ArrayList<>();
    for (SourceObject object : before.all()) {
      if (!object.equals(found.remove(object.uri()))) {
        changed.add(object.uri());
      }
    }
    now.own().stream().map(SourceObject::uri).filter(found::containsKey).forEach(changed::add);
    if (!changed.isEmpty()) {
      throw new LoadFailedException(
          "objects changed while "
              + before.date()
              + " was loaded, "
              + changed.size()
              + " of them, such as "
              + changed.get(0)
              + ": load the day again when its objects are final");
    }
  }

  private List<SourceObject> folder(LocalDate date) throws IOException {
    List<SourceObject> objects = listed.get(date);
    if (objects == null) {
      objects = lister.list(date);
      listed.put(date, objects);
    }
    return objects;
  }
}
