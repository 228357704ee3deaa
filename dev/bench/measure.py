"""What the benchmarks have in common: commands timed, figures reported beside their targets.

The services are those of the environment; each benchmark's settings are variables of it, too.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Literal

from dev.stack.services.process import Service

FIRST, LATER = "2026-04-01", "2026-04-02"
RESULTS = Path("target/bench")
MILLION = 1_000_000
# What the kernel counts resident memory in.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


def setting(name: str, default: int) -> int:
    """A whole number from the environment; empty means the default."""
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or int(text) < 1:
        sys.exit(f"error: {name} is '{text}': give a whole number from 1 on")
    return int(text)


@dataclass(frozen=True)
class Run:
    """A command that has ended.

    Processor seconds are those of all its processes, the peak of resident memory is that of the
    largest: of a load, the driver's JVM.
    """

    exit_code: int
    seconds: float
    processor_seconds: float
    peak_bytes: int
    output: str

    def details(self) -> dict:
        """Its figures, for a report."""
        figures = asdict(self)
        del figures["output"]
        return figures


def attempt(command: Sequence[str]) -> Run:
    """Runs a command, whatever its end."""
    with tempfile.TemporaryFile("w+") as output:
        started = time.monotonic()
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONPATH": "."},
        )
        # Not Popen.wait(), which does not say what the child has used.
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.monotonic() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        return Run(
            exit_code=child.returncode,
            seconds=seconds,
            processor_seconds=used.ru_utime + used.ru_stime,
            peak_bytes=used.ru_maxrss * RSS_UNIT,
            output=output.read(),
        )


def run(command: Sequence[str]) -> Run:
    """Runs a command that has to succeed."""
    done = attempt(command)
    if done.exit_code != 0:
        sys.exit(f"error: {' '.join(command)} failed:\n{done.output[-2000:]}")
    return done


def timed(work: Callable[[], object]) -> float:
    """Seconds of something in this process."""
    started = time.monotonic()
    work()
    return time.monotonic() - started


def in_turn(ways: dict[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each way in each round, so that a slow minute of the machine meets all of them."""
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, measured in ways.items():
            seconds[way].append(measured())
            print(f"{way}: {seconds[way][-1]:.2f} s", flush=True)
    return seconds


def medians(seconds: dict[str, list[float]]) -> dict[str, float]:
    """The median of each way."""
    return {way: median(values) for way, values in seconds.items()}


def generate(date: str, events: int, *options: str) -> None:
    """Puts a day, or more with ``--days``, where the load looks for it."""
    command = [sys.executable, "-m", "dev.sample", "bench", "--upload"]
    done = run([*command, "--date", date, "--events", str(events), *options])
    print(f"{date}: {done.output.strip()}", flush=True)


def load(date: str, *options: str) -> list[str]:
    """The command of a cold load, also of a day that is published already."""
    return ["make", "--no-print-directory", "load", f"DATE={date}", "ARGS=--force", *options]


def backfill(first: str, last: str) -> list[str]:
    """The command of a cold load of a range."""
    dates = [f"FROM={first}", f"TO={last}"]
    return ["make", "--no-print-directory", "backfill", *dates, "ARGS=--force"]


def seconds_of_load(command: list[str], events: int) -> float:
    """Seconds of a load that has to accept so many events."""
    done = run(command)
    if f"accepted {events:,} " not in done.output:
        sys.exit(f"error: not all of {events} events are accepted:\n{done.output[-2000:]}")
    return done.seconds


def load_uncounted(date: str) -> None:
    """A load before those that count, for the caches."""
    done = run(load(date))
    print(f"{date}: a load that is not counted: {done.seconds:.1f} s", flush=True)


@dataclass(frozen=True)
class Figure:
    """A figure of the table of targets."""

    what: str
    value: float
    bound: Literal["≤", "≥"]
    target: float
    unit: str = ""

    @property
    def is_reached(self) -> bool:
        """Whether it is on the right side of its target."""
        return self.value <= self.target if self.bound == "≤" else self.value >= self.target


def report(name: str, figures: list[Figure], details: dict) -> None:
    """Prints the figures beside their targets and writes all of it as JSON."""
    print(f"\n{name}")
    for one in figures:
        verdict = "reached" if one.is_reached else "NOT reached"
        print(
            f"  {one.what}: {one.value:.3g}{one.unit}"
            f" (target {one.bound} {one.target:g}{one.unit}: {verdict})"
        )
    RESULTS.mkdir(parents=True, exist_ok=True)
    result = RESULTS / f"{name}.json"
    listed = [asdict(one) | {"is_reached": one.is_reached} for one in figures]
    text = json.dumps({"figures": listed, **details}, indent=1, ensure_ascii=False)
    result.write_text(text + "\n", encoding="utf-8")
    print(f"  ({result})")


def server() -> int:
    """The process of ClickHouse among the services of STATE."""
    return Service("clickhouse", Path(os.environ["STATE"])).pid()


def forget_peak(pid: int) -> None:
    """Lets the kernel count the process's peak of memory from here on."""
    control = Path(f"/proc/{pid}/clear_refs")
    if control.exists():
        control.write_text("5")


def peak(pid: int) -> str:
    """Most memory the process has held, as the kernel says it."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return "not known: there is no /proc"
    kibibytes = next(
        int(line.split()[1]) for line in status.read_text().splitlines() if "VmHWM" in line
    )
    return f"at most {kibibytes / 1024**2:.1f} GiB"


def processor_seconds(pid: int) -> float:
    """What the process has used so far; 0 where there is no /proc."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    # Behind the command's name, which may have blanks.
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
