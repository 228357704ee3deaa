"""Runs the parts of ``make test``: ``python -m dev.parts 'a | b c' 'd | e'``.

Each argument is a stage of one lane, or of two that run side by side; the parts of a lane, one
after the other. The next stage begins when the lanes are through. A part is ``make PART SHARED=1``.
What the first lane says is passed on at once; of the second, each part as a whole when it is over.
After a part that fails, no other begins.
"""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

_printing = threading.Lock()


class Run:
    """The parts that have ended so far."""

    def __init__(self, make: list[str]) -> None:
        self.make = make
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []

    def stage(self, lanes: str) -> None:
        """Runs the lanes of a stage side by side; only the first may speak while its parts run."""
        with ThreadPoolExecutor() as threads:
            running = [
                threads.submit(self._lane, lane.split(), number > 0)
                for number, lane in enumerate(lanes.split("|"))
            ]
        # A lane that could not even start a part ends the run here.
        for lane in running:
            lane.result()

    def _lane(self, parts: list[str], waits: bool) -> None:
        for part in parts:
            if self.failed:
                return
            begun = time.monotonic()
            process = subprocess.Popen(
                [*self.make, part],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
            said = process.stdout
            _print(f"==== make {part}\n" + ("".join(said) if waits else ""))
            for line in said:
                _print(line)
            if process.wait():
                self.failed.append(part)
            self.seconds[part] = time.monotonic() - begun


def _print(text: str) -> None:
    with _printing:
        sys.stdout.write(text)
        sys.stdout.flush()


def run(stages: list[str], make: list[str]) -> int:
    """The exit code: 1 where a part failed."""
    begun, parts = time.monotonic(), Run(make)
    for stage in stages:
        if not parts.failed:
            parts.stage(stage)
    print("seconds of each part, two of them side by side:")
    for part, seconds in parts.seconds.items():
        print(f"{seconds:8.0f} s  make {part}{' FAILED' if part in parts.failed else ''}")
    print(f"{time.monotonic() - begun:8.0f} s  all of them")
    if parts.failed:
        print(f"error: failed: {', '.join(parts.failed)}; see above", file=sys.stderr)
    return 1 if parts.failed else 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], ["make", "--no-print-directory", "SHARED=1"]))
