"""For pyspark: a day of events as views, through the JVM. Writes nothing.

In a pyspark shell or a notebook that has the job jar on its driver's class path:

    exec(open("conf/spark-shell/events.py").read())
    events("2026-03-01").groupBy("event_type").count().show()
"""

from pyspark.sql import DataFrame, SparkSession

spark = SparkSession.builder.getOrCreate()
event_shell = spark._jvm.edtech.analytics.shell.EventShell.open(spark._jsparkSession)


def events(date: str) -> DataFrame:
    """Parses a day: views events, rejected_events, user_day, daily_activity and so on."""
    return DataFrame(event_shell.events(date), spark)
