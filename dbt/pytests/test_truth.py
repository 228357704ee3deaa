"""Sample days through Spark and dbt, against what the generator meant, and against themselves."""

import os
import re
import subprocess
import sys
from collections import defaultdict

import pytest

from dev import demo
from dev.stack.services import commands
from dev.stack.services.clickhouse import ask_table
from dev.stack.services.state import ROOT, State, read_pairs
from sample_days import SampleDays

SETTINGS = ROOT / "src/main/resources/clickhouse/server-settings.properties"
# As on a server that is not ours.
UNFRIENDLY = {
    name: {"0": "1", "1": "0", "ALL": "ANY", "none_only_active": "throw"}[value]
    for name, value in read_pairs(SETTINGS).items()
}


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    """The sample, its tables made and filled by users whose profile has every setting wrong."""
    state = State(tmp_path_factory.mktemp("truth") / "state")
    loaded = SampleDays(state, days=10, profile=UNFRIENDLY)
    # Every unit test, too.
    loaded.make("dbt", "ARGS=--select 'fqn:*'")
    # Questions are asked as on any server: a profile of its own is for who writes them.
    commands.up(state)
    yield loaded
    loaded.close()


def test_daily_marts_are_what_was_meant(days):
    found = days.rows(
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
        for date, day in days.truth["days"].items()
    ]


def test_assignments_are_what_was_meant(days):
    found = defaultdict(dict)
    query = (
        "SELECT event_date, ab_test_id, ab_group, assigned_users FROM marts.daily_ab_assignments"
    )
    for date, test, group, users in days.rows(query):
        found[date].setdefault(test, {})[group] = users
    assert found == {date: day["assigned_users"] for date, day in days.truth["days"].items()}


def test_segments_are_what_was_meant(days):
    names = (
        *("dau", "event_count", "session_count", "task_attempts", "task_successes"),
        *("purchase_count", "payers"),
    )
    query = (
        f"SELECT event_date, dimension, value, {', '.join(names)}, toInt64(revenue * 100)"
        " FROM marts.daily_segments"
    )
    found = {(date, name, value): rest for date, name, value, *rest in days.rows(query)}
    assert found == {
        (date, dimension, value): [figures[name] for name in (*names, "revenue_cents")]
        for date, day in days.truth["days"].items()
        for dimension, values in day["segments"].items()
        for value, figures in values.items()
    }
    assert {name for _, name, value in found if value == ""} == {"country", "app_version"}


def test_active_users_of_segments_are_what_was_meant(days):
    query = "SELECT dimension, value, event_date, dau, wau, mau FROM marts.active_users_by_segment"
    assert {tuple(row[:3]): row[3:] for row in days.rows(query)} == {
        (dimension, value, date): users
        for dimension, values in days.truth["segments"].items()
        for value, meant in values.items()
        for date, users in meant["active_users"].items()
    }


def test_cohorts_of_segments_are_what_was_meant(days):
    found = defaultdict(list)
    query = (
        "SELECT dimension, value, cohort_date, cohort_size, retained_users"
        " FROM marts.retention_by_segment WHERE is_mature"
        " ORDER BY dimension, value, cohort_date, day_number"
    )
    for *cohort, retained in days.rows(query):
        found[tuple(cohort)].append(retained)
    assert found == {
        (dimension, value, cohort, cells["cohort_size"]): cells["retained_users"]
        for dimension, values in days.truth["segments"].items()
        for value, meant in values.items()
        for cohort, cells in meant["cohorts"].items()
    }


@pytest.mark.parametrize(
    ("mart", "number", "figure", "meant_as", "last_day_numbers"),
    [
        ("retention_summary", "day_number", "retained_users", "retained_users", range(10)),
        ("conversion", "window_days - 1", "converted_users", "converted_users", (0, 6)),
        ("ltv", "day_number", "cumulative_revenue * 100", "revenue_cents", (0, 1, 3, 7)),
    ],
)
def test_figures_of_segments_over_mature_cohorts_are_what_was_meant(
    days, mart, number, figure, meant_as, last_day_numbers
):
    query = (
        f"SELECT dimension, value, {number}, mature_cohorts, eligible_users, toInt64({figure})"
        f" FROM marts.{mart}_by_segment WHERE mature_cohorts > 0"
    )
    wanted = {}
    for dimension, values in days.truth["segments"].items():
        for value, meant in values.items():
            for n in last_day_numbers:
                mature = [c for c in meant["cohorts"].values() if len(c[meant_as]) > n]
                if mature:
                    wanted[dimension, value, n] = [
                        len(mature),
                        sum(cohort["cohort_size"] for cohort in mature),
                        sum(cohort[meant_as][n] for cohort in mature),
                    ]
    assert {tuple(row[:3]): row[3:] for row in days.rows(query)} == wanted


def test_metrics_of_days_are_what_was_meant(days):
    figures = ("users", "events", "total", "not_numeric")
    query = (
        "SELECT event_date, metric, users, events, toInt64(total * 1000000), not_numeric,"
        " user_share, per_active_user, per_user FROM marts.daily_metrics"
    )
    found = {(date, metric): rest for date, metric, *rest in days.rows(query)}
    assert found == {
        (date, metric): [
            *(meant[name] for name in figures),
            pytest.approx(meant["users"] / day["dau"], rel=1e-12),
            pytest.approx(meant["total"] / 1e6 / day["dau"], rel=1e-12),
            pytest.approx(meant["total"] / 1e6 / meant["users"], rel=1e-12),
        ]
        for date, day in days.truth["days"].items()
        for metric, meant in day["metrics"].items()
    }
    by_user = (
        "SELECT event_date, metric, count(), sum(events), toInt64(sum(total) * 1000000),"
        " sum(not_numeric) FROM staging.user_metric_day GROUP BY event_date, metric"
    )
    summed = {(date, metric): rest for date, metric, *rest in days.rows(by_user)}
    assert summed == {key: row[:4] for key, row in found.items()}


def test_metrics_of_weeks_and_months_are_what_was_meant(days):
    query = (
        "SELECT period, period_start, metric, users, events, toInt64(total * 1000000),"
        " user_share, is_complete FROM marts.metrics_by_period"
    )
    found = {tuple(row[:3]): row[3:] for row in days.rows(query)}
    active = {
        (period, start): users
        for period, start, users in days.rows(
            "SELECT period, period_start, active_users FROM marts.active_users_by_period"
        )
    }
    wanted = {}
    for period, starts in days.truth["periods"].items():
        for start, metrics in starts.items():
            # Of ten days from a Sunday on, one week is whole.
            is_complete = (period, start) == ("week", "2026-03-02")
            for metric, meant in metrics.items():
                share = meant["users"] / active[period, start] if is_complete else None
                sums = [meant[name] for name in ("users", "events", "total")]
                wanted[period, start, metric] = [
                    *sums,
                    share and pytest.approx(share, rel=1e-12),
                    is_complete,
                ]
    assert found == wanted


def test_lessons_of_days_are_what_was_meant(days):
    query = (
        "SELECT event_date, course_id, lesson_id, sum(events), sum(starts), sum(completions),"
        " count(), countIf(starts + completions > 0), countIf(completions > 0)"
        " FROM staging.user_lesson_day GROUP BY event_date, course_id, lesson_id"
    )
    names = (
        *("events", "starts", "completions", "users"),
        *("started_users", "completed_users"),
    )
    found = {tuple(row[:3]): row[3:] for row in days.rows(query)}
    assert found == {
        (date, course, lesson): [figures[name] for name in names]
        for date, day in days.truth["days"].items()
        for course, lessons in day["lessons"].items()
        for lesson, figures in lessons.items()
    }
    assert {lesson for _, _, lesson in found} >= {"", "spanish-03"}


def test_outcomes_of_attempts_are_what_was_meant(days):
    query = (
        "SELECT user_id, task_id, course_id, outcomes FROM staging.user_task_day"
        " ORDER BY event_date"
    )
    outcomes = defaultdict(list)
    for user, task, course, of_day in days.rows(query):
        outcomes[course, user, task] += of_day
    for course, curve in days.truth["learning_curves"].items():
        of_course = [results for pair, results in outcomes.items() if pair[0] == course]
        for number, meant in enumerate(curve):
            there = [results for results in of_course if len(results) > number]
            first_time = [results for results in there if not any(results[:number])]
            assert meant == {
                "attempted_pairs": len(there),
                "succeeded_pairs": sum(results[number] for results in there),
                "first_time_pairs": len(first_time),
                "first_time_succeeded_pairs": sum(results[number] for results in first_time),
            }
    assert {course for course, _, _ in outcomes} == set(days.truth["learning_curves"])


def test_retention_curve_is_what_was_meant(days):
    found = defaultdict(list)
    query = (
        "SELECT cohort_date, cohort_size, retained_users FROM marts.retention"
        " WHERE is_mature ORDER BY cohort_date, day_number"
    )
    for cohort, size, retained in days.rows(query):
        found[cohort, size].append(retained)
    assert found == {
        (cohort, cells["cohort_size"]): cells["retained_users"]
        for cohort, cells in days.truth["cohorts"].items()
    }


def test_tests_are_what_was_meant(days):
    columns = "ab_test_id, ab_group, metric, users, mean, crossover_users"
    query = f"SELECT {columns} FROM marts.ab_test_results"
    found = {(test, group, metric): rest for test, group, metric, *rest in days.rows(query)}
    tests = days.truth["ab_tests"]
    assert {test for test, _, _ in found} == set(tests)
    for test, meant in tests.items():
        for group, arm in meant["groups"].items():
            share = arm["task_success_users"] / arm["users"]
            rate = arm["task_successes"] / arm["task_attempts"]
            for metric, mean in (("task_success_users", share), ("task_success_rate", rate)):
                assert found[test, group, metric] == [
                    arm["users"],
                    pytest.approx(mean, rel=1e-12),
                    meant["crossover_users"],
                ]
            for metric, own in arm["metrics"].items():
                mean, share = own["total"] / 1e6 / arm["users"], own["users"] / arm["users"]
                for name, value in ((metric, mean), (f"{metric}_users", share)):
                    assert found[test, group, name][:2] == [
                        arm["users"],
                        pytest.approx(value, rel=1e-12),
                    ]
    assert len({metric for _, _, metric in found}) == 5 + 2 * 3


def test_task_effectiveness_adds_up_to_what_was_meant(days):
    query = "SELECT sum(attempts), sum(successes) FROM marts.task_effectiveness"
    meant = days.truth["days"].values()
    assert days.rows(query) == [
        [sum(day["task_attempts"] for day in meant), sum(day["task_successes"] for day in meant)]
    ]


def test_learning_curves_are_what_was_meant(days):
    figures = (
        *("attempted_pairs", "succeeded_pairs"),
        *("first_time_pairs", "first_time_succeeded_pairs"),
    )
    found = defaultdict(list)
    query = (
        "SELECT course_id, attempted_pairs, succeeded_pairs, unsolved_pairs, newly_solved_pairs"
        " FROM marts.learning_curves ORDER BY course_id, opportunity"
    )
    for course, *of_attempt in days.rows(query):
        found[course].append(of_attempt)
    assert found == {
        course: [[meant[name] for name in figures] for meant in curve[:20]]
        for course, curve in days.truth["learning_curves"].items()
    }


def test_started_and_completed_lessons_are_what_was_meant(days):
    query = "SELECT course_id, lesson_id, started_users, completed_users FROM marts.lesson_progress"
    assert {tuple(row[:2]): row[2:] for row in days.rows(query)} == {
        (course, lesson): [meant["started_users"], meant["completed_users"]]
        for course, lessons in days.truth["lessons"].items()
        for lesson, meant in lessons.items()
        if meant["started_users"]
    }


def test_answers_in_docs_metrics_are_those_of_the_sample(days):
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    examples = re.findall(r"```sql\n(.*?)```\n\n```\n(.*?)```", page, re.DOTALL)
    assert len(examples) == page.count("```sql") == 30
    env = days.env
    user, password = env["CLICKHOUSE_READER_USER"], env["CLICKHOUSE_READER_PASSWORD"]
    for query, answer in examples:
        assert ask_table(env["CLICKHOUSE_URL"], user, password, query) == answer


def test_demo_shows_its_figures_on_one_screen_and_the_rest_by_tables(days):
    def said(*arguments: str) -> str:
        command = [sys.executable, "-m", "dev.demo", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=os.environ | days.env, check=True, capture_output=True, text=True
        ).stdout

    screen = said()
    assert len(screen.splitlines()) <= demo.SCREEN_LINES
    for date, day in days.truth["days"].items():
        assert re.search(f"{date} .* {day['dau']} ", screen), date
    # The test still runs: the interval of one look excludes 0, that of daily looks does not.
    assert re.search(r"onboarding_v2 │ task_success_rate .* none shown yet", screen)
    assert "make dashboards" in screen
    assert re.search(r"malformed_json .* 10 ", said("--tables"))


def test_tables_have_the_columns_of_their_files_whatever_the_server_defaults_to(days):
    for path in (ROOT / "src/main/resources/clickhouse/store").glob("*.sql"):
        made = days.sql(f"SHOW CREATE TABLE store.{path.stem} FORMAT TSVRaw")
        assert made.count("Nullable(") == path.read_text().count("Nullable("), path.name


def test_days_loaded_again_from_other_files_in_another_order_give_the_same_bytes(days):
    """And by users whose profile holds a setting constant at the value that the job needs, and with
    users in buckets."""

    def loads_by_day() -> list[int]:
        query = "SELECT load_id FROM marts.published_loads ORDER BY event_date"
        return [int(load) for load in days.sql(query).split()]

    before, loads = days.dump(), loads_by_day()
    commands.up(days.state, {"async_insert": "0 CONST", "join_use_nulls": "0 CONST"})
    days.upload(3, "--files", "3")
    days.backfill(last="2026-03-03")
    # The unit tests hold with users in buckets, too.
    days.make("dbt", "ARGS=--select 'fqn:*' --vars 'user_buckets: 16'")
    filled = days.sql("SELECT count() FROM dbt_work.int_segment_value_users WHERE value = 'ios'")
    assert 1 < int(filled) <= 16, "users were not in buckets"
    assert days.sql("EXISTS TABLE dbt_work.user_buckets") == "0\n", "ids of users were left behind"

    loads_after = loads_by_day()
    assert loads_after[3:] == loads[3:]
    assert max(loads) < min(loads_after[:3]), "the first days were not the last ones loaded"
    assert len(before) == 35
    assert days.dump() == before
