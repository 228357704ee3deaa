"""Configuration and processes of the local Airflow."""

import base64
import contextlib
import json
import os
import secrets
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from dev.stack.nightly.database import Database
from dev.stack.services import ServiceError
from dev.stack.services.process import Service, wait_for
from dev.stack.services.state import ROOT, State, free_port, read_pairs, write_pairs, write_private

if TYPE_CHECKING:
    from dev.stack.nightly.client import Client

AIRFLOW = ROOT / ".venv-airflow" / "bin" / "airflow"
COMPONENTS = ("api-server", "dag-processor", "scheduler")
USER = "admin"
START_SECONDS = 600.0

PASSED_BY_CONNECTION = (
    "CLICKHOUSE_",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "EVENTS_URI",
    "S3_ENDPOINT",
)
"""Variables that no process of Airflow inherits: a task takes what it needs from connections."""


class Airflow:
    """The Airflow of one state directory."""

    def __init__(self, state: State) -> None:
        self.home = state.directory / "airflow"
        self.database = Database(state)
        self.services = {n: Service(f"airflow-{n}", state.directory) for n in COMPONENTS}

    def runs(self) -> bool:
        return all(service.pid() is not None for service in self.services.values())

    def start(self, **settings: str) -> None:
        """Starts the processes that do not run; returns when the DAGs can be run.

        ``settings`` are variables for all processes, on top of the usual ones.
        """
        if not AIRFLOW.is_file():
            raise ServiceError(f"no {AIRFLOW}; 'make airflow' installs it")
        self.home.mkdir(mode=0o700, exist_ok=True)
        if not self.runs():
            self._stop_components()
            self.database.start()
            environment = self._environment() | settings
            self._migrate(environment)
            for name, service in self.services.items():
                service.start([str(AIRFLOW), *_arguments(name)], environment, self.home)
        wait_for(self.client().require_ready, START_SECONDS, *self.services.values())

    def client(self) -> "Client":
        """Its REST interface, logged in."""
        # Here, as stopping Airflow must not need what only its client does.
        from dev.stack.nightly.client import Client

        kept = self._kept()
        return Client(f"http://127.0.0.1:{kept['port']}", USER, kept["password"])

    def login(self) -> str:
        """The password of its user."""
        return self._kept()["password"]

    def spark_properties(self) -> str:
        """The project's properties, with S3A, which Spark from PyPI does not have."""
        logging = f"-Dlog4j2.configurationFile={ROOT / 'conf' / 'log4j2.properties'}"
        return (
            (ROOT / "conf" / "spark-defaults.conf").read_text(encoding="utf-8")
            # As in bin/edtech, and so in the class archive.
            + f"spark.driver.extraClassPath {_job_jar()}:{ROOT / 'target' / 's3a-jars'}/*\n"
            + f"spark.driver.extraJavaOptions {logging}\n"
        )

    def stop(self) -> None:
        """Stops Airflow; silent when it does not run."""
        stopped = self._stop_components()
        if self.database.service.stop() or stopped:
            print("airflow: stopped")

    def remove(self) -> None:
        """Removes what lies outside the state directory."""
        self.database.remove()

    def _stop_components(self) -> bool:
        stopped = False
        pids = {name: service.pid() for name, service in self.services.items()}
        # Each takes seconds to stop, so tell all of them before waiting for any.
        for pid in filter(None, pids.values()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        for name, service in self.services.items():
            pid = pids[name]
            stopped = service.stop() or stopped
            if pid is not None:
                # Its workers, and what they started, may have outlived it.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
        return stopped

    def _kept(self) -> dict[str, str]:
        """Port and secrets, chosen once."""
        path = self.home / "secrets"
        kept = read_pairs(path)
        if not kept:
            kept = {
                "port": str(free_port(set())),
                "password": secrets.token_urlsafe(12),
                "fernet": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
                "jwt": secrets.token_urlsafe(48),
            }
            write_pairs(path, kept)
        return kept

    def _environment(self) -> dict[str, str]:
        kept = self._kept()
        passwords = self.home / "passwords.json"
        write_private(passwords, json.dumps({USER: kept["password"]}))
        address = f"http://127.0.0.1:{kept['port']}"
        airflow = {
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "airflow"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "AIRFLOW__CORE__PARALLELISM": "4",
            "AIRFLOW__CORE__FERNET_KEY": kept["fernet"],
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
            "AIRFLOW__API__BASE_URL": address,
            "AIRFLOW__API__PORT": kept["port"],
            "AIRFLOW__API__SECRET_KEY": kept["jwt"],
            "AIRFLOW__API_AUTH__JWT_SECRET": kept["jwt"],
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": self.database.url(),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": self.database.url(),
            "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            # A task loses a try if the server does not answer when it starts. On busy cores a
            # server that has just started needs more than the default of 5 s.
            "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",
        }
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(PASSED_BY_CONNECTION)
        }
        return airflow | self._project() | _connections() | _spark() | inherited

    def _project(self) -> dict[str, str]:
        """Section ``[edtech]``, for somebody who waits at a terminal."""
        properties = self.home / "spark.properties"
        properties.write_text(self.spark_properties(), encoding="utf-8")
        values = {
            "EVENTS_URI": os.environ.get("EVENTS_URI", ""),
            # No schedule: a run for last night would wait for events that nobody sends.
            "SCHEDULE": "",
            # A shorter pause loses tries on a busy machine: docs/nightly.md.
            "POLL_SECONDS": "15",
            "WAIT_SECONDS": "60",
            "RETRIES": "1",
            "RETRY_SECONDS": "5",
            "BACKFILL_ON": "spark-submit",
            "SPARK_BINARY": f"{_spark()['SPARK_HOME']}/bin/spark-submit",
            "SPARK_PROPERTIES": str(properties),
            # The one that these properties have.
            "JOB_JAR": str(_job_jar()),
        }
        return {f"AIRFLOW__EDTECH__{name}": value for name, value in values.items()}

    def _migrate(self, environment: dict[str, str]) -> None:
        done = subprocess.run(
            [AIRFLOW, "db", "migrate"],
            env=environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ServiceError(
                f"airflow db migrate ended with {done.returncode}: {done.stderr[-2000:].strip()}"
            )


def _job_jar() -> Path:
    """The one that is named, or the newest."""
    if named := os.environ.get("AIRFLOW__EDTECH__JOB_JAR"):
        return Path(named)
    jars = ROOT.glob("target/edtech-analytics-*-job.jar")
    return max(jars, key=lambda jar: jar.stat().st_mtime, default=ROOT / "target" / "no-job.jar")


def _arguments(component: str) -> list[str]:
    if component == "api-server":
        return [component, "--host", "127.0.0.1", "--workers", "1"]
    # The server of task logs would listen on all interfaces; here logs are read from disk.
    return [component, "--skip-serve-logs"] if component == "scheduler" else [component]


def _spark() -> dict[str, str]:
    python = ROOT / ".venv" / "bin" / "python"
    home = next(ROOT.glob(".venv/lib/python3*/site-packages/pyspark"), Path("no-pyspark"))
    return {
        "SPARK_HOME": os.environ.get("SPARK_HOME") or str(home),
        "PYSPARK_PYTHON": str(python),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }


def _connections() -> dict[str, str]:
    env = os.environ
    aws = {"region_name": env.get("AWS_REGION"), "service_config": {}}
    if env.get("S3_ENDPOINT"):
        aws["service_config"]["s3"] = {"endpoint_url": env["S3_ENDPOINT"]}
    connections = {
        "EDTECH_AWS": {
            "conn_type": "aws",
            "login": env.get("AWS_ACCESS_KEY_ID"),
            "password": env.get("AWS_SECRET_ACCESS_KEY"),
            "extra": aws,
        },
        "EDTECH_SPARK": {"conn_type": "spark", "host": "local[2,4]"},
        "EDTECH_CLICKHOUSE_LOADER": _clickhouse("LOADER"),
        "EDTECH_CLICKHOUSE_DBT": _clickhouse("DBT"),
    }
    return {f"AIRFLOW_CONN_{name}": json.dumps(value) for name, value in connections.items()}


def _clickhouse(user: str) -> dict[str, object]:
    env = os.environ
    scheme, _, address = env.get("CLICKHOUSE_URL", "").rstrip("/").partition("://")
    host, _, port = address.partition(":")
    return {
        "conn_type": "http",
        "schema": scheme,
        "host": host,
        "port": int(port) if port else None,
        "login": env.get(f"CLICKHOUSE_{user}_USER") or env.get("CLICKHOUSE_USER", "default"),
        "password": env.get(f"CLICKHOUSE_{user}_PASSWORD") or env.get("CLICKHOUSE_PASSWORD", ""),
    }
