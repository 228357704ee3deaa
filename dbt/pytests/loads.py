"""A warehouse with loads written by hand, as the job would write them."""

import json
from datetime import date, timedelta

from warehouse import Warehouse

FIRST = date(2026, 1, 12)  # a Monday
SEGMENT_MARTS = (
    "active_users_by_segment",
    "retention_by_segment",
    "retention_summary_by_segment",
    "conversion_by_segment",
    "ltv_by_segment",
)
EXPERIMENT_MARTS = ("ab_test_results", "ab_test_results_by_segment")
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
    "task_effectiveness",
    *EXPERIMENT_MARTS,
    "metrics_by_period",
    "published_metrics",
    *SEGMENT_MARTS,
)
# What a load of a day writes, from rows of (user, purchases in cents, values of dimensions).
LOAD = [
    """INSERT INTO store.staging_user_day (event_date, user_id, event_count, purchase_count,
        positive_purchase_count, revenue, dimensions, load_id)
    SELECT event_date, user_id, 1 + length(cents), length(cents),
        arrayCount(c -> c > 0, cents), arraySum(cents) / 100, dimensions, load_id FROM {day}""",
    """INSERT INTO store.raw_events (event_date, event_id, user_id, load_id)
    SELECT event_date, concat(user_id, '-', toString(n)), user_id, load_id
    FROM {day} ARRAY JOIN range(1 + length(cents)) AS n""",
    """INSERT INTO store.raw_purchases (event_date, event_id, user_id, purchase_amount, load_id)
    SELECT event_date, concat(user_id, '-', toString(n)), user_id, c / 100, load_id
    FROM {day} ARRAY JOIN cents AS c, arrayEnumerate(cents) AS n""",
    """INSERT INTO store.marts_daily_activity (event_date, dau, event_count, load_id)
    SELECT toDate('{date}'), count(), sum(event_count), {load} FROM store.staging_user_day
    WHERE load_id = {load}""",
    """INSERT INTO store.marts_daily_task_results (event_date, load_id)
    VALUES ('{date}', {load})""",
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
    ) -> int:
        """Writes a load of a day and publishes it; returns its id.

        ``metrics``: by the name of each that the day knows, users with their values in millionths.
        ``values``: by the name of each dimension that it knows, users with their value; a user
        without one is not in it.
        """
        self.loads += 1
        when, load, known = iso(day), self.loads, values or {}
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
        counted = ",".join(
            f"('{metric}', '{user}', {micros})"
            for metric, by_user in (metrics or {}).items()
            for user, micros in (by_user or {"": []}).items()
        )
        source = f"values('metric String, user_id String, micros Array(Int64)', {counted})"
        for statement in METRICS if counted else ():
            self.sql(statement.format(rows=source, date=when, load=load))
        self.insert("ops.publications", "event_date, seq, load_id", [(when, load, load)])
        return load

    def rows(self, mart: str) -> list[dict]:
        text = self.sql(
            f"SELECT * FROM marts.{mart} ORDER BY ALL FORMAT JSONEachRow"
            " SETTINGS output_format_json_quote_64bit_integers = 0"
        )
        return [json.loads(line) for line in text.splitlines()]

    def dump(self) -> dict[str, str]:
        """Every mart, to the last digit."""
        return {m: self.sql(f"SELECT * FROM marts.{m} ORDER BY ALL") for m in HISTORY_MARTS}


def iso(day: int) -> str:
    return (FIRST + timedelta(days=day)).isoformat()
