package edtech.analytics.input.line;

import edtech.analytics.config.Settings;
import edtech.analytics.measure.Measures;
import edtech.analytics.source.Source;
import java.io.Serializable;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Set;

/**
 * The settings for lines and events, as the executors get them.
 *
 * @param zone the zone whose date is the event date
 * @param types values of {@code event_type} that are more than plain events
 * @param successValues values of {@code task_result} that count as success, compared exactly
 * @param currency the one currency accepted, kept in upper case
 * @param placeholderIds texts that are no {@code user_id}, compared exactly
 * @param maxLineBytes longest line that is parsed, in bytes, without byte order mark, CR and LF
 * @param source how lines are to be read, and which days a folder holds
 * @param measures what is taken of an event beside its fields
 */
public record ParseRules(
    ZoneId zone,
    Settings.EventTypes types,
    Set<String> successValues,
    String currency,
    Set<String> placeholderIds,
    int maxLineBytes,
    Source source,
    Measures measures)
    implements Serializable {

  public ParseRules {
    successValues = Set.copyOf(successValues);
    currency = currency.toUpperCase(Locale.ROOT);
    placeholderIds = Set.copyOf(placeholderIds);
  }

  /** What the settings say. */
  public static ParseRules of(Settings settings) {
    Settings.Events events = settings.events();
    return new ParseRules(
        events.zone(),
        events.types(),
        events.successValues(),
        events.currency(),
        events.placeholderIds(),
        events.maxLineBytes(),
        settings.source(),
        settings.measures());
  }
}
