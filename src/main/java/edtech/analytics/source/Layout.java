package edtech.analytics.source;

import java.io.Serializable;
import java.time.ZoneId;
import java.util.List;

/**
 * Where the objects of a day lie, and which days' events they may hold: a folder of day p those of
 * {@code p - back} to {@code p + ahead}.
 *
 * @param objects templates of names below {@code events-uri}, each with a whole date; empty = the
 *     native layout, {@code dt=yyyy-MM-dd/} with the suffixes of the contract
 * @param zone the zone of the dates in the templates
 * @param back in days, 0 or more
 * @param ahead in days, 0 or more
 */
public record Layout(List<Template> objects, ZoneId zone, int back, int ahead)
    implements Serializable {

  public Layout {
    objects = List.copyOf(objects);
  }

  public boolean isNative() {
    return objects.isEmpty();
  }

  /**
   * Whether an event of a day may lie in a folder of another. Days are epoch days.
   *
   * @param eventDay the event date
   * @param folderDay the date of the folder
   */
  public boolean isInOrder(int eventDay, int folderDay) {
    return eventDay >= folderDay - back && eventDay <= folderDay + ahead;
  }
}
