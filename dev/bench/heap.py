"""A day on which one user has HEAVY events, loaded with the heap of conf/spark-defaults.conf.

A user's events meet in one task, whatever the number of partitions, so that this is the day that
needs most memory for its size.
"""

from . import measure
from .measure import FIRST, LATER, Figure

SMALL_DAY = 1000


def main() -> None:
    """Generates the day, loads it, reports."""
    events = measure.setting("EVENTS", 2_000_000)
    heavy = measure.setting("HEAVY", events // 2)
    measure.generate(LATER, SMALL_DAY)
    measure.generate(FIRST, events, "--heavy-user", str(heavy))
    measure.load_uncounted(LATER)
    done = measure.attempt(measure.load(FIRST))
    print(f"{done.seconds:.1f} s, peak of resident memory {done.peak_bytes / 2**30:.2f} GiB")
    is_loaded = done.exit_code == 0
    if not is_loaded:
        print(done.output[-2000:])
    figures = [
        Figure(f"one user with {heavy} of {events} events: loads that pass", is_loaded, "≥", 1)
    ]
    measure.report("heap", figures, {"events": events, "heavy": heavy, "load": done.details()})


if __name__ == "__main__":
    main()
