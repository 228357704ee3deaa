"""Services with days in them, and the dashboards in a Superset of their own."""

import json
import os
import subprocess
from datetime import date, timedelta

from deploy import assets
from deploy.commands import import_into
from dev.bench import history
from dev.stack.dashboards.server import Superset
from dev.stack.services.clickhouse import ask
from dev.stack.services.state import ROOT, State, read_pairs

DAYS = int(os.environ.get("DAYS", "45"))
USERS = int(os.environ.get("USERS", "200"))
FIRST = history.FIRST
LAST = FIRST + timedelta(days=DAYS - 1)
MISSING = LAST - timedelta(days=3)

FILES = assets.read()

# A metric of which no event ever counts.
QUIET = """
    INSERT INTO store.marts_daily_metrics
    SELECT event_date, 'quiet', 0, 0, 0, 0, 0, 0, NULL, load_id, 0
    FROM store.marts_daily_activity
    SETTINGS max_partitions_per_insert_block = 0"""
LEDGER = """
    INSERT INTO store.load_log
    SELECT
        load_id, 1, event_date, 'published', 's3://bucket/events/', 1, 1000, '',
        112, 1, 0, 100, 5, 6, 0, 0,
        map('malformed_json', 4, 'missing_field', 2), map('raw.events', 100),
        now64(6) - INTERVAL 10 SECOND, now64(6), '', map('read', 4.5, 'write', 3.25), '0.1.0'
    FROM ops.publications"""


class Dashboards:
    """All services with days in them, and the dashboards imported."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.make("up")
        self.env = read_pairs(state.env_file)
        os.environ.update(self.env)
        self.fill()
        self.make("dbt", "ARGS=--quiet")
        self.superset = Superset(state)
        self.superset.start()
        self.client = self.superset.client()
        import_into(self.client)
        listed = self.client.get("chart/?q=(page_size:100)")["result"]
        self.charts = {chart["slice_name"]: chart["id"] for chart in listed}

    def fill(self) -> None:
        raise NotImplementedError

    def make(self, *arguments: str) -> None:
        without = {name: value for name, value in os.environ.items() if name != "CLICKHOUSE_URL"}
        done = subprocess.run(
            ["make", "--no-print-directory", *arguments, f"STATE={self.state.directory}"],
            cwd=ROOT,
            env=without,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def sql(self, statement: str) -> str:
        env = self.env
        user, password = env["CLICKHOUSE_USER"], env["CLICKHOUSE_PASSWORD"]
        return ask(env["CLICKHOUSE_URL"], user, password, statement)

    def rows(self, title: str, dimension: str = "platform") -> list[dict]:
        """What the query of a chart answers, not from a cache; of this dimension, if it has any."""
        chart = self.client.get(f"chart/{self.charts[title]}")["result"]
        context = json.loads(chart["query_context"]) | {"force": True}
        if is_by_segment(title):
            for query in context["queries"]:
                query["filters"].append({"col": "dimension", "op": "IN", "val": [dimension]})
        answer = self.client._ask("POST", "/api/v1/chart/data", json=context)["result"]
        assert [one["error"] for one in answer] == [None] * len(answer), title
        return answer[0]["data"]


class SampleDays(Dashboards):
    """Days as the job loads them, every kind of rejected line and a test with a broken split."""

    def fill(self) -> None:
        subprocess.run(
            [
                *(ROOT / ".venv/bin/python", "-m", "dev.sample", "generate", "--upload"),
                *("--users", "500", "--from", "2026-03-01", "--days", "63", "--seed", "7"),
                *("--broken-split", "--truth", self.state.directory / "truth.json"),
            ],
            cwd=ROOT,
            check=True,
        )
        os.environ["EDTECH_CONFIG"] = str(ROOT / "dev/sample/company.conf")
        try:
            self.make("backfill", "FROM=2026-03-01", "TO=2026-05-02")
        finally:
            del os.environ["EDTECH_CONFIG"]


class History(Dashboards):
    """Days as many as were asked for, written without the job."""

    def fill(self) -> None:
        history.write(DAYS, USERS, history.tasks_of_a_day(), history.dimensions())
        self.sql(QUIET)
        self.sql(
            f"ALTER TABLE ops.publications DELETE WHERE event_date = '{MISSING}'"
            " SETTINGS mutations_sync = 2"
        )
        self.sql(LEDGER)


def is_by_segment(title: str) -> bool:
    """Whether a chart breaks down by the dimension that its dashboard's filter chooses."""
    chart = next(c for c in FILES.values() if c.get("slice_name") == title)
    dataset = next(c for c in FILES.values() if c.get("uuid") == chart["dataset_uuid"])
    return any(column["column_name"] == "dimension" for column in dataset["columns"])


def day(value: object) -> date:
    """A day as the interface gives it: milliseconds, or text."""
    if isinstance(value, int | float):
        return date(1970, 1, 1) + timedelta(milliseconds=value)
    return date.fromisoformat(str(value)[:10])
