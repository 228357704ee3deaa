"""Seconds per million events of a cold load: of a large day against one FACTOR times smaller.

The small day is loaded before and after the large one, so that a machine that grows slower or
faster meanwhile shows in neither's favour.
"""

import shutil
import sys
from pathlib import Path
from statistics import median

from . import measure
from .measure import FIRST, LATER, MILLION, Figure, Run
from .python_client import connect

# Of one event, on disk: the object's line, the tables, and what Spark shuffles.
DISK_BYTES = 500


def main() -> None:
    """Generates both days, loads them, reports."""
    events, factor = measure.setting("EVENTS", 2_000_000), measure.setting("FACTOR", 10)
    runs = measure.setting("RUNS", 1)
    large = events * factor
    _require_disk(events + large)
    measure.generate(FIRST, events)
    measure.generate(LATER, large)
    measure.load_uncounted(FIRST)
    loads = {events: [], large: []}
    for _ in range(runs):
        for date, size in ((FIRST, events), (LATER, large), (FIRST, events)):
            loads[size].append(_load(date, size))
    seconds = {
        size: median(run.seconds / size * MILLION for run in of_size)
        for size, of_size in loads.items()
    }
    stored = _stored_bytes(LATER) / large
    print(f"{stored:.0f} bytes of all tables on the server's disk for an event")
    figures = [
        Figure(
            f"seconds per million, {large} ÷ {events} events",
            seconds[large] / seconds[events],
            "≤",
            1.15,
        )
    ]
    details = {
        "seconds_per_million": seconds,
        "stored_bytes_per_event": stored,
        "loads": {size: [run.details() for run in of_size] for size, of_size in loads.items()},
    }
    measure.report("scale", figures, details)


def _require_disk(events: int) -> None:
    needed, free = events * DISK_BYTES, shutil.disk_usage(Path()).free
    print(f"disk: about {needed / 1e9:.1f} GB needed, {free / 1e9:.1f} GB free")
    if needed > free:
        sys.exit("error: too little disk: free some, or give a smaller EVENTS or FACTOR")


def _load(date: str, events: int) -> Run:
    done = measure.run(measure.load(date))
    print(f"{events} events: {done.seconds:.1f} s, peak {done.peak_bytes / 2**30:.2f} GiB")
    return done


def _stored_bytes(date: str) -> int:
    query = (
        "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'store' "
        f"AND partition LIKE '%{date}%'"
    )
    return connect().query(query).result_rows[0][0]
