"""``make bench``: our load against the plain Python loader, on the same day, in turn.

Takes the services from the environment, EVENTS (lines of the day) and RUNS. Prints seconds of whole
processes and the ratio of the medians, and writes them to target/bench.json.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

DATE = "2026-04-01"
RESULT = Path("target/bench.json")
OURS = ["make", "--no-print-directory", "load", f"DATE={DATE}", "ARGS=--force"]
PYTHON = [sys.executable, "local/bench/python_loader.py", DATE]


def main() -> int:
    """Generates the day, runs both loaders in turn, reports."""
    events, runs = os.environ["EVENTS"], int(os.environ["RUNS"])
    generate = ["-m", "local.sample", "bench", "--events", events, "--date", DATE, "--upload"]
    subprocess.run([sys.executable, *generate], check=True)
    seconds: dict[str, list[float]] = {"load": [], "python": []}
    for _ in range(runs):
        seconds["load"].append(_timed(OURS))
        seconds["python"].append(_timed(PYTHON))
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    ratio = medians["load"] / medians["python"]
    RESULT.write_text(json.dumps({"events": int(events), "seconds": seconds, "ratio": ratio}))
    for name, values in seconds.items():
        print(f"{name:8} median {medians[name]:6.1f} s   runs {[round(v, 1) for v in values]}")
    print(f"load / python = {ratio:.2f}   ({RESULT})")
    return 0


def _timed(command: list[str]) -> float:
    started = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"error: {' '.join(command)} failed:\n{done.stdout[-2000:]}")
    print(done.stdout.strip().splitlines()[-1])
    return time.monotonic() - started


if __name__ == "__main__":
    sys.exit(main())
