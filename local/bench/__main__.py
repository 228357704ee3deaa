"""``make bench``: the load against the other ways, in turn, on the same day.

Each way is a cold process and fills the same five raw tables; that their rows are the same is
checked before anything is timed. The load fills eight tables more, and checks.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from . import raw_tables
from .clickhouse_alone import DATABASE as CLICKHOUSE_ALONE
from .python_client import DATABASE as PYTHON_CLIENT
from .python_client import connect
from .python_text import DATABASE as PYTHON_TEXT
from .spark_jdbc import DATABASE as SPARK_JDBC

FIRST, LATER = "2026-04-01", "2026-04-02"
RESULT = Path("target/bench.json")
S3A = ("path.style.access=true", "endpoint={}".format(os.environ.get("S3_ENDPOINT", "")))


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", f"local.bench.{module}", FIRST]


def _spark_jdbc() -> list[str]:
    home = Path(os.environ["SPARK_HOME"])
    options = [f"--conf=spark.hadoop.fs.s3a.{setting}" for setting in S3A]
    jars = "target/s3a-jars/*:local/bench/jdbc/target/lib/*"
    return [
        str(home / "bin/spark-submit"),
        *("--master", "local[2]", "--driver-memory", "2g", "--driver-class-path", jars),
        *("--conf", "spark.ui.enabled=false", "--conf", "spark.sql.session.timeZone=UTC"),
        *("--driver-java-options", "-Dlog4j2.configurationFile=conf/log4j2.properties"),
        *options,
        *("local/bench/spark_jdbc.py", FIRST),
    ]


OURS = "load"
WAYS = {
    OURS: ["make", "--no-print-directory", "load", f"DATE={FIRST}", "ARGS=--force"],
    "python, official client": _python("python_client"),
    "python, text by hand": _python("python_text"),
    "spark, JDBC": _spark_jdbc(),
    "clickhouse alone": _python("clickhouse_alone"),
}
DATABASES = {
    "python, official client": PYTHON_CLIENT,
    "python, text by hand": PYTHON_TEXT,
    "spark, JDBC": SPARK_JDBC,
    "clickhouse alone": CLICKHOUSE_ALONE,
}


def main() -> int:
    """Generates the day, compares the tables, times the ways in turn, reports ratios."""
    events, runs = int(os.environ["EVENTS"]), int(os.environ["RUNS"])
    for date in (FIRST, LATER):
        options = ["--events", str(events), "--date", date, "--clean", "--upload"]
        subprocess.run([sys.executable, "-m", "local.sample", "bench", *options], check=True)
    # The run that is compared also warms the file cache, and makes the class archive.
    for way, command in WAYS.items():
        seconds = _timed([*command, *(["ARCHIVE=1"] if way == OURS else [])])
        print(f"{way}: {seconds:.1f} s, not counted", flush=True)
    _compare()
    seconds: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(runs):
        for way, command in WAYS.items():
            seconds[way].append(_timed(command))
            print(f"{way}: {seconds[way][-1]:.1f} s", flush=True)
    warm = [_later_day() for _ in range(runs)]
    return _report(events, seconds, warm)


def _compare() -> None:
    """Stops unless each way's five tables hold the rows of the published ones."""
    client = connect()
    for table in raw_tables.TABLES:
        columns = ", ".join(raw_tables.columns(table))
        # A sum of hashes of rows: the order of rows, and which server parts they are in, is free.
        query = (
            f"SELECT count(), sum(cityHash64(toString(tuple({columns})))) FROM {{}}.{table} "
            f"WHERE event_date = '{FIRST}'"
        )
        ours = client.query(query.format("raw")).result_rows
        for way, database in DATABASES.items():
            theirs = client.query(query.format(database)).result_rows
            if theirs != ours:
                sys.exit(
                    f"error: {table}: {way} has {theirs[0][0]} rows, the load {ours[0][0]}; "
                    f"compare raw.{table} with {database}.{table}"
                )
    print("the five raw tables hold the same rows, whichever way they were loaded")


def _later_day() -> float:
    """Seconds of the second day of a backfill: from its start to its publication."""
    dates = [f"FROM={FIRST}", f"TO={LATER}", "ARGS=--force"]
    _timed(["make", "--no-print-directory", "backfill", *dates])
    (row,) = (
        connect()
        .query(
            "SELECT dateDiff('microsecond', started_at, finished_at) / 1e6 FROM ops.loads "
            f"WHERE event_date = '{LATER}' ORDER BY load_id DESC LIMIT 1"
        )
        .result_rows
    )
    print(f"later day of a backfill: {row[0]:.1f} s", flush=True)
    return row[0]


def _timed(command: list[str]) -> float:
    started = time.monotonic()
    environment = os.environ | {"PYTHONPATH": "."}
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    )
    if done.returncode != 0:
        sys.exit(f"error: {' '.join(command)} failed:\n{done.stdout[-2000:]}")
    return time.monotonic() - started


def _report(events: int, seconds: dict[str, list[float]], warm: list[float]) -> int:
    medians = {way: statistics.median(values) for way, values in seconds.items()}
    ratios = {way: medians[OURS] / medians[way] for way in DATABASES}
    later = statistics.median(warm)
    alone = later / medians["clickhouse alone"]
    print(f"\n{events} events, {len(warm)} runs, medians")
    for way, median in medians.items():
        ratio = f"   load / this = {ratios[way]:.2f}" if way in ratios else ""
        print(f"  {way:24} {median:6.1f} s{ratio}")
    print(f"  {'later day of a backfill':24} {later:6.1f} s   / clickhouse alone = {alone:.2f}")
    result = {
        "events": events,
        "seconds": seconds,
        "later_day": warm,
        "load_divided_by": ratios,
        "later_day_divided_by_clickhouse": alone,
    }
    RESULT.write_text(json.dumps(result, indent=1))
    print(f"  ({RESULT})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
