"""A cold load of a small day beside a Spark application of the same settings that does nothing."""

import os
from functools import partial
from pathlib import Path

from . import measure
from .measure import FIRST, Figure, Run
from .session import S3A_JARS

EMPTY_JAR = "target/bench/empty.jar"
LOAD, EMPTY = "cold load", "empty Spark application"


def main() -> None:
    """Generates the day, runs both in turn, reports."""
    events, rounds = measure.setting("EVENTS", 1000), measure.setting("RUNS", 5)
    measure.generate(FIRST, events)
    measure.load_uncounted(FIRST)
    ways = {LOAD: ["bin/edtech", "load", "--date", FIRST, "--force"], EMPTY: _empty()}
    runs: dict[str, list[Run]] = {way: [] for way in ways}
    seconds = measure.in_turn(
        {way: partial(_seconds, command, runs[way]) for way, command in ways.items()}, rounds
    )
    processor = {way: [run.processor_seconds for run in of_way] for way, of_way in runs.items()}
    medians, busy = measure.medians(seconds), measure.medians(processor)
    print(f"\nprocessor seconds: {LOAD} {busy[LOAD]:.1f}, {EMPTY} {busy[EMPTY]:.1f}")
    figures = [
        Figure(f"{LOAD} of {events} events ÷ {EMPTY}", medians[LOAD] / medians[EMPTY], "≤", 1.5),
        Figure(f"{LOAD} of {events} events", medians[LOAD], "≤", 6, " s"),
    ]
    details = {"events": events, "seconds": seconds, "processor_seconds": processor}
    measure.report("small", figures, details)


def _empty() -> list[str]:
    """The command line of ``bin/edtech load`` with another program, the class archive included."""
    root = Path.cwd()
    options = [
        f"-Dlog4j2.configurationFile={root}/conf/log4j2.properties",
        f"-XX:SharedArchiveFile={root}/target/edtech-analytics.jsa",
        "-Xlog:cds*=off",
    ]
    return [
        str(Path(os.environ["SPARK_HOME"]) / "bin/spark-submit"),
        *("--properties-file", "conf/spark-defaults.conf"),
        *("--driver-class-path", f"{os.environ['JOB_JAR']}:{root}/{S3A_JARS}"),
        *("--driver-java-options", " ".join(options)),
        *("--class", "EmptyApplication", EMPTY_JAR),
    ]


def _seconds(command: list[str], runs: list[Run]) -> float:
    runs.append(measure.run(command))
    return runs[-1].seconds


if __name__ == "__main__":
    main()
