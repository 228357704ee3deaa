"""Seconds per million events of a cold load: of a large day against one FACTOR times smaller.

The small day is loaded before and after the large one, so that a machine that grows slower or
faster meanwhile shows in neither's favour.
"""

import shutil
import sys
from pathlib import Path
from statistics import mean

from . import measure
from .measure import FIRST, LATER, MILLION, Figure, Run
from .python_client import number

# Of one event, on disk: the object's line, the tables, and what Spark shuffles.
DISK_BYTES = 500


def main() -> None:
    """Generates both days, loads them, reports."""
    events, factor = measure.setting("EVENTS", 2_000_000), measure.setting("FACTOR", 10)
    large = events * factor
    _require_disk(events + large)
    measure.generate(FIRST, events)
    measure.generate(LATER, large)
    measure.load_uncounted(FIRST)
    before = _load(FIRST, events)
    received = _received_bytes()
    of_large = _load(LATER, large)
    received = (_received_bytes() - received) / large
    stored = _stored_bytes(LATER) / large
    after = _load(FIRST, events)
    print(f"for an event the server received {received:.0f} bytes, and keeps {stored:.0f} on disk")
    of_small = mean((before.seconds, after.seconds)) / events * MILLION
    per_million = {"small": of_small, "large": of_large.seconds / large * MILLION}
    ratio = per_million["large"] / per_million["small"]
    figures = [Figure(f"seconds per million, {large} ÷ {events} events", ratio, "≤", 1.15)]
    details = {
        "seconds_per_million": per_million,
        "received_bytes_per_event": received,
        "stored_bytes_per_event": stored,
        "loads": {
            "small": [before.details(), after.details()],
            "large": of_large.details(),
        },
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
    """Of all loads of a day, in all tables."""
    return number(
        "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'store' "
        f"AND partition LIKE '%{date}%'"
    )


def _received_bytes() -> int:
    return number("SELECT value FROM system.events WHERE event = 'NetworkReceiveBytes'")


if __name__ == "__main__":
    main()
