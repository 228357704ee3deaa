package edtech.analytics.load;

import edtech.analytics.input.DayInput;
import edtech.analytics.input.ObjectLister;
import edtech.analytics.input.SourceObject;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What each day is made of, by the listing of its prefixes. Lists each prefix once. */
final class DayInputs {
  private final ObjectLister lister;
  private final int latenessDays;
  private final Map<LocalDate, List<SourceObject>> listed = new HashMap<>();

  DayInputs(ObjectLister lister, int latenessDays) {
    this.lister = lister;
    this.latenessDays = latenessDays;
  }

  DayInput of(LocalDate date) throws IOException {
    List<SourceObject> later = new ArrayList<>();
    for (int days = 1; days <= latenessDays; days++) {
      later.addAll(prefix(date.plusDays(days)));
    }
    return new DayInput(date, prefix(date), later);
  }

  /**
   * Lists a day once more, and requires that nothing has changed.
   *
   * @throws LoadFailedException that names an object which was added, removed or replaced
   */
  static void requireUnchanged(DayInput before, ObjectLister lister, int latenessDays)
      throws IOException {
    DayInput now = new DayInputs(lister, latenessDays).of(before.date());
    if (now.equals(before)) {
      return;
    }
    Map<String, SourceObject> gone = new HashMap<>();
    before.all().forEach(object -> gone.put(object.uri(), object));
    List<String> changed = new ArrayList<>();
    for (SourceObject object : now.all()) {
      if (!object.equals(gone.remove(object.uri()))) {
        changed.add(object.uri());
      }
    }
    changed.addAll(gone.keySet());
    throw new LoadFailedException(
        "objects changed while "
            + before.date()
            + " was loaded, "
            + changed.size()
            + " of them, such as "
            + changed.get(0)
            + ": load the day again when its objects are final");
  }

  private List<SourceObject> prefix(LocalDate date) throws IOException {
    List<SourceObject> objects = listed.get(date);
    if (objects == null) {
      objects = lister.list(date);
      listed.put(date, objects);
    }
    return objects;
  }
}
