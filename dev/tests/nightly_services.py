"""For the test of the nightly run: all services, a chat, moto's EMR, a watch for secrets."""

import contextlib
import http.server
import json
import os
import subprocess
import threading
import time
from pathlib import Path

import boto3

from dev.stack.nightly.client import ENDED
from dev.stack.nightly.server import Airflow
from dev.stack.services import commands
from dev.stack.services.clickhouse import ask
from dev.stack.services.state import ROOT, State, free_port, read_pairs

GOOD, REFUSED = "2026-03-01", "2026-03-20"
CLUSTER = "edtech-analytics"
WAIT_SECONDS = 900.0
"""For a run to end: against hanging, not a promise; a load takes minutes on a busy machine."""


class Nightly:
    """All services, and what was seen of them."""

    def __init__(self, state: State) -> None:
        self.state = state
        commands.up(state)
        self.env = read_pairs(state.env_file)
        self.chat = Chat()
        self.aws = Aws(state.directory)
        self.event_log = state.directory / "spark-events"
        self.event_log.mkdir()
        self.make("init")
        self.sample(GOOD, days=4)
        self.put(f"dt={REFUSED}/a.jsonl", "no event\n" * 2000)
        self.airflow = Airflow(state)
        self.start()

    def start(self, **changed: str) -> None:
        """Starts Airflow; ``changed`` are keys of section [edtech]."""
        properties = self.state.directory / "spark.properties"
        changed = {f"AIRFLOW__EDTECH__{key}": value for key, value in changed.items()}
        with self._variables():
            properties.write_text(
                self.airflow.spark_properties()
                + "spark.eventLog.enabled true\n"
                # To be searched as text.
                + "spark.eventLog.compress false\n"
                + f"spark.eventLog.dir file://{self.event_log}\n"
            )
            usual = {
                # Longer than a busy machine takes to see that a sensor's process has ended: what it
                # hears later, it takes for a killed one (apache/airflow#71172, open).
                "AIRFLOW__EDTECH__POLL_SECONDS": "15",
                "AIRFLOW__EDTECH__WAIT_SECONDS": "6",
                "AIRFLOW__EDTECH__RETRY_SECONDS": "1",
                "AIRFLOW__EDTECH__BACKFILL_ON": "emr",
                "AIRFLOW__EDTECH__ON_FAILURE": "include.alerts.post_to_chat",
                "AIRFLOW__EDTECH__SPARK_PROPERTIES": str(properties),
                "AIRFLOW_CONN_EDTECH_CHAT": json.dumps(
                    {"conn_type": "http", "password": self.chat.address}
                ),
                "AIRFLOW_CONN_EDTECH_AWS": json.dumps(self.aws.connection(self.env)),
            }
            self.airflow.start(**usual | changed)
        self.client = self.airflow.client()

    def restart(self, **changed: str) -> None:
        self.airflow.stop()
        for log in self.state.directory.glob("airflow-*.log"):
            # A start begins them anew; they are searched for canaries.
            log.rename(log.with_suffix(".earlier.log"))
        self.start(**changed)

    def sql(self, statement: str) -> str:
        env = self.env
        return ask(
            env["CLICKHOUSE_URL"], env["CLICKHOUSE_USER"], env["CLICKHOUSE_PASSWORD"], statement
        ).strip()

    def make(self, *arguments: str, code: int = 0, **variables: str) -> str:
        """Runs make on this state; its output."""
        env = {k: v for k, v in os.environ.items() if not k.startswith("CLICKHOUSE_")}
        run = subprocess.run(
            ["make", "--no-print-directory", *arguments, f"STATE={self.state.directory}"],
            cwd=ROOT,
            env=env | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert (run.returncode == 0) == (code == 0), run.stdout
        return run.stdout

    def run(self, dag: str, run_id: str, **conf: object) -> str:
        """Runs a DAG to its end; the run's state."""
        self.client.trigger(dag, run_id, **conf)
        return self.end(dag, run_id)

    def end(self, dag: str, run_id: str) -> str:
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            state = self.client.run(dag, run_id)["state"]
            if state in ENDED:
                return state
            assert time.monotonic() < deadline, f"{dag} {run_id} is {state}"
            time.sleep(1)

    def tasks(self, dag: str, run_id: str) -> dict[str, tuple[str, int]]:
        """State and number of tries of each task."""
        found = self.client.tasks(dag, run_id)
        return {task["task_id"]: (task["state"], task["try_number"]) for task in found}

    def said(self, dag: str, run_id: str, task: str, attempt: int) -> str:
        return "\n".join(self.client.log(dag, run_id, task, attempt))

    def why(self, dag: str, run_id: str) -> str:
        """All tries of a run's tasks, and the log's end of those that failed."""
        text = []
        for task in self.tasks(dag, run_id):
            for attempt in self.client.tries(dag, run_id, task):
                number = attempt["try_number"]
                text.append(f"{task} try {number}: {attempt['state']}")
                if attempt["state"] == "failed":
                    text.append(self.said(dag, run_id, task, number)[-1500:])
        return "\n".join(text)

    def dbt_runs(self) -> list[str]:
        return [run["dag_run_id"] for run in self.client.runs("run_dbt_analytics")]

    def publications(self, day: str) -> int:
        return int(self.sql(f"SELECT count() FROM ops.publications WHERE event_date = '{day}'"))

    def sample(self, first: str, days: int) -> None:
        subprocess.run(
            [
                *(ROOT / ".venv" / "bin" / "python", "-m", "dev.sample", "generate"),
                *("--users", "40", "--from", first, "--days", str(days), "--upload"),
                *("--truth", self.state.directory / f"truth-{first}.json"),
            ],
            cwd=ROOT,
            env=os.environ | self.env,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def put(self, name: str, text: str) -> None:
        s3 = boto3.client(
            "s3",
            endpoint_url=self.env["S3_ENDPOINT"],
            region_name=self.env["AWS_REGION"],
            aws_access_key_id=self.env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.env["AWS_SECRET_ACCESS_KEY"],
        )
        s3.put_object(Bucket="edtech-events", Key=f"events/{name}", Body=text.encode())

    def truth(self, day: str, first: str = GOOD) -> dict:
        truth = json.loads((self.state.directory / f"truth-{first}.json").read_text())
        return truth["days"][day]

    @contextlib.contextmanager
    def _variables(self):
        before = dict(os.environ)
        os.environ.update(self.env)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    def close(self) -> None:
        commands.clean(self.state)
        self.aws.close()
        self.chat.close()


class Chat:
    """An incoming web hook."""

    def __init__(self) -> None:
        self.posts: list[str] = []
        posts = self.posts

        class Hook(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                posts.append(json.loads(body)["text"])
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        self.address = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()


class Aws:
    """EMR and Secrets Manager, in a process of their own."""

    def __init__(self, directory: Path) -> None:
        self.url = f"http://127.0.0.1:{free_port(set())}"
        self._process = subprocess.Popen(
            [
                ROOT / ".venv-airflow" / "bin" / "python",
                ROOT / "airflow" / "tests" / "aws_server.py",
                self.url.rpartition(":")[2],
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        while self._process.stdout.readline() not in ("ready\n", ""):
            pass
        self.emr = self.client("emr")
        self.cluster = self.emr.run_job_flow(
            Name=CLUSTER,
            ReleaseLabel="emr-spark-8.0.0",
            Instances={"KeepJobFlowAliveWhenNoSteps": True},
        )["JobFlowId"]

    def client(self, service: str):
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def connection(self, env: dict[str, str]) -> dict:
        """S3 is the local one, EMR is here."""
        endpoints = {
            "s3": {"endpoint_url": env["S3_ENDPOINT"]},
            "emr": {"endpoint_url": self.url},
        }
        return {
            "conn_type": "aws",
            "login": env["AWS_ACCESS_KEY_ID"],
            "password": env["AWS_SECRET_ACCESS_KEY"],
            "extra": {"region_name": env["AWS_REGION"], "service_config": endpoints},
        }

    def steps(self) -> list[dict]:
        return self.emr.list_steps(ClusterId=self.cluster)["Steps"]

    def close(self) -> None:
        self._process.communicate("")


class Watch(threading.Thread):
    """Looks for canaries in the list of processes, and in the queries that ClickHouse runs.

    The embedded server has no ``system.query_log``; its list of running queries has the same text.
    """

    def __init__(self, canaries: list[str], sql) -> None:
        super().__init__(daemon=True)
        self.canaries = canaries
        self.sql = sql
        self.found: set[str] = set()
        self.commands: set[str] = set()
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.05):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):
                    self._look(path.read_text(errors="replace").replace("\0", " "))
            self._look(self.sql("SELECT query FROM system.processes"))

    def _look(self, text: str) -> None:
        if "spark-submit" in text or "SparkSubmit" in text:
            self.commands.add(text)
        self.found.update(canary for canary in self.canaries if canary in text)
