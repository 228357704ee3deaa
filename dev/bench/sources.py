"""Events in Segment's form: a whole load against the native day, and its reader against read.json.

The days hold the same events. Each line of Segment's is nearly three times as long, and a session
begins with one that is no event.
"""

import os
from functools import partial

from pyspark.sql import DataFrame, SparkSession

from . import measure, parse, segment
from .measure import FIRST, LATER, Figure
from .session import open_session

PRESET = "segment"
OURS, READ_JSON = "job's reader", "read.json"
SMALL_DAY = 1000
# What the preset reads, with its subtrees of properties; properties and campaign as they may be.
SCHEMA = """messageId string, userId string, anonymousId string, event string, name string,
    type string, timestamp string, channel string,
    context struct<sessionId: string, device: struct<type: string>, os: struct<name: string>,
        page: struct<path: string>, campaign: map<string, string>>,
    properties map<string, string>"""


def main() -> None:
    """Generates both days, loads each in turn, reads that of Segment's form in turn, reports."""
    events, rounds = measure.setting("EVENTS", 2_000_000), measure.setting("RUNS", 3)
    measure.generate(FIRST, events, "--clean", "--gzip")
    measure.generate(LATER, SMALL_DAY)
    lines = segment.put(FIRST)
    print(f"{FIRST}: {lines} lines in Segment's form")
    measure.load_uncounted(LATER)
    loads = {
        "native": partial(measure.seconds_of_load, measure.load(FIRST), events),
        PRESET: partial(
            measure.seconds_of_load,
            measure.load(FIRST, f"ARGS=--force --set source.preset={PRESET}"),
            events,
        ),
    }
    seconds = measure.in_turn(loads, rounds)
    seconds |= _read(rounds)
    medians = measure.medians(seconds)
    figures = [
        Figure("load ÷ that of the native day", medians[PRESET] / medians["native"], "≤", 1.5),
        Figure("parse and map ÷ read.json", medians[OURS] / medians[READ_JSON], "≤", 0.7),
    ]
    details = {"events": events, "lines": lines, "medians": medians, "seconds": seconds}
    measure.report("sources", figures, details)


def _read(rounds: int) -> dict[str, list[float]]:
    spark = open_session()
    frames = {
        OURS: parse.our_rows(spark, FIRST, {"source.preset": PRESET}),
        READ_JSON: _json(spark),
    }
    parse.require_same_lines(frames[OURS], frames[READ_JSON])
    ways = {way: partial(measure.timed, partial(parse.drain, rows)) for way, rows in frames.items()}
    print(f"two rounds that are not counted, then {2 * rounds + 1}")
    measure.in_turn(ways, 2)
    seconds = measure.in_turn(ways, 2 * rounds + 1)
    spark.stop()
    return seconds


def _json(spark: SparkSession) -> DataFrame:
    uri = os.environ["EVENTS_URI"].rstrip("/")
    return spark.read.schema(SCHEMA).json(f"{uri}/{segment.folder(FIRST)}")


if __name__ == "__main__":
    main()
