"""A forgotten user, in every table of the job and of dbt."""

from collections import Counter

import pytest

from dev.stack.services.state import State
from sample_days import SampleDays


@pytest.fixture
def days(tmp_path):
    loaded = SampleDays(State(tmp_path / "state"), days=2)
    loaded.build()
    yield loaded
    loaded.close()


# Active on several days, with purchases, tasks and an arm: somebody whom every mart counts.
SOMEBODY = """
SELECT user_id FROM staging.user_day
WHERE user_id IN (SELECT user_id FROM raw.task_results)
  AND user_id IN (SELECT user_id FROM raw.ab_test_assignments
                  GROUP BY user_id HAVING uniqExact(ab_group) = 1)
GROUP BY user_id HAVING count() > 1 AND sum(positive_purchase_count) > 0
ORDER BY user_id LIMIT 1
"""


def test_forgotten_user_is_nowhere_and_the_others_figures_are_theirs(days):
    somebody = days.sql(SOMEBODY).strip()

    def traces() -> dict[str, int]:
        """Rows of every table that hold the id in any column, base64 included."""
        tables = days.sql(
            "SELECT database || '.' || name FROM system.tables WHERE engine LIKE '%MergeTree'"
            " AND database NOT IN ('system', 'INFORMATION_SCHEMA', 'information_schema')",
        ).split()
        assert {"ops", "store", "runs", "dbt_work"} <= {name.split(".")[0] for name in tables}
        found = {}
        for table in tables:
            text = "toString(tuple(*))"
            if table == "store.raw_rejected_events":
                text = f"concat({text}, tryBase64Decode(line))"
            query = f"SELECT count() FROM {table} WHERE position({text}, '{somebody}') > 0"
            found[table] = int(days.sql(query))
        return {table: count for table, count in found.items() if count}

    def others() -> dict[str, str]:
        """What is theirs alone, to the last digit."""
        tables = days.sql(
            "SELECT DISTINCT database || '.' || table FROM system.columns"
            " WHERE database IN ('raw', 'staging') AND name = 'user_id'",
        ).split()
        assert len(tables) == 10
        return {
            table: days.sql(f"SELECT * FROM {table} WHERE user_id != '{somebody}' ORDER BY ALL")
            for table in tables
        }

    def arms() -> Counter:
        query = "SELECT ab_test_id, ab_group, users FROM marts.ab_test_results"
        found = days.rows(f"{query} WHERE metric = 'task_success_users'")
        return Counter({(test, group): users for test, group, users in found})

    tasks_without = days.rows(
        f"SELECT count(), countIf(is_success) FROM raw.task_results WHERE user_id != '{somebody}'",
    )
    own_arm = days.rows(
        "SELECT DISTINCT ab_test_id, ab_group FROM raw.ab_test_assignments"
        f" WHERE user_id = '{somebody}'",
    )
    others_before, arms_before, traces_before = others(), arms(), traces()
    assert {"store.raw_events", "store.staging_user_day", "dbt_work.int_users"} <= set(
        traces_before
    )

    days.make("forget", f"ID={somebody}")
    days.build()

    assert traces() == {}
    assert others() == others_before
    assert arms_before - arms() == Counter({tuple(arm): 1 for arm in own_arm})
    assert days.rows("SELECT sum(attempts), sum(successes) FROM marts.task_effectiveness") == (
        tasks_without
    )
    # What S3 still has of them is left out by later loads: computed anew from the lines of the
    # others, every table comes to the same bytes.
    forgotten = days.dump()
    days.backfill("ARGS=--force")
    days.build()
    assert days.dump() == forgotten
    assert traces() == {}
