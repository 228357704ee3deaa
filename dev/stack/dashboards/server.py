"""Configuration and process of the local Superset."""

import os
import secrets
import subprocess
from typing import TYPE_CHECKING

from dev.stack.services import ServiceError
from dev.stack.services.process import Service, wait_for
from dev.stack.services.state import ROOT, State, free_port, read_pairs, write_pairs

if TYPE_CHECKING:
    from deploy.client import Client

PROGRAMS = ROOT / ".venv-superset" / "bin"
CONFIG = ROOT / "dev" / "stack" / "dashboards" / "superset_config.py"
USER = "admin"
START_SECONDS = 300.0

UNKNOWN_TO_SUPERSET = ("CLICKHOUSE_", "AWS_")
"""Variables that it does not inherit: the connection it has is that of ``reader``."""


class Superset:
    """The Superset of one state directory."""

    def __init__(self, state: State) -> None:
        self.home = state.directory / "superset"
        self.service = Service("superset", state.directory)

    def start(self) -> None:
        """Starts it where it does not run; returns when it answers."""
        if not (PROGRAMS / "superset").is_file():
            raise ServiceError(f"no {PROGRAMS / 'superset'}; 'make dashboards' installs it")
        self.home.mkdir(mode=0o700, exist_ok=True)
        if self.service.pid() is None:
            environment = self._environment()
            self._prepare(environment)
            command = [
                *(str(PROGRAMS / "gunicorn"), "--bind", f"127.0.0.1:{self._kept()['port']}"),
                *("--workers", "2", "--worker-class", "gthread", "--threads", "8"),
                *("--timeout", "120", "--no-control-socket", "superset.app:create_app()"),
            ]
            self.service.start(command, environment, self.home)
        from deploy import DeployError

        ready = self.client().require_ready
        wait_for(ready, START_SECONDS, self.service, not_yet=DeployError)

    def client(self) -> "Client":
        """Its REST interface, logged in."""
        # Here, so that `make down` needs none of the packages that a client needs.
        from deploy.client import Client

        return Client(self.address(), USER, self.login())

    def address(self) -> str:
        return f"http://127.0.0.1:{self._kept()['port']}"

    def login(self) -> str:
        """The password of its user."""
        return self._kept()["password"]

    def stop(self) -> None:
        """Ends it; silent when it does not run."""
        if self.service.stop():
            print("superset: stopped")

    def _kept(self) -> dict[str, str]:
        """Port and secrets, chosen once."""
        path = self.home / "secrets"
        kept = read_pairs(path)
        if not kept:
            kept = {
                "port": str(free_port(set())),
                "password": secrets.token_urlsafe(12),
                "key": secrets.token_urlsafe(48),
            }
            write_pairs(path, kept)
        return kept

    def _environment(self) -> dict[str, str]:
        kept = self._kept()
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(UNKNOWN_TO_SUPERSET)
        }
        return inherited | {
            "FLASK_APP": "superset.app:create_app()",
            "SUPERSET_HOME": str(self.home),
            "SUPERSET_CONFIG_PATH": str(CONFIG),
            "SUPERSET_DATABASE": f"sqlite:///{self.home}/superset.db?check_same_thread=false",
            "SUPERSET_SECRET_KEY": kept["key"],
            "SUPERSET_PASSWORD": kept["password"],
            # No pixel from elsewhere in every page.
            "SCARF_ANALYTICS": "false",
        }

    def _prepare(self, environment: dict[str, str]) -> None:
        done = subprocess.run(
            [PROGRAMS / "python", ROOT / "dev" / "stack" / "dashboards" / "prepare.py"],
            env=environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ServiceError(
                f"superset cannot make its database in {self.home}: {done.stderr.strip()[-2000:]}"
            )
