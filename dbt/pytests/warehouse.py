"""A ClickHouse of its own with the project's tables, and dbt on it, for tests."""

import csv
import io
import os

from dev.stack.services import commands
from dev.stack.services.clickhouse import ask
from dev.stack.services.state import ROOT, State, read_pairs
from runs import Run, runs

DDL = ROOT / "src" / "main" / "resources" / "clickhouse"
OPS = ("publications", "load_log", "loads", "table_sizes", "dbt_runs", "mart_runs")


class Warehouse:
    """Real services with an empty schema, and dbt as the user of that name."""

    def __init__(self, state: State) -> None:
        commands.up(state)
        self.env = read_pairs(state.env_file)
        self.target = state.directory / "dbt"
        self.project = ROOT / "dbt"
        for database in ("store", "stage", "raw", "staging", "marts", "ops", "runs", "dbt_work"):
            self.sql(f"CREATE DATABASE {database}")
        for path in (*sorted(DDL.glob("store/*.sql")), *(DDL / "ops" / f"{n}.sql" for n in OPS)):
            for statement in path.read_text(encoding="utf-8").split(";\n"):
                if statement.strip():
                    self.sql(statement)

    def sql(self, statement: str) -> str:
        env = self.env
        return ask(
            env["CLICKHOUSE_URL"], env["CLICKHOUSE_USER"], env["CLICKHOUSE_PASSWORD"], statement
        )

    def read(self, statement: str) -> str:
        """The answer to the reader."""
        env = self.env
        user, password = env["CLICKHOUSE_READER_USER"], env["CLICKHOUSE_READER_PASSWORD"]
        return ask(env["CLICKHOUSE_URL"], user, password, statement)

    def insert(self, table: str, columns: str, rows: list) -> None:
        text = io.StringIO()
        writer = csv.writer(text, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE)
        writer.writerows([["\\N" if cell is None else cell for cell in row] for row in rows])
        self.sql(f"INSERT INTO {table} ({columns}) FORMAT TabSeparated\n{text.getvalue()}")

    def build(self) -> str:
        """What a build of the whole project says that ends well."""
        return self.dbt("build")

    def start_dbt(self, *arguments: str) -> Run:
        """A dbt under way."""
        env = os.environ | {
            "CLICKHOUSE_URL": self.env["CLICKHOUSE_URL"],
            "CLICKHOUSE_USER": self.env["CLICKHOUSE_DBT_USER"],
            "CLICKHOUSE_PASSWORD": self.env["CLICKHOUSE_DBT_PASSWORD"],
            "DBT_PROJECT_DIR": str(self.project),
            "DBT_PROFILES_DIR": str(ROOT / "dbt"),
            "DBT_TARGET_PATH": str(self.target),
            "DBT_LOG_PATH": str(self.target),
        }
        self.target.mkdir(exist_ok=True)
        return runs().start(arguments, env, self.target / "said")

    def dbt(self, *arguments: str) -> str:
        """What a dbt that ends well says."""
        run = self.start_dbt(*arguments)
        output = run.output()
        assert run.poll() == 0, output
        return output

    def dbt_fails(self, *arguments: str) -> str:
        """What a dbt that fails says."""
        run = self.start_dbt(*arguments)
        output = run.output()
        assert run.poll() != 0, output
        return output
