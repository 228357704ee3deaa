"""``make long-runs``: what only shows after a long time, or on very much, each with its bound.

A backfill of a year of small days, a day of very many small files, a day of very many events. Takes
the services and DAYS, FILES and EVENTS from the environment; 0 leaves a run out. Prints a table,
writes it to target/long-runs.json, and fails when a bound is broken.
"""

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from dev.stack.services import ServiceError
from dev.stack.services.clickhouse import ask

RESULT = Path("target/long-runs.json")
TRUTH = Path("target/long-runs-truth.json")
POLL_SECONDS = 1.0

YEAR_FROM, FILES_DATE, LARGE_DATE = date(2025, 1, 1), date(2026, 3, 1), date(2026, 4, 1)
SMALL_DAY_USERS = 100
EVENTS_A_FILE = 10
EVENTS_A_USER = 4  # of the sample days, about

# The first days wait for the compiler. Then a hundred, or a third, against as many at the end.
WARM_UP_DAYS, COMPARED_DAYS = 20, 100
# A day may not cost more because others came before it. Reading, which asks no ClickHouse, tells
# how the machine became slower or faster meanwhile; a third more is what that leaves open.
MOST_SLOWER = 1.33
# The heap grows to what a day needs and stays there; what is kept of past days must not add to it.
MOST_MEMORY_GROWTH = 1.25
# 13 tables, each a partition by day and load in one part once merged, as the stage is before it is
# moved; some tables of a small day have no row. Beside them those of the ledger, however many days.
MOST_PARTS_A_DAY = 13
MOST_OTHER_PARTS = 200
# Those of two loads: a day is read while the one before is published, and each drops its own.
MOST_STAGE_TABLES = 26
# Two listings and a request for each file: 10,000 files in three minutes beside the start of Spark.
MOST_SECONDS_A_FILE = 0.018
MOST_START_SECONDS = 60
# The heap of spark-defaults.conf, and what a JVM with Spark holds beside it.
MOST_RESIDENT_MIB = 2048 + 1024


@dataclass(frozen=True)
class Sample:
    """What was seen at one moment of a run."""

    seconds: float
    resident_mib: int
    parts: int
    stage_tables: int


@dataclass(frozen=True)
class Figure:
    """One line of the table; the bound is the most it may be."""

    run: str
    name: str
    value: float
    bound: float | None = None

    @property
    def is_broken(self) -> bool:
        """Over its bound."""
        return self.bound is not None and self.value > self.bound


def main() -> int:
    """Runs what is asked for, reports, and says whether all bounds held."""
    wanted = ((year, "DAYS"), (many_files, "FILES"), (many_events, "EVENTS"))
    figures: list[Figure] = []
    try:
        for run, variable in wanted:
            if size := int(os.environ[variable]):
                figures += run(size)
    except ServiceError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return report(figures)


def year(days: int) -> list[Figure]:
    """A backfill of small days: the last must cost what the first did."""
    last = YEAR_FROM + timedelta(days=days - 1)
    generated(
        "generate",
        YEAR_FROM,
        f"--users={SMALL_DAY_USERS}",
        f"--days={days}",
        "--files=2",
        "--long-line-bytes=0",
    )
    samples = watched("backfill", f"FROM={YEAR_FROM}", f"TO={last}")
    of_days = f"event_date BETWEEN '{YEAR_FROM}' AND '{last}'"
    published = answer(
        f"SELECT toUnixTimestamp64Micro(published_at) FROM ops.publications WHERE {of_days} "
        "ORDER BY seq"
    )
    require(len(published), days, "published days")
    reading = answer(
        f"SELECT step_seconds['read'] FROM ops.loads WHERE {of_days} AND status = 'published' "
        "ORDER BY load_id"
    )
    # From one publication to the next.
    seconds = [(later - one) / 1e6 for one, later in pairwise(map(int, published))]
    first, final = first_and_last(seconds)
    first_reading, final_reading = first_and_last(list(map(float, reading)))
    quarter = len(samples) // 4
    middle = max(sample.resident_mib for sample in samples[quarter : 2 * quarter])
    end = max(sample.resident_mib for sample in samples[-quarter:])
    named = f"{days} days"
    return [
        Figure(named, "seconds a day, first", first),
        Figure(named, "seconds a day, last", final),
        Figure(named, "of these for reading, first", first_reading),
        Figure(named, "of these for reading, last", final_reading),
        Figure(
            named,
            "last / first, as if the machine had not changed",
            final / first / (final_reading / first_reading),
            MOST_SLOWER,
        ),
        Figure(named, "driver's memory in the second quarter, MiB", middle),
        Figure(named, "driver's memory in the last quarter, MiB", end, middle * MOST_MEMORY_GROWTH),
        Figure(
            named,
            "most parts at once",
            max(sample.parts for sample in samples),
            days * MOST_PARTS_A_DAY + MOST_OTHER_PARTS,
        ),
        Figure(
            named,
            "most stage tables at once",
            max(sample.stage_tables for sample in samples),
            MOST_STAGE_TABLES,
        ),
    ]


def first_and_last(of_days: list[float]) -> tuple[float, float]:
    """Medians of the first days after the warm-up, and of the last."""
    warm_up = min(WARM_UP_DAYS, len(of_days) // 4)
    compared = min(COMPARED_DAYS, len(of_days) // 3)
    first, last = of_days[warm_up : warm_up + compared], of_days[-compared:]
    return statistics.median(first), statistics.median(last)


def many_files(files: int) -> list[Figure]:
    """A day of very many small files: each counted, none lost."""
    users = max(1, files * EVENTS_A_FILE // EVENTS_A_USER)
    generated("generate", FILES_DATE, f"--users={users}", "--days=1", f"--files={files}")
    figures = one_day(
        f"{files} files", FILES_DATE, MOST_START_SECONDS + files * MOST_SECONDS_A_FILE
    )
    (listed,) = answer(
        f"SELECT source_objects FROM ops.loads WHERE event_date = '{FILES_DATE}' "
        "ORDER BY load_id DESC LIMIT 1"
    )
    require(int(listed), files, "files")
    return figures


def many_events(events: int) -> list[Figure]:
    """A day that is far larger than the heap."""
    generated("bench", LARGE_DATE, f"--events={events}")
    return one_day(f"{events} events", LARGE_DATE, None)


def one_day(run: str, day: date, most_seconds: float | None) -> list[Figure]:
    """Loads it and compares the ledger with what was generated."""
    samples = watched("load", f"DATE={day}")
    truth = json.loads(TRUTH.read_text())["days"][day.isoformat()]
    for count in ("lines_read", "accepted", "duplicates", "rejected"):
        (counted,) = answer(
            f"SELECT {count} FROM ops.loads WHERE event_date = '{day}' AND status = 'published'"
        )
        require(int(counted), truth[count], f"{count} of {day}")
    resident = max(sample.resident_mib for sample in samples)
    return [
        Figure(run, "seconds, start of Spark included", samples[-1].seconds, most_seconds),
        Figure(run, "most of the driver's memory, MiB", resident, MOST_RESIDENT_MIB),
        Figure(run, "events accepted, as many as were generated", truth["accepted"]),
    ]


def generated(kind: str, first: date, *options: str) -> None:
    """Sample days in the S3, and what they hold in TRUTH."""
    where = f"--{'from' if kind == 'generate' else 'date'}={first}"
    command = ["-m", "dev.sample", kind, where, *options, "--upload", f"--truth={TRUTH}"]
    subprocess.run([sys.executable, *command], check=True)


def watched(target: str, *arguments: str) -> list[Sample]:
    """Runs a make target to its end and looks at it all the while."""
    command = ["make", "--no-print-directory", target, *arguments]
    started = time.monotonic()
    samples: list[Sample] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as job:
        said: list[bytes] = []
        reader = threading.Thread(target=lambda: said.extend(job.stdout))
        reader.start()
        while job.poll() is None:
            parts, stage_tables = answer(
                "SELECT (SELECT count() FROM system.parts WHERE active AND database IN "
                "('store', 'stage', 'ops')), "
                "(SELECT count() FROM system.tables WHERE database = 'stage')"
            )
            samples.append(
                Sample(
                    time.monotonic() - started,
                    java_mib(job.pid),
                    int(parts),
                    int(stage_tables),
                )
            )
            time.sleep(POLL_SECONDS)
        reader.join()
    if job.returncode != 0:
        tail = b"".join(said[-20:]).decode(errors="replace")
        raise ServiceError(f"{' '.join(command)} failed:\n{tail}")
    return samples


def java_mib(pid: int) -> int:
    """Resident memory of the JVM below a process; 0 when there is none yet, or no longer."""
    with suppress(FileNotFoundError, ProcessLookupError):
        status = dict(
            line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        )
        if status["Name"].strip() == "java" and "VmRSS" in status:
            return int(status["VmRSS"].split()[0]) // 1024
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return max((java_mib(int(child)) for child in children), default=0)
    return 0


def answer(query: str) -> list[str]:
    """The values of a query, asked as the administrator."""
    names = ("CLICKHOUSE_URL", "CLICKHOUSE_USER", "CLICKHOUSE_PASSWORD")
    return ask(*(os.environ[name] for name in names), query).split()


def require(got: int, wanted: int, what: str) -> None:
    """Stops where the load did not do what it was run for."""
    if got != wanted:
        raise ServiceError(f"{what}: {got}, not {wanted}; look at make status")


def rounded(value: float) -> str:
    """Two decimals, none where there are none."""
    return f"{value:,.2f}".removesuffix(".00")


def report(figures: list[Figure]) -> int:
    """Prints and keeps the figures; 1 when one is over its bound."""
    width = max(len(figure.name) for figure in figures)
    print()
    for figure in figures:
        bound = "" if figure.bound is None else f"  at most {rounded(figure.bound)}"
        verdict = "  BROKEN" if figure.is_broken else ""
        print(
            f"{figure.run:16}  {figure.name:{width}}  {rounded(figure.value):>12}{bound}{verdict}"
        )
    RESULT.write_text(json.dumps([asdict(figure) for figure in figures], indent=1) + "\n")
    print(f"({RESULT})")
    broken = [f"{figure.run}, {figure.name}" for figure in figures if figure.is_broken]
    if broken:
        print(f"error: over their bounds: {'; '.join(broken)}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
