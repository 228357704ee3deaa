"""The state directory of one set of services. Two directories are two sets that never meet."""

import contextlib
import fcntl
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

from dev.stack.services import ServiceError

ROOT = Path(__file__).resolve().parents[3]
"""The project's root directory."""

SECRET_NAMES = (
    "CLICKHOUSE_PASSWORD",
    "CLICKHOUSE_LOADER_PASSWORD",
    "CLICKHOUSE_DBT_PASSWORD",
    "CLICKHOUSE_READER_PASSWORD",
    "AWS_SECRET_ACCESS_KEY",
)
PORT_NAMES = ("clickhouse_http", "clickhouse_tcp", "s3")

MARKER = "edtech-local-services"
"""A file that says the directory is ours, so that ``clean`` never removes anybody else's."""


class State:
    """Paths of a state directory, and the few values that outlive a restart."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        self.env_file = self.directory / "env"
        self.clickhouse = self.directory / "clickhouse"
        self.s3 = self.directory / "s3"

    def exists(self) -> bool:
        return self.directory.exists()

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Holds off a second ``up`` or ``down`` on the same directory; creates the directory."""
        self._create()
        descriptor = os.open(self.directory / MARKER, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _create(self) -> None:
        if self.directory.is_dir() and any(self.directory.iterdir()):
            self._require_ours()
            return
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ServiceError(
                f"cannot create the state directory {self.directory}: {error.strerror}; "
                "name another one with --state"
            ) from error

    def _require_ours(self) -> None:
        if not (self.directory / MARKER).is_file():
            raise ServiceError(
                f"{self.directory} exists and was not made by the local services "
                f"(it has no file {MARKER}); name another directory with --state"
            )

    def remove(self) -> None:
        """Forgets everything: passwords, ports, logs and data."""
        self._require_ours()
        shutil.rmtree(self.directory)

    def secrets(self) -> dict[str, str]:
        """The passwords by their name in the env file, generated when asked for the first time."""
        path = self.directory / "secrets"
        known = read_pairs(path)
        missing = [name for name in SECRET_NAMES if name not in known]
        if missing:
            known |= {name: secrets.token_urlsafe(24) for name in missing}
            write_pairs(path, known)
        return known

    def take_secrets(self, other: "State") -> None:
        """Has the passwords of another set of services from here on."""
        known = read_pairs(other.directory / "secrets")
        if not known:
            raise ServiceError(f"no services in {other.directory} whose passwords could be used")
        write_pairs(self.directory / "secrets", known)

    def ports(self, running: dict[str, bool]) -> dict[str, int]:
        """The ports to use: the ones used before, unless somebody else has taken one meanwhile.

        ``running`` says for each name whether our own service holds its port now.
        """
        path = self.directory / "ports"
        before = {name: int(port) for name, port in read_pairs(path).items()}
        chosen: dict[str, int] = {}
        for name in PORT_NAMES:
            port = before.get(name)
            if port is None or not (running[name] or _is_free(port)):
                port = free_port(taken=set(chosen.values()) | set(before.values()))
            chosen[name] = port
        if chosen != before:
            write_pairs(path, {name: str(port) for name, port in chosen.items()})
        return chosen


def read_pairs(path: Path) -> dict[str, str]:
    """The KEY=VALUE lines of a file; none when there is no such file."""
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def write_pairs(path: Path, pairs: dict[str, str]) -> None:
    """Writes KEY=VALUE lines that only the owner can read, whole or not at all."""
    write_private(path, "".join(f"{key}={value}\n" for key, value in pairs.items()))


def write_private(path: Path, text: str) -> None:
    """Writes a file that only the owner can read, from its first byte on, whole or not at all."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    new.replace(path)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port in TIME_WAIT is free, one that is listened on is not.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port(taken: set[int]) -> int:
    """A port of the loopback interface that nobody listens on, and none of ``taken``."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port not in taken:
            return port
