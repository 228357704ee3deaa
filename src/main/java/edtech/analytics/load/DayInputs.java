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

  private List<SourceObject> prefix(LocalDate date) throws IOException {
    List<SourceObject> objects = listed.get(date);
    if (objects == null) {
      objects = lister.list(date);
      listed.put(date, objects);
    }
    return objects;
  }
}
