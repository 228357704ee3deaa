"""Days of the generator through S3, Spark and dbt, by the commands that a user types."""

import json
import os
import subprocess
import sys

from dev.stack.services import commands
from dev.stack.services.clickhouse import ask
from dev.stack.services.state import ROOT, State, read_pairs

# Those of `make demo`, on which docs/metrics.md is written.
SEED, USERS = 7, 500
FIRST = "2026-03-01"
SETTINGS = ROOT / "dev" / "sample" / "company.conf"


class Services:
    """The job and dbt on services of their own, with the schema and without any day."""

    def __init__(self, state: State, profile: dict[str, str] | None = None) -> None:
        self.state = state
        commands.up(state, profile)
        self.make("init")
        self.env = read_pairs(state.env_file)

    def close(self) -> None:
        commands.clean(self.state)

    def make(self, *arguments: str) -> str:
        """What a target that ends well says."""
        # Neither the services nor the flags of a make around this one.
        env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("CLICKHOUSE_", "MAKE", "MFLAGS", "DBT_"))
        } | {"EDTECH_CONFIG": str(SETTINGS)}
        directory = self.state.directory
        done = subprocess.run(
            [
                *("make", "--no-print-directory"),
                *(f"STATE={directory}", f"DBT_TARGET_PATH={directory / 'dbt'}"),
                *arguments,
            ],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def sql(self, query: str) -> str:
        """The answer to the administrator."""
        return self._ask("CLICKHOUSE_USER", "CLICKHOUSE_PASSWORD", query)

    def rows(self, query: str) -> list[list]:
        """The answer to the reader."""
        text = self._ask(
            "CLICKHOUSE_READER_USER",
            "CLICKHOUSE_READER_PASSWORD",
            f"{query} FORMAT JSONCompactEachRow"
            " SETTINGS output_format_json_quote_64bit_integers = 0",
        )
        return [json.loads(line) for line in text.splitlines()]

    def _ask(self, user: str, password: str, query: str) -> str:
        return ask(self.env["CLICKHOUSE_URL"], self.env[user], self.env[password], query)


class SampleDays(Services):
    """Published days from FIRST to ``last``; their history marts once they are built."""

    def __init__(self, state: State, days: int, profile: dict[str, str] | None = None) -> None:
        super().__init__(state, profile)
        self.last = f"2026-03-{days:02d}"
        self._truth = state.directory / "truth.json"
        self.upload(days, "--truth", str(self._truth))
        self.backfill()

    @property
    def truth(self) -> dict:
        """What the generator meant."""
        return json.loads(self._truth.read_text(encoding="utf-8"))

    def upload(self, days: int, *arguments: str) -> None:
        sample = ["generate", "--seed", str(SEED), "--users", str(USERS), "--from", FIRST]
        sample += ["--days", str(days), "--upload", *arguments]
        subprocess.run(
            [sys.executable, "-m", "dev.sample", *sample],
            cwd=ROOT,
            env=os.environ | self.env,
            check=True,
        )

    def build(self) -> None:
        """The history marts."""
        self.make("dbt")

    def backfill(self, *arguments: str, last: str | None = None) -> None:
        self.make("backfill", f"FROM={FIRST}", f"TO={last or self.last}", *arguments)

    def dump(self) -> dict[str, str]:
        """Every table of staging and marts, to the last digit."""
        tables = self.sql(
            "SELECT database || '.' || name FROM system.tables"
            " WHERE database IN ('marts', 'staging') AND name != 'published_loads'",
        ).split()
        return {table: self.sql(f"SELECT * FROM {table} ORDER BY ALL") for table in tables}
