"""A cold load of a small day: seconds of the whole command."""

from . import measure
from .measure import FIRST, Figure


def main() -> None:
    """Generates the day, loads it several times, reports."""
    events, runs = measure.setting("EVENTS", 1000), measure.setting("RUNS", 5)
    measure.generate(FIRST, events)
    measure.load_uncounted(FIRST)
    way = f"load of {events} events"
    seconds = measure.in_turn({way: lambda: measure.run(measure.load(FIRST)).seconds}, runs)
    figures = [Figure(f"cold {way}", measure.medians(seconds)[way], "≤", 6, " s")]
    measure.report("small", figures, {"events": events, "seconds": seconds})


if __name__ == "__main__":
    main()
