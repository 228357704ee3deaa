"""What dimensions and metrics cost: a whole load with three of each against one with none."""

import tempfile
from functools import partial
from pathlib import Path

from . import measure
from .measure import FIRST, LATER, Figure

SMALL_DAY = 1000
NONE = "dimensions.platform = null"
THREE = """
dimensions { country = "country", app_version = "app_version" }
metrics {
  lessons_completed { event-types = ["lesson_complete"] }
  study_minutes { event-types = ["lesson_complete"], sum = "minutes" }
  videos_finished { event-types = ["video_play"], where { finished = ["true"] } }
}
"""
WITHOUT, WITH = "without", "three dimensions, three metrics"


def main() -> None:
    """Generates the day, loads it in turn with both settings, reports."""
    events, rounds = measure.setting("EVENTS", 2_000_000), measure.setting("RUNS", 3)
    measure.generate(FIRST, events, "--clean", "--gzip")
    measure.generate(LATER, SMALL_DAY)
    measure.load_uncounted(LATER)
    with tempfile.TemporaryDirectory() as folder:
        loads = {}
        for way, settings in ((WITHOUT, NONE), (WITH, THREE)):
            file = Path(folder) / f"{len(loads)}.conf"
            file.write_text(settings, encoding="utf-8")
            loads[way] = partial(
                measure.seconds_of_load,
                measure.load(FIRST, f"ARGS=--force --config {file}"),
                events,
            )
        seconds = measure.in_turn(loads, rounds)
    medians = measure.medians(seconds)
    figure = Figure(f"load with {WITH} ÷ without", medians[WITH] / medians[WITHOUT], "≤", 1.15)
    details = {"events": events, "medians": medians, "seconds": seconds}
    measure.report("segments", [figure], details)


if __name__ == "__main__":
    main()
