"""Sample days through Spark and dbt, against what the generator meant, and against themselves."""

import json
import os
import re
import subprocess
import sys
from collections import defaultdict

import pytest

from local.services import commands
from local.services.clickhouse import ask, ask_table
from local.services.state import ROOT, State, read_pairs

# Those of `make demo`, on which docs/metrics.md is written.
SEED, USERS, FIRST, LAST, DAYS = 7, 500, "2026-03-01", "2026-03-10", 10


@pytest.fixture(scope="module")
def truth(tmp_path_factory) -> dict:
    """What the days hold, after they were loaded and the marts published; with the services."""
    state = State(tmp_path_factory.mktemp("truth") / "state")
    _make(state, "up")
    env = read_pairs(state.env_file)
    path = state.directory / "truth.json"
    _upload(env, "--truth", str(path))
    _make(state, "backfill", f"FROM={FIRST}", f"TO={LAST}")
    _make(state, "dbt")
    yield json.loads(path.read_text()) | {"env": env, "state": state}
    commands.clean(state)


def _upload(env: dict[str, str], *arguments: str, days: int = DAYS) -> None:
    sample = ["generate", "--seed", str(SEED), "--users", str(USERS), "--from", FIRST]
    sample += ["--days", str(days), "--upload", *arguments]
    subprocess.run(
        [sys.executable, "-m", "local.sample", *sample], cwd=ROOT, env=os.environ | env, check=True
    )


def _make(state: State, *arguments: str) -> None:
    # Neither the services nor the flags of a make around this one.
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CLICKHOUSE_", "MAKE", "MFLAGS", "DBT_"))
    }
    done = subprocess.run(
        [
            *("make", "--no-print-directory"),
            *(f"STATE={state.directory}", f"DBT_TARGET_PATH={state.directory / 'dbt'}"),
            *arguments,
        ],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def rows(truth: dict, query: str) -> list[list]:
    env = truth["env"]
    text = ask(
        env["CLICKHOUSE_URL"],
        env["CLICKHOUSE_READER_USER"],
        env["CLICKHOUSE_READER_PASSWORD"],
        f"{query} FORMAT JSONCompactEachRow SETTINGS output_format_json_quote_64bit_integers = 0",
    )
    return [json.loads(line) for line in text.splitlines()]


def test_daily_marts_are_what_was_meant(truth):
    found = rows(
        truth,
        "SELECT event_date, a.dau, event_count, a.session_count, avg_session_seconds,"
        " toInt64(revenue * 100), purchase_count, payers,"
        " task_attempts, task_successes, users_attempted, users_succeeded"
        " FROM marts.daily_activity AS a INNER JOIN marts.daily_revenue AS r USING (event_date)"
        " INNER JOIN marts.daily_task_results AS t USING (event_date) ORDER BY event_date",
    )
    names = (
        "revenue_cents",
        "purchase_count",
        "payers",
        "task_attempts",
        "task_successes",
        "users_attempted",
        "users_succeeded",
    )
    assert found == [
        [
            date,
            day["dau"],
            day["event_count"],
            day["sessions"],
            pytest.approx(day["session_millis"] / day["sessions"] / 1000, rel=1e-12),
            *(day[name] for name in names),
        ]
        for date, day in truth["days"].items()
    ]


def test_assignments_are_what_was_meant(truth):
    found = defaultdict(dict)
    query = (
        "SELECT event_date, ab_test_id, ab_group, assigned_users FROM marts.daily_ab_assignments"
    )
    for date, test, group, users in rows(truth, query):
        found[date].setdefault(test, {})[group] = users
    assert found == {date: day["assigned_users"] for date, day in truth["days"].items()}


def test_retention_curve_is_what_was_meant(truth):
    found = defaultdict(list)
    query = (
        "SELECT cohort_date, cohort_size, retained_users FROM marts.retention"
        " WHERE is_mature ORDER BY cohort_date, day_number"
    )
    for cohort, size, retained in rows(truth, query):
        found[cohort, size].append(retained)
    assert found == {
        (cohort, cells["cohort_size"]): cells["retained_users"]
        for cohort, cells in truth["cohorts"].items()
    }


def test_tests_are_what_was_meant(truth):
    columns = "ab_test_id, ab_group, metric, users, mean, crossover_users"
    query = f"SELECT {columns} FROM marts.ab_test_results"
    found = {(test, group, metric): rest for test, group, metric, *rest in rows(truth, query)}
    assert {test for test, _, _ in found} == set(truth["ab_tests"])
    for test, meant in truth["ab_tests"].items():
        for group, arm in meant["groups"].items():
            share = arm["task_success_users"] / arm["users"]
            rate = arm["task_successes"] / arm["task_attempts"]
            for metric, mean in (("task_success_users", share), ("task_success_rate", rate)):
                assert found[test, group, metric] == [
                    arm["users"],
                    pytest.approx(mean, rel=1e-12),
                    meant["crossover_users"],
                ]


def test_task_effectiveness_adds_up_to_what_was_meant(truth):
    query = "SELECT sum(attempts), sum(successes) FROM marts.task_effectiveness"
    days = truth["days"].values()
    assert rows(truth, query) == [
        [sum(day["task_attempts"] for day in days), sum(day["task_successes"] for day in days)]
    ]


def test_answers_in_docs_metrics_are_those_of_the_sample(truth):
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    examples = re.findall(r"```sql\n(.*?)```\n\n```\n(.*?)```", page, re.DOTALL)
    assert len(examples) == page.count("```sql") == 15
    env = truth["env"]
    user, password = env["CLICKHOUSE_READER_USER"], env["CLICKHOUSE_READER_PASSWORD"]
    for query, answer in examples:
        assert ask_table(env["CLICKHOUSE_URL"], user, password, query) == answer


def test_days_loaded_again_from_other_files_in_another_order_give_the_same_bytes(truth):
    state, env = truth["state"], truth["env"]

    def dump() -> dict[str, str]:
        tables = ask_admin(
            "SELECT database || '.' || name FROM system.tables"
            " WHERE database IN ('marts', 'staging') AND name != 'published_loads'"
        ).split()
        return {table: ask_admin(f"SELECT * FROM {table} ORDER BY ALL") for table in tables}

    def ask_admin(query: str) -> str:
        user, password = env["CLICKHOUSE_USER"], env["CLICKHOUSE_PASSWORD"]
        return ask(env["CLICKHOUSE_URL"], user, password, query)

    def loads_by_day() -> list[int]:
        query = "SELECT load_id FROM marts.published_loads ORDER BY event_date"
        return [int(load) for load in ask_admin(query).split()]

    before, loads = dump(), loads_by_day()
    _upload(env, "--files", "3", days=3)
    _make(state, "backfill", f"FROM={FIRST}", "TO=2026-03-03")
    _make(state, "dbt")

    loads_after = loads_by_day()
    assert loads_after[3:] == loads[3:]
    assert max(loads) < min(loads_after[:3]), "the first days were not the last ones loaded"
    assert len(before) == 18
    assert dump() == before
