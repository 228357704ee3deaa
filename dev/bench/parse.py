"""Parsing and validating: the job's reader against Spark's read.json.

Each into a sink that drops all rows, in one warm session, in turn, on the same objects: one day in
ASCII, and one with Cyrillic text in half of its lines. read.json is given the contract's fields as
text: a line's time may be text or a number. It checks nothing, and more exact types would only cost
it time.
"""

import os
import sys
from functools import partial

from pyspark.sql import DataFrame, SparkSession

from . import measure, raw_tables
from .measure import FIRST, LATER, Figure
from .session import open_session

DAYS = {"ascii": FIRST, "cyrillic": LATER}
OURS, READ_JSON = "job's reader", "read.json"


def main() -> None:
    """Generates both days, reads each in turn, reports."""
    events, rounds = measure.setting("EVENTS", 2_000_000), measure.setting("RUNS", 7)
    for screens, date in DAYS.items():
        measure.generate(date, events, "--screens", screens)
    spark = open_session()
    seconds: dict[str, dict[str, list[float]]] = {}
    for screens, date in DAYS.items():
        frames = {OURS: our_rows(spark, date, {}), READ_JSON: _json_rows(spark, date)}
        require_same_lines(frames[OURS], frames[READ_JSON])
        ways = {way: partial(measure.timed, partial(drain, rows)) for way, rows in frames.items()}
        print(f"{screens}: two rounds that are not counted, then {rounds}")
        measure.in_turn(ways, 2)
        seconds[screens] = measure.in_turn(ways, rounds)
    spark.stop()
    medians = {screens: measure.medians(ways) for screens, ways in seconds.items()}
    figures = [
        Figure(f"parse ÷ read.json, {screens} day", ways[OURS] / ways[READ_JSON], "≤", 0.8)
        for screens, ways in medians.items()
    ]
    measure.report("parse", figures, {"events": events, "medians": medians, "seconds": seconds})


def our_rows(spark: SparkSession, date: str, overrides: dict[str, str]) -> DataFrame:
    """What the first step of a load reads: input.EventSource of the objects listed."""
    java = spark._jvm.java
    job = spark._jvm.edtech.analytics
    settings = job.config.SettingsReader.readForEvents(
        java.util.Optional.empty(), java.lang.System.getenv(), overrides
    )
    rules = job.input.line.ParseRules.of(settings.events(), settings.source())
    hadoop, layout = spark._jsc.hadoopConfiguration(), settings.source().layout()
    lister = job.input.DayLister.of(hadoop, settings.eventsUri(), layout, None)
    day = java.time.LocalDate.parse(date)
    selection = job.input.Selection(lister.list(day), rules, day, day, job.input.ErasedUsers.NONE)
    return DataFrame(job.input.EventSource.read(spark._jsparkSession, selection), spark)


def _json_rows(spark: SparkSession, date: str) -> DataFrame:
    schema = ", ".join(f"{name} string" for name in raw_tables.FIELDS)
    uri = os.environ["EVENTS_URI"].rstrip("/")
    return spark.read.schema(schema).json(f"{uri}/dt={date}/")


def require_same_lines(rows: DataFrame, json: DataFrame) -> None:
    """Ends the process unless both read equally many lines."""
    of_pieces = rows.where("row_kind = 'lines'").selectExpr("sum(lines - blank_lines)")
    ours, theirs = of_pieces.head()[0], json.count()
    if ours != theirs:
        sys.exit(f"error: the job's reader counts {ours} lines, read.json {theirs}: same objects?")


def drain(rows: DataFrame) -> None:
    """Reads all rows."""
    rows.write.format("noop").mode("overwrite").save()


if __name__ == "__main__":
    main()
