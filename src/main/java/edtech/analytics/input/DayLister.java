package edtech.analytics.input;

import edtech.analytics.source.Layout;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;

/** Lists the objects of days by a layout; which days a load needs is decided elsewhere. */
public interface DayLister {
  /**
   * The lister of a layout.
   *
   * @param eventsUri where all objects lie, without a slash at its end
   * @param warnings told of what makes listing slow
   */
  static DayLister of(
      Configuration hadoop, String eventsUri, Layout layout, Consumer<String> warnings) {
    return layout.isNative()
        ? new ObjectLister(hadoop, eventsUri)
        : new TemplateLister(hadoop, eventsUri, layout, warnings);
  }

  /** Where the objects of a date lie, for messages and the ledger. */
  String place(LocalDate date);

  /**
   * The objects of a date, sorted by name. Empty when there is none.
   *
   * @throws InputRefusedException when a name cannot be used, or the listing fails
   */
  List<SourceObject> list(LocalDate date) throws IOException;

  /**
   * What there is in place of a date's objects, for the message where there are none; '' when
   * nothing can be said.
   */
  String nearest(LocalDate date) throws IOException;

  /**
   * A lister that knows nothing of what was listed before, to see whether a day has changed.
   *
   * @param before the day
   */
  DayLister again(DayInput before);
}
