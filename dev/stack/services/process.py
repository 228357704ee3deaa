"""One process of ours, detached from the terminal, found again through its pid file."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from dev.stack.services import ServiceError
from dev.stack.services.state import read_pairs, write_pairs

LOG_TAIL_LINES = 20
TERM_SECONDS = 20.0
KILL_SECONDS = 10.0


class Service:
    """A named process whose pid file and log lie in the state directory.

    The pid file also holds the process's start time: a pid alone may long belong to somebody else.
    """

    def __init__(self, name: str, directory: Path) -> None:
        self.name = name
        self.pid_file = directory / f"{name}.pid"
        self.log_file = directory / f"{name}.log"

    def pid(self) -> int | None:
        """The pid of our process, None when it does not run."""
        pairs = read_pairs(self.pid_file)
        if not pairs:
            return None
        pid = int(pairs["pid"])
        return pid if _start_time(pid) == pairs["start_time"] else None

    def start(
        self,
        command: list[str],
        env: dict[str, str],
        directory: Path,
        user: int | None = None,
    ) -> None:
        """Starts the process in a session of its own, so that it outlives make and the terminal.

        ``user`` is the id it runs as, for a program that refuses to be root.
        """
        descriptor = os.open(self.log_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as log:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=env,
                cwd=directory,
                start_new_session=True,
                user=user,
                group=user,
                extra_groups=None if user is None else [],
            )
        start_time = _start_time(child.pid)
        if start_time is None:
            raise self.died()
        write_pairs(self.pid_file, {"pid": str(child.pid), "start_time": start_time})

    def stop(self) -> bool:
        """Ends the process; it is gone when this returns. False when there was none."""
        pid = self.pid()
        if pid is not None:
            _signal(pid, signal.SIGTERM)
            if not self._gone_within(TERM_SECONDS):
                _signal(pid, signal.SIGKILL)
                if not self._gone_within(KILL_SECONDS):
                    raise ServiceError(
                        f"{self.name} (pid {pid}) does not end, not even on SIGKILL; "
                        f"look at it with 'ps -o stat,wchan -p {pid}'"
                    )
        self.pid_file.unlink(missing_ok=True)
        return pid is not None

    def _gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.pid() is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def died(self) -> ServiceError:
        return ServiceError(f"{self.name} ended while it was starting; {self._log_tail()}")

    def silent(self, seconds: float, last: str) -> ServiceError:
        return ServiceError(
            f"{self.name} did not answer within {seconds:.0f} s (last try: {last}); "
            f"{self._log_tail()}"
        )

    def _log_tail(self) -> str:
        lines = self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()
        tail = "\n  ".join(lines[-LOG_TAIL_LINES:]) or "(empty)"
        return f"the end of its log {self.log_file}:\n  {tail}"


def wait_for(
    require: Callable[[], None],
    seconds: float,
    *services: Service,
    pause: float = 0.5,
    not_yet: type[Exception] = ServiceError,
) -> None:
    """Returns once ``require`` does not raise ``not_yet``.

    Raises a ServiceError as soon as a service has ended, and for the first one when time is over.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return require()
        except not_yet as error:
            for service in services:
                if service.pid() is None:
                    raise service.died() from error
            if time.monotonic() > deadline:
                raise services[0].silent(seconds, str(error)) from error
        time.sleep(pause)


def _start_time(pid: int) -> str | None:
    """When the process started, in clock ticks since boot; None when it is gone.

    A zombie is gone too, once its other threads are: until then they hold its ports and files.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        threads = len(os.listdir(f"/proc/{pid}/task"))
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The command name, in parentheses, may hold blanks and parentheses itself.
    state, *rest = stat.rpartition(")")[2].split()
    return None if state in "ZX" and threads <= 1 else rest[18]


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
