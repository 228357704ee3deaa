"""``make bench``: the load against the other ways, in turn, on the same day.

Each way is a cold process and fills the same five raw tables; that their rows are the same is
checked before anything is timed. The load fills eight tables more, and checks.
"""

import os
import sys
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from . import measure, raw_tables
from .clickhouse_alone import DATABASE as CLICKHOUSE_ALONE
from .measure import FIRST, Figure
from .python_client import DATABASE as PYTHON_CLIENT
from .python_client import digest, number
from .python_text import DATABASE as PYTHON_TEXT
from .session import JDBC_JARS, S3A_JARS, s3_options
from .spark_jdbc import DATABASE as SPARK_JDBC


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", f"dev.bench.{module}", FIRST]


def _spark_jdbc() -> list[str]:
    home = Path(os.environ["SPARK_HOME"])
    return [
        str(home / "bin/spark-submit"),
        *("--master", "local[2]", "--driver-memory", "2g"),
        *("--driver-class-path", f"{S3A_JARS}:{JDBC_JARS}"),
        *("--conf", "spark.ui.enabled=false", "--conf", "spark.sql.session.timeZone=UTC"),
        *("--driver-java-options", "-Dlog4j2.configurationFile=conf/log4j2.properties"),
        *s3_options(),
        *("dev/bench/spark_jdbc.py", FIRST),
    ]


OURS, CLIENT, JDBC, ALONE = (
    "load",
    "python, official client",
    "spark, JDBC",
    "clickhouse alone",
)
LATER_DAY = "later day of a backfill"
# The third of four: JVM and server are warm, and a day is read beside it, as in a long range.
DAYS = [(date.fromisoformat(FIRST) + timedelta(days=n)).isoformat() for n in range(4)]
WAYS = {
    OURS: measure.load(FIRST),
    CLIENT: _python("python_client"),
    "python, text by hand": _python("python_text"),
    JDBC: _spark_jdbc(),
    ALONE: _python("clickhouse_alone"),
}
DATABASES = {
    CLIENT: PYTHON_CLIENT,
    "python, text by hand": PYTHON_TEXT,
    JDBC: SPARK_JDBC,
    ALONE: CLICKHOUSE_ALONE,
}


def main() -> None:
    """Generates the day, compares the tables, times the ways in turn, reports ratios."""
    events, runs = measure.setting("EVENTS", 2_000_000), measure.setting("RUNS", 3)
    for day in DAYS:
        measure.generate(day, events, "--clean")
    # The run that is compared also warms the file cache.
    measure.load_uncounted(FIRST)
    for way in DATABASES:
        print(f"{way}: {measure.run(WAYS[way]).seconds:.1f} s, not counted", flush=True)
    _compare()
    seconds = measure.in_turn(
        {way: partial(_seconds, command) for way, command in WAYS.items()}, runs
    )
    seconds |= measure.in_turn({LATER_DAY: _later_day}, runs)
    _report(events, seconds)


def _compare() -> None:
    """Stops unless each way's five tables hold the rows of the published ones."""
    where = f"event_date = '{FIRST}'"
    for table in raw_tables.TABLES:
        ours = digest(f"raw.{table}", table, where)
        for way, database in DATABASES.items():
            theirs = digest(f"{database}.{table}", table, where)
            if theirs != ours:
                sys.exit(
                    f"error: {table}: {way} has {theirs[0]} rows, the load {ours[0]}; "
                    f"compare raw.{table} with {database}.{table}"
                )
    print("the five raw tables hold the same rows, whichever way they were loaded")


def _seconds(command: list[str]) -> float:
    return measure.run(command).seconds


def _later_day() -> float:
    """Seconds that one more day adds to a backfill, while the one after it is read."""
    measure.run(measure.backfill(DAYS[0], DAYS[-1]))
    return number(
        "SELECT dateDiff('microsecond', min(finished_at), max(finished_at)) / 1e6 FROM (SELECT"
        " event_date, argMax(finished_at, load_id) AS finished_at FROM ops.loads"
        f" WHERE event_date IN ('{DAYS[1]}', '{DAYS[2]}') GROUP BY event_date)"
    )


def _report(events: int, seconds: dict[str, list[float]]) -> None:
    medians = measure.medians(seconds)
    ratios = {way: medians[OURS] / medians[way] for way in DATABASES}
    print(f"\n{events} events, {len(seconds[OURS])} runs, medians")
    for way, median in medians.items():
        ratio = f"   load / this = {ratios[way]:.2f}" if way in ratios else ""
        print(f"  {way:24} {median:6.1f} s{ratio}")
    figures = [
        Figure(f"load ÷ {CLIENT}", ratios[CLIENT], "≤", 0.45),
        Figure(f"load ÷ {JDBC}", ratios[JDBC], "≤", 0.4),
        Figure(f"{LATER_DAY} ÷ {ALONE}", medians[LATER_DAY] / medians[ALONE], "≤", 3.0),
    ]
    details = {"events": events, "seconds": seconds, "load_divided_by": ratios}
    measure.report("ways", figures, details)


if __name__ == "__main__":
    main()
