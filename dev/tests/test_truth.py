"""Sample days through Spark and dbt, against what the generator meant, and against themselves."""

import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict

import pytest

from dev.stack.services import commands
from dev.stack.services.clickhouse import ask, ask_table
from dev.stack.services.state import ROOT, State, read_pairs

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
        [sys.executable, "-m", "dev.sample", *sample], cwd=ROOT, env=os.environ | env, check=True
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


def ask_admin(truth: dict, query: str) -> str:
    env = truth["env"]
    return ask(env["CLICKHOUSE_URL"], env["CLICKHOUSE_USER"], env["CLICKHOUSE_PASSWORD"], query)


def dump(truth: dict) -> dict[str, str]:
    """Every table of staging and marts, to the last digit."""
    tables = ask_admin(
        truth,
        "SELECT database || '.' || name FROM system.tables"
        " WHERE database IN ('marts', 'staging') AND name != 'published_loads'",
    ).split()
    return {table: ask_admin(truth, f"SELECT * FROM {table} ORDER BY ALL") for table in tables}


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

    def loads_by_day() -> list[int]:
        query = "SELECT load_id FROM marts.published_loads ORDER BY event_date"
        return [int(load) for load in ask_admin(truth, query).split()]

    before, loads = dump(truth), loads_by_day()
    _upload(env, "--files", "3", days=3)
    _make(state, "backfill", f"FROM={FIRST}", "TO=2026-03-03")
    _make(state, "dbt")

    loads_after = loads_by_day()
    assert loads_after[3:] == loads[3:]
    assert max(loads) < min(loads_after[:3]), "the first days were not the last ones loaded"
    assert len(before) == 18
    assert dump(truth) == before


# Active on several days, with purchases, tasks and an arm: somebody whom every mart counts.
SOMEBODY = """
SELECT user_id FROM staging.user_day
WHERE user_id IN (SELECT user_id FROM raw.task_results)
  AND user_id IN (SELECT user_id FROM raw.ab_test_assignments
                  GROUP BY user_id HAVING uniqExact(ab_group) = 1)
GROUP BY user_id HAVING count() > 2 AND sum(positive_purchase_count) > 0
ORDER BY user_id LIMIT 1
"""


def test_forgotten_user_is_nowhere_and_the_others_figures_are_theirs(truth):
    state = truth["state"]
    somebody = ask_admin(truth, SOMEBODY).strip()

    def traces() -> dict[str, int]:
        """Rows of every table that hold the id in any column, base64 included."""
        tables = ask_admin(
            truth,
            "SELECT database || '.' || name FROM system.tables WHERE engine LIKE '%MergeTree'"
            " AND database NOT IN ('system', 'INFORMATION_SCHEMA', 'information_schema')",
        ).split()
        assert {"ops", "store", "marts", "dbt_work"} <= {name.split(".")[0] for name in tables}
        found = {}
        for table in tables:
            text = "toString(tuple(*))"
            if table == "store.raw_rejected_events":
                text = f"concat({text}, tryBase64Decode(line))"
            query = f"SELECT count() FROM {table} WHERE position({text}, '{somebody}') > 0"
            found[table] = int(ask_admin(truth, query))
        return {table: count for table, count in found.items() if count}

    def others() -> dict[str, str]:
        """What is theirs alone, to the last digit."""
        tables = ask_admin(
            truth,
            "SELECT DISTINCT database || '.' || table FROM system.columns"
            " WHERE database IN ('raw', 'staging') AND name = 'user_id'",
        ).split()
        assert len(tables) == 8
        return {
            table: ask_admin(
                truth, f"SELECT * FROM {table} WHERE user_id != '{somebody}' ORDER BY ALL"
            )
            for table in tables
        }

    def arms() -> Counter:
        query = "SELECT ab_test_id, ab_group, users FROM marts.ab_test_results"
        found = rows(truth, f"{query} WHERE metric = 'task_success_users'")
        return Counter({(test, group): users for test, group, users in found})

    tasks_without = rows(
        truth,
        f"SELECT count(), countIf(is_success) FROM raw.task_results WHERE user_id != '{somebody}'",
    )
    own_arm = rows(
        truth,
        "SELECT DISTINCT ab_test_id, ab_group FROM raw.ab_test_assignments"
        f" WHERE user_id = '{somebody}'",
    )
    others_before, arms_before, traces_before = others(), arms(), traces()
    assert {"store.raw_events", "store.staging_user_day", "dbt_work.int_users"} <= set(
        traces_before
    )

    _make(state, "forget", f"ID={somebody}")
    _make(state, "dbt")

    assert traces() == {}
    assert others() == others_before
    assert arms_before - arms() == Counter({tuple(arm): 1 for arm in own_arm})
    assert rows(truth, "SELECT sum(attempts), sum(successes) FROM marts.task_effectiveness") == (
        tasks_without
    )
    # What S3 still has of them is left out by later loads: computed anew from the lines of the
    # others, every table comes to the same bytes.
    forgotten = dump(truth)
    _make(state, "backfill", f"FROM={FIRST}", f"TO={LAST}", "ARGS=--force")
    _make(state, "dbt")
    assert dump(truth) == forgotten
    assert traces() == {}
