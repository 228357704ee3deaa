"""Services with days in them, and the dashboards in a Superset of their own."""

import os
import subprocess
from datetime import date, timedelta

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

LEDGER = """
    INSERT INTO store.load_log
    SELECT
        load_id, 1, event_date, 'published', 's3://bucket/events/', 1, 1000, '',
        112, 1, 100, 5, 6, 0, 0,
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

    def rows(self, title: str) -> list[dict]:
        """What the query of a chart answers, not from a cache."""
        answer = self.client.get(f"chart/{self.charts[title]}/data/?force=true")["result"]
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
        self.make("backfill", "FROM=2026-03-01", "TO=2026-05-02")


class History(Dashboards):
    """Days as many as were asked for, written without the job."""

    def fill(self) -> None:
        history.write(DAYS, USERS)
        self.sql(
            f"ALTER TABLE ops.publications DELETE WHERE event_date = '{MISSING}'"
            " SETTINGS mutations_sync = 2"
        )
        self.sql(LEDGER)


def day(value: object) -> date:
    """A day as the interface gives it: milliseconds, or text."""
    if isinstance(value, int | float):
        return date(1970, 1, 1) + timedelta(milliseconds=value)
    return date.fromisoformat(str(value)[:10])
