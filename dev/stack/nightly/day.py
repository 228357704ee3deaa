"""Runs one day through both DAGs and prints the outcome."""

import time
from collections.abc import Iterator

from dev.stack.nightly.client import ENDED, Client
from dev.stack.services import ServiceError

POLL_SECONDS = 1.0
LOG_TAIL_LINES = 12


def run_day(client: Client, date: str) -> bool:
    """Runs the day, printing each task as it ends; True when dbt has published at the end."""
    run_id = f"airflow_run__{date}__{time.strftime('%Y%m%dT%H%M%S')}"
    client.trigger("load_raw_data", run_id, date=date)
    print(f"load_raw_data      run {run_id}", flush=True)
    if not follow(client, "load_raw_data", run_id):
        print(f"error: {date} was not loaded, and dbt not started; see above", flush=True)
        return False
    for dbt_run_id in started_by(client, run_id):
        print(f"run_dbt_analytics  run {dbt_run_id}", flush=True)
        if not follow(client, "run_dbt_analytics", dbt_run_id):
            print(f"error: {date} is loaded, but the history marts are as before; see above")
            return False
    print(f"{date} went through both DAGs", flush=True)
    return True


def follow(client: Client, dag: str, run_id: str) -> bool:
    """Prints the tasks of a run as they end, and the log's end of those that fail."""
    told: set[tuple] = set()
    while True:
        state = client.run(dag, run_id)["state"]
        for task in client.tasks(dag, run_id):
            known = (task["task_id"], task["try_number"], task["state"])
            if task["state"] in (*ENDED, "up_for_retry", "upstream_failed") and known not in told:
                told.add(known)
                _print(client, dag, run_id, task)
        if state in ENDED:
            return state == "success"
        time.sleep(POLL_SECONDS)


def started_by(client: Client, load_run_id: str) -> Iterator[str]:
    """The runs of dbt that a run of a load has started."""
    found = [
        run["dag_run_id"]
        for run in client.runs("run_dbt_analytics")
        if f"__{load_run_id}__" in run["dag_run_id"]
    ]
    if not found:
        raise ServiceError(f"the run {load_run_id} succeeded and has started no run of dbt")
    yield from found


def _print(client: Client, dag: str, run_id: str, task: dict) -> None:
    seconds = f"{task['duration']:6.1f} s" if task["duration"] is not None else ""
    print(f"  {task['task_id']:18} {task['state']:16} {seconds}", flush=True)
    if task["state"] in ("failed", "up_for_retry"):
        lines = client.log(dag, run_id, task["task_id"], task["try_number"])
        for line in [line for line in lines if line.strip()][-LOG_TAIL_LINES:]:
            print(f"      {line[:300]}")
