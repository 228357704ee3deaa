"""A warehouse with loads written by hand, as the job would write them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from warehouse import Warehouse

if TYPE_CHECKING:
    from learning import Learning

FIRST = date(2026, 1, 12)  # a Monday
MICROS_PER_DAY = 86_400_000_000
SEGMENT_MARTS = (
    "active_users_by_segment",
    "retention_by_segment",
    "retention_summary_by_segment",
    "conversion_by_segment",
    "ltv_by_segment",
)
LEARNING_MARTS = (
    "task_effectiveness",
    "learning_curves",
    "lesson_progress",
    "course_progress",
    "streaks",
)
EXPERIMENT_MARTS = ("ab_test_results", "ab_test_results_by_segment", "ab_test_history")
HISTORY_MARTS = (
    "active_users",
    "active_users_by_period",
    "stickiness",
    "user_lifecycle",
    "retention",
    "retention_summary",
    "ltv",
    "revenue_by_period",
    "conversion",
    *LEARNING_MARTS,
    *EXPERIMENT_MARTS,
    "metrics_by_period",
    "published_metrics",
    *SEGMENT_MARTS,
)
# What a load of a day writes, from rows of (user, purchases in cents, values of dimensions), after
# its rows of tasks.
LOAD = [
    """INSERT INTO store.staging_user_day (event_date, user_id, event_count, purchase_count,
        positive_purchase_count, revenue, dimensions, load_id, task_attempts, task_successes)
    SELECT event_date, user_id, 1 + length(cents), length(cents),
        arrayCount(c -> c > 0, cents), arraySum(cents) / 100, dimensions, load_id, tried, succeeded
    FROM {day} AS users LEFT JOIN (
        SELECT user_id, sum(attempts) AS tried, sum(successes) AS succeeded
        FROM store.staging_user_task_day WHERE load_id = {load} GROUP BY user_id
    ) AS tasks USING (user_id)""",
    """INSERT INTO store.raw_events (event_date, event_id, user_id, load_id)
    SELECT event_date, concat(user_id, '-', toString(n)), user_id, load_id
    FROM {day} ARRAY JOIN range(1 + length(cents)) AS n""",
    """INSERT INTO store.raw_purchases (event_date, event_id, user_id, purchase_amount, load_id)
    SELECT event_date, concat(user_id, '-', toString(n)), user_id, c / 100, load_id
    FROM {day} ARRAY JOIN cents AS c, arrayEnumerate(cents) AS n""",
    """INSERT INTO store.marts_daily_activity (event_date, dau, event_count, load_id)
    SELECT toDate('{date}'), count(), sum(event_count), {load} FROM store.staging_user_day
    WHERE load_id = {load}""",
    """INSERT INTO store.raw_task_results (event_date, event_id, user_id, is_success, load_id)
    SELECT event_date, concat(user_id, task_id, toString(n)), user_id, n < successes, load_id
    FROM store.staging_user_task_day ARRAY JOIN range(attempts) AS n WHERE load_id = {load}""",
    """INSERT INTO store.marts_daily_task_results (event_date, task_attempts, task_successes,
        success_rate, users_attempted, users_succeeded, load_id)
    SELECT toDate('{date}'), sum(attempts) AS tried, sum(successes) AS succeeded,
        if(tried > 0, succeeded / tried, NULL), uniqExact(user_id),
        uniqExactIf(user_id, successes > 0), {load}
    FROM store.staging_user_task_day WHERE load_id = {load}""",
    """INSERT INTO store.marts_daily_revenue (event_date, revenue, purchase_count, payers, dau,
        arpu, arppu, payer_share, load_id)
    SELECT toDate('{date}'), sum(revenue) AS total, sum(purchase_count),
        countIf(positive_purchase_count > 0) AS paying, count() AS active,
        if(active > 0, toFloat64(total) / active, NULL),
        if(paying > 0, toFloat64(total) / paying, NULL),
        if(active > 0, paying / active, NULL), {load}
    FROM store.staging_user_day WHERE load_id = {load}""",
    """INSERT INTO store.marts_daily_segments (event_date, dimension, value, dau, load_id)
    SELECT event_date, dimension, dimensions[dimension] AS value, count(), load_id
    FROM store.staging_user_day ARRAY JOIN {known}::Array(String) AS dimension
    WHERE load_id = {load} GROUP BY event_date, dimension, value, load_id""",
]
# The metrics of the same load, from rows of (metric, user, values in millionths); one without users
# has a row without a user.
METRICS = [
    """INSERT INTO store.staging_user_metric_day (event_date, user_id, metric, events,
        total, load_id)
    SELECT toDate('{date}'), user_id, metric, length(micros),
        toDecimal128(arraySum(micros), 6) / 1000000, {load} FROM {rows} WHERE user_id != ''""",
    """INSERT INTO store.marts_daily_metrics (event_date, metric, users, events, total, user_share,
        per_active_user, per_user, load_id)
    WITH (SELECT count() FROM store.staging_user_day WHERE load_id = {load}) AS dau
    SELECT toDate('{date}'), metric, countIf(user_id != '') AS of_metric, sum(length(micros)),
        toDecimal128(sum(arraySum(micros)), 6) / 1000000 AS sum_total,
        if(dau > 0, of_metric / dau, NULL), if(dau > 0, toFloat64(sum_total) / dau, NULL),
        if(of_metric > 0, toFloat64(sum_total) / of_metric, NULL), {load}
    FROM {rows} GROUP BY metric""",
]
STORES = (
    "staging_user_day",
    "raw_events",
    "raw_purchases",
    "marts_daily_activity",
    "marts_daily_task_results",
    "marts_daily_revenue",
    "staging_user_metric_day",
    "marts_daily_metrics",
    "marts_daily_segments",
    "staging_user_task_day",
    "staging_user_lesson_day",
    "raw_task_results",
)
TASK_COLUMNS = (
    "user_id, task_id, attempts, successes, first_attempt_at, last_attempt_at, first_is_success,"
    " last_is_success, course_id, lesson_id, outcomes, event_date, load_id"
)
LESSON_COLUMNS = (
    "user_id, course_id, lesson_id, events, starts, completions, first_started_at,"
    " first_completed_at, event_date, load_id"
)


class Marts(Warehouse):
    """A warehouse with loads written by hand."""

    loads = 0

    def forget(self) -> None:
        for table in STORES:
            self.sql(f"TRUNCATE TABLE store.{table}")
        self.sql("TRUNCATE TABLE ops.publications")

    def load(
        self,
        day: int,
        users: dict[str, list[int]],
        metrics: dict[str, dict[str, list[int]]] | None = None,
        values: dict[str, dict[str, str]] | None = None,
        learning: Learning | None = None,
    ) -> int:
        """Writes a load of a day and publishes it; returns its id.

        ``metrics``: by the name of each that the day knows, users with their values in millionths.
        ``values``: by the name of each dimension that it knows, users with their value; a user
        without one is not in it. ``learning``: tasks and lessons; without, the day knows none.
        """
        self.loads += 1
        when, load, known = iso(day), self.loads, values or {}
        counted = self._learn(learning, when, load) if learning else {}
        rows = []
        for user, cents in users.items():
            pairs = [(name, of_user[user]) for name, of_user in known.items() if user in of_user]
            rows.append(f"('{user}', {cents}, {pairs})")
        types = "user_id String, cents Array(Int64), pairs Array(Tuple(String, String))"
        source = (
            f"(SELECT toDate('{when}') AS event_date, user_id, cents,"
            f" pairs::Map(String, String) AS dimensions, toUInt64({load}) AS load_id"
            f" FROM values('{types}', {','.join(rows)}))"
            if users
            else "(SELECT event_date, user_id, [0] AS cents, map() AS dimensions, load_id"
            " FROM store.raw_events WHERE 0)"
        )
        for statement in LOAD:
            self.sql(statement.format(day=source, date=when, load=load, known=list(known)))
        of_metrics = ",".join(
            f"('{metric}', '{user}', {micros})"
            for metric, by_user in (metrics or {}).items()
            for user, micros in (by_user or {"": []}).items()
        )
        source = f"values('metric String, user_id String, micros Array(Int64)', {of_metrics})"
        for statement in METRICS if of_metrics else ():
            self.sql(statement.format(rows=source, date=when, load=load))
        row = (when, load, load, counted)
        self.insert("ops.publications", "event_date, seq, load_id, rows", [row])
        return load

    def _learn(self, learning: Learning, when: str, load: int) -> dict[str, int]:
        """Returns how many rows the ledger has of the day's lessons, where the day knows them."""
        tasks, lessons = learning.task_rows(), learning.lesson_rows()
        for table, columns, rows in (
            ("staging_user_task_day", TASK_COLUMNS, tasks),
            ("staging_user_lesson_day", LESSON_COLUMNS, lessons),
        ):
            if rows:
                self.insert(f"store.{table}", columns, [(*row, when, load) for row in rows])
        return {"staging.user_lesson_day": len(lessons)} if learning.knows else {}

    def rows(self, mart: str) -> list[dict]:
        text = self.sql(
            f"SELECT * FROM marts.{mart} ORDER BY ALL FORMAT JSONEachRow"
            " SETTINGS output_format_json_quote_64bit_integers = 0"
        )
        return [json.loads(line) for line in text.splitlines()]

    def dump(self) -> dict[str, str]:
        """Every mart, to the last digit."""
        return {m: self.sql(f"SELECT * FROM marts.{m} ORDER BY ALL") for m in HISTORY_MARTS}


def micros(day: int) -> int:
    """The day's first moment."""
    first = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC)
    return int(first.timestamp()) * 10**6 + day * MICROS_PER_DAY


def iso(day: int) -> str:
    return (FIRST + timedelta(days=day)).isoformat()
