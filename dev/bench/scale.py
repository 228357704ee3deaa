"""A large day: against one FACTOR times smaller, against other ways, and what an event of it costs.

The small day is loaded before and after the large one, so that a machine that grows slower or
faster meanwhile shows in neither's favour. The large day is loaded in turn with ClickHouse alone;
plain Python, which takes minutes, loads it once, with PLAIN_PYTHON=none never.
"""

import os
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

from . import measure
from .measure import FIRST, LATER, MILLION, Figure, Run
from .python_client import number

# Of one event, on disk: the object's line, what Spark shuffles, the tables of all ways and loads.
DISK_BYTES = 1000
# So many in a row without a merge, and all are done: the server lets some pass between two.
QUIET_SECONDS = 20


@dataclass(frozen=True)
class Load:
    """A load, with what the server used for it, merges behind it included."""

    run: Run
    server_seconds: float
    received_bytes: float

    def details(self) -> dict:
        """Its figures, for a report."""
        server = {"server_seconds": self.server_seconds, "received_bytes": self.received_bytes}
        return self.run.details() | server


def main() -> None:
    """Generates both days, loads them, reports."""
    events, factor = measure.setting("EVENTS", 2_000_000), measure.setting("FACTOR", 10)
    rounds, large = measure.setting("RUNS", 3), events * factor
    _require_disk(events + large)
    # The other ways would keep bad lines, or stop at one; and only days alike can be compared.
    measure.generate(FIRST, events, "--clean")
    measure.generate(LATER, large, "--clean")
    measure.load_uncounted(FIRST)
    small, loads, alone = [_load(FIRST, events)], [], []
    for _ in range(rounds):
        loads.append(_load(LATER, large))
        alone.append(_other("clickhouse_alone"))
    stored = _stored_bytes(LATER)
    small.append(_load(FIRST, events))
    python = None if os.environ.get("PLAIN_PYTHON") == "none" else _other("python_client")
    seconds = median(load.run.seconds for load in loads)
    per_million = {
        "small": mean(load.run.seconds for load in small) / events * MILLION,
        "large": seconds / large * MILLION,
    }
    per_event = {
        "Spark": median(load.run.processor_seconds for load in loads) / large * MILLION,
        "the server": median(load.server_seconds for load in loads) / large * MILLION,
    }
    received = loads[0].received_bytes / large
    print(f"for an event the server received {received:.0f} bytes, and keeps {stored:.0f} on disk")
    ratio = per_million["large"] / per_million["small"]
    figures = [
        Figure(f"seconds per million, {large} ÷ {events} events", ratio, "≤", 1.15),
        Figure(f"load of {large} events ÷ clickhouse alone", seconds / median(alone), "≤", 3.5),
        Figure("processor time of Spark for an event", per_event["Spark"], "≤", 4.5, " µs"),
        Figure("that of the server, with merges", per_event["the server"], "≤", 2.2, " µs"),
    ]
    if python:
        figures.append(Figure("load ÷ python, official client", seconds / python, "≤", 0.25))
    details = {
        "seconds_per_million": per_million,
        "received_bytes_per_event": received,
        "stored_bytes_per_event": stored,
        "clickhouse_alone_seconds": alone,
        "python_client_seconds": python,
        "loads": {
            "small": [load.details() for load in small],
            "large": [load.details() for load in loads],
        },
    }
    measure.report("scale", figures, details)


def _require_disk(events: int) -> None:
    needed, free = events * DISK_BYTES, shutil.disk_usage(Path()).free
    print(f"disk: about {needed / 1e9:.1f} GB needed, {free / 1e9:.1f} GB free")
    if needed > free:
        sys.exit("error: too little disk: free some, or give a smaller EVENTS or FACTOR")


def _load(date: str, events: int) -> Load:
    server = measure.server()
    used, received = measure.processor_seconds(server), _received_bytes()
    done = measure.run(measure.load(date))
    received = _received_bytes() - received
    _wait_for_merges()
    used = measure.processor_seconds(server) - used
    print(
        f"{events} events: {done.seconds:.1f} s, peak {done.peak_bytes / 2**30:.2f} GiB, processor"
        f" time {done.processor_seconds:.1f} s and the server's {used:.1f} s",
        flush=True,
    )
    return Load(done, used, received)


def _other(way: str) -> float:
    """Seconds of another way to load the large day."""
    seconds = measure.run([sys.executable, "-m", f"dev.bench.{way}", LATER]).seconds
    print(f"{way}: {seconds:.1f} s", flush=True)
    _wait_for_merges()
    return seconds


def _wait_for_merges() -> None:
    quiet = 0
    while quiet < QUIET_SECONDS:
        time.sleep(1)
        quiet = 0 if number("SELECT count() FROM system.merges") else quiet + 1


def _stored_bytes(date: str) -> float:
    """Of an event of a day, in all tables."""
    return number(
        "SELECT sum(bytes_on_disk) / sumIf(rows, table = 'raw_events') FROM system.parts "
        f"WHERE active AND database = 'store' AND partition LIKE '%{date}%'"
    )


def _received_bytes() -> int:
    return number("SELECT value FROM system.events WHERE event = 'NetworkReceiveBytes'")


if __name__ == "__main__":
    main()
