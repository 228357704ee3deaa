"""What is needed here of Airflow's REST interface."""

import urllib.parse

import urllib3

from dev.stack.services import ServiceError

TIMEOUT_SECONDS = 120
DAGS = ("load_raw_data", "run_dbt_analytics", "backfill_raw_data")
ENDED = ("success", "failed")


class Client:
    """Calls as one user. Raises ServiceError when Airflow does not do what it was asked."""

    def __init__(self, address: str, user: str, password: str) -> None:
        self.address = address
        self.user = user
        self._password = password
        self._token = ""
        # It does not look at proxy variables, and the address is on this machine.
        self._http = urllib3.PoolManager(timeout=TIMEOUT_SECONDS, retries=False)

    def require_ready(self) -> None:
        """Returns when scheduler and DAG processor are healthy and every DAG is parsed."""
        health = self.get("monitor/health")
        for component in ("metadatabase", "scheduler", "dag_processor"):
            if health[component]["status"] != "healthy":
                raise ServiceError(f"{component} is {health[component]['status']}")
        for error in self.get("importErrors")["import_errors"]:
            raise ServiceError(f"{error['filename']}: {error['stack_trace'].strip()[-1000:]}")
        for dag in DAGS:
            self.get(f"dags/{dag}/details")

    def trigger(self, dag: str, run_id: str, **conf: object) -> None:
        self.post(f"dags/{dag}/dagRuns", dag_run_id=run_id, logical_date=None, conf=conf)

    def run(self, dag: str, run_id: str) -> dict:
        return self.get(f"dags/{dag}/dagRuns/{urllib.parse.quote(run_id, safe='')}")

    def runs(self, dag: str) -> list[dict]:
        """The newest runs of a DAG, newest first."""
        return self.get(f"dags/{dag}/dagRuns?order_by=-run_after&limit=100")["dag_runs"]

    def tasks(self, dag: str, run_id: str) -> list[dict]:
        """The tasks of a run, in the order in which they started."""
        run = urllib.parse.quote(run_id, safe="")
        found = self.get(f"dags/{dag}/dagRuns/{run}/taskInstances")["task_instances"]
        return sorted(found, key=lambda task: task["start_date"] or "~")

    def tries(self, dag: str, run_id: str, task: str) -> list[dict]:
        """Every try of a task that has ended or is under way."""
        run = urllib.parse.quote(run_id, safe="")
        answer = self.get(f"dags/{dag}/dagRuns/{run}/taskInstances/{task}/tries")
        return answer["task_instances"]

    def log(self, dag: str, run_id: str, task: str, attempt: int) -> list[str]:
        """The log of one try of a task, line by line."""
        run = urllib.parse.quote(run_id, safe="")
        answer = self.get(
            f"dags/{dag}/dagRuns/{run}/taskInstances/{task}/logs/{attempt}?full_content=true"
        )
        return [
            line if isinstance(line, str) else str(line.get("event", ""))
            for line in answer["content"]
        ]

    def clear(self, dag: str, run_id: str, *tasks: str) -> None:
        """Runs tasks of a run, and the tasks after them, again."""
        self.post(
            f"dags/{dag}/clearTaskInstances",
            dag_run_id=run_id,
            task_ids=list(tasks),
            include_downstream=True,
            only_failed=False,
            dry_run=False,
        )

    def get(self, path: str) -> dict:
        return self._call("GET", f"/api/v2/{path}", None)

    def post(self, path: str, **body: object) -> dict:
        return self._call("POST", f"/api/v2/{path}", body)

    def _call(self, method: str, path: str, body: dict | None) -> dict:
        if not self._token:
            login = {"username": self.user, "password": self._password}
            self._token = self._send("POST", "/auth/token", login)["access_token"]
        return self._send(method, path, body)

    def _send(self, method: str, path: str, body: dict | None) -> dict:
        headers = {"Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            answer = self._http.request(method, self.address + path, json=body, headers=headers)
            if answer.status >= 400:
                text = answer.data.decode(errors="replace")[:1000]
                raise ServiceError(f"airflow: {method} {path}: {answer.status} {text}")
            return answer.json() if answer.data else {}
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise ServiceError(f"airflow: {method} {self.address}{path}: {error}") from error
