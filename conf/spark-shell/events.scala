// For spark-shell: a day of events as views. make spark-shell runs it; in any other, :load it.
import edtech.analytics.shell.EventShell

// Lazy: the shell runs this before it has made its session.
lazy val eventShell = EventShell.open(org.apache.spark.sql.SparkSession.builder().getOrCreate())

/** Parses a day: views events, rejected_events, user_day, daily_activity, … Writes nothing. */
def events(date: String) = eventShell.events(date)
