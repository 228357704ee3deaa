"""Runs of dbt, each in a process of its own that a fork makes: see ``forks``."""

import functools
import io
import json
import os
import select
import signal
import subprocess
import threading
from pathlib import Path

from dev.stack.services.state import ROOT

PYTHON = ROOT / ".venv-dbt" / "bin" / "python"
FORKS = Path(__file__).with_name("forks.py")
LOOK_SECONDS = 0.1


class Run:
    """A dbt under way, and its exit code when it has ended."""

    def __init__(self, answers: io.RawIOBase, said: Path) -> None:
        self._answers = answers
        self._said = said
        self._pid = self._answer()
        self._code: int | None = None
        # Two threads may look at a run: one of them reads the answer.
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        with self._lock:
            if self._code is None and select.select([self._answers], [], [], 0)[0]:
                self._code = self._answer()
            return self._code

    def wait(self) -> int:
        while (code := self.poll()) is None:
            select.select([self._answers], [], [], LOOK_SECONDS)
        return code

    def _answer(self) -> int:
        line = self._answers.readline()
        if not line:
            raise RuntimeError(f"{FORKS.name} has ended, which begins the runs of dbt")
        return int(line)

    def kill(self) -> None:
        if self.poll() is None:
            os.kill(self._pid, signal.SIGKILL)

    def output(self) -> str:
        """All that it said, at its end."""
        self.wait()
        return self._said.read_text(encoding="utf-8")


class Runs:
    """Begins one run after the other."""

    def __init__(self) -> None:
        # -P: the command dbt does not have our modules on its path, either.
        command = [PYTHON, "-P", FORKS]
        self._server = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self._last: Run | None = None

    def start(self, arguments: tuple[str, ...], env: dict[str, str], said: Path) -> Run:
        if self._last is not None:
            self._last.wait()
        request = {"arguments": arguments, "env": env, "output": str(said)}
        self._server.stdin.write(f"{json.dumps(request)}\n".encode())
        self._last = Run(self._server.stdout, said)
        return self._last


@functools.cache
def runs() -> Runs:
    """Of this process, to whose end they are there."""
    return Runs()
