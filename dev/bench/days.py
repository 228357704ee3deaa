"""A backfill of many small days: seconds of each, from the ledger, and whether they grow."""

from datetime import date, timedelta
from itertools import pairwise
from statistics import mean

from . import measure
from .measure import FIRST, Figure
from .python_client import connect

# The start of Spark, and the first use of each class, are over by then.
STARTING = 10
WINDOW = 100
LEDGER = """
    SELECT toUnixTimestamp64Micro(assumeNotNull(finished_at)) / 1e6 FROM ops.loads
    WHERE event_date >= '{}' AND status = 'published' ORDER BY finished_at
"""


def main() -> None:
    """Generates the days in one go, loads them in one, reports."""
    days, events = measure.setting("DAYS", 365), measure.setting("EVENTS", 1000)
    first = date.fromisoformat(FIRST)
    last = first + timedelta(days=days - 1)
    before = (first - timedelta(days=1)).isoformat()
    measure.generate(before, events, "--days", str(days + 1))
    measure.load_uncounted(before)
    done = measure.run(measure.backfill(FIRST, last.isoformat()))
    finished = [row[0] for row in connect().query(LEDGER.format(FIRST)).result_rows]
    every, early, late = pace(finished)
    print(f"{days} days in {done.seconds:.1f} s: first {early:.2f} s a day, last {late:.2f} s")
    figures = [
        Figure(f"backfill of {days} days of {events}, seconds a day", every, "≤", 1, " s"),
    ]
    details = {
        "early_seconds_per_day": early,
        "late_seconds_per_day": late,
        "finished": finished,
        "backfill": done.details(),
    }
    measure.report("days", figures, details)


def pace(finished: list[float]) -> tuple[float, float, float]:
    """Seconds a day after the first ten: of all days, of the first and of the last of them.

    First and last are a hundred each, of fewer days than two hundred the halves.
    """
    ends = finished[STARTING - 1 :]
    seconds = [after - before for before, after in pairwise(ends)]
    if len(seconds) < 2:
        raise SystemExit(
            f"error: {len(finished)} days loaded, the first {STARTING} do not count:"
            f" give DAYS={STARTING + 2} or more"
        )
    window = min(WINDOW, len(seconds) // 2)
    return mean(seconds), mean(seconds[:window]), mean(seconds[-window:])


if __name__ == "__main__":
    main()
