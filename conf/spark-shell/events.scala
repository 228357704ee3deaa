// For spark-shell -I: a day of events as views. make spark-shell passes it.
import edtech.analytics.shell.EventShell

val eventShell = EventShell.open(spark)

/** Parses a day: views events, rejected_events, user_day, daily_activity, … Writes nothing. */
def events(date: String) = eventShell.events(date)
