"""A warehouse filled with the facts of tests, and what dbt makes of them."""

import csv
import io
import json
import random
from collections import defaultdict
from decimal import Decimal

from dev.stack.services.state import State
from recount_experiments import MICROS, OWN_METRICS, Facts, iso
from runs import Run
from warehouse import Warehouse

# Of ab_test_history, so that its bound lies within the few days of the facts. Users are in several
# buckets.
DAYS_KEPT = 10
VARIABLES = f"{{ab_test_history_days: {DAYS_KEPT}, user_buckets: 3}}"
MODELS = ("+ab_test_results", "+ab_test_results_by_segment", "+ab_test_history")


class Experiments(Warehouse):
    """A warehouse that is filled with the facts of a test."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.dbt("seed", "--select", "ab_tests", "ab_test_plans")
        self.said = ""

    def start_dbt(self, *arguments: str) -> Run:
        # In all runs: with other variables than before, dbt parses the whole project anew.
        return super().start_dbt(*arguments, "--vars", VARIABLES)

    def build(self, facts: Facts, listed: list[tuple], *models: str) -> None:
        """The marts of these facts alone, inserted in a drawn order and in parts.

        ``listed``: rows of the seed ab_tests, beside its own. ``models``: others that are made too.
        """
        for table in (
            *("staging_user_day", "staging_ab_test_user_day"),
            *("staging_user_metric_day", "marts_daily_metrics"),
        ):
            self.sql(f"TRUNCATE TABLE store.{table}")
        self.sql("TRUNCATE TABLE ops.publications")
        if listed:
            columns = "ab_test_id, control_group, ab_group, expected_weight"
            self.insert("dbt_work.ab_tests", columns, listed)
        self.plan(
            (
                test,
                *(None if day is None else iso(day) for day in (plan.start, plan.end)),
                *(plan.window, plan.primary, "|".join(plan.guardrails) or None),
            )
            for test, plan in facts.plans.items()
        )
        self._insert_in_parts(facts, random.Random(1))
        identities = ("segments_add_up_to_ab_tests", "ab_test_history_ends_at_results")
        self.said = self.dbt(
            "build",
            *("--select", *MODELS, *identities, "ab_test_plans_are_sound", *models),
            *("--exclude", "resource_type:seed", "test_type:unit"),
        )

    def plan(self, plans) -> None:
        """Puts these rows into ab_test_plans, in place of those there."""
        self.sql("TRUNCATE TABLE dbt_work.ab_test_plans")
        columns = "ab_test_id, start_date, end_date, window_days, primary_metric, guardrail_metrics"
        rows = list(plans)
        if rows:
            self.insert("dbt_work.ab_test_plans", columns, rows)

    def compiled(self, query: str) -> str:
        """The query with what dbt makes of its macros."""
        return self.dbt("--quiet", "compile", "--inline", query)

    def results(self) -> dict:
        """test, metric, group → row of ab_test_results; figures as numbers, NULL as None."""
        answer = self.sql("SELECT * FROM dbt_work.ab_test_results FORMAT CSVWithNames")
        texts = ("ab_test_id", "metric", "ab_group", "control_group")
        return {
            tuple(row[name] for name in texts[:3]): {
                name: _value(cell, name in texts) for name, cell in row.items()
            }
            for row in csv.DictReader(io.StringIO(answer))
        }

    def by_segment(self) -> dict:
        """The rows by segment of the same run, by dimension, value, test, metric and group."""
        return self._by("dimension, value, ab_test_id, metric, ab_group", "results_by_segment")

    def on_day(self, day: int) -> dict:
        """The rows of the history of the same run on a day, by test, metric and group."""
        return self._by("ab_test_id, metric, ab_group", f"history WHERE as_of = '{iso(day)}'")

    def _by(self, keys: str, source: str) -> dict:
        answer = self.sql(
            f"SELECT tuple({keys}), * EXCEPT ({keys}) FROM dbt_work.ab_test_{source}"
            " FORMAT JSONCompactEachRowWithNames"
            " SETTINGS output_format_json_quote_64bit_integers = 0"
        )
        (_, *names), *rows = map(json.loads, answer.splitlines())
        return {tuple(key): dict(zip(names, row, strict=True)) for key, *row in rows}

    def _insert_in_parts(self, facts: Facts, draw: random.Random) -> None:
        loads = defaultdict(lambda: draw.getrandbits(60))
        user_days = [
            (
                *(iso(day), user, *row[:3], f"{row[3] / 100:.2f}"),
                str(facts.values.get((day, user), {})),
                loads[day],
            )
            for (day, user), row in facts.users.items()
        ]
        assignments = [
            (iso(day), test, group, user, f"{iso(day)} 12:00:00", loads[day])
            for day, test, group, user in sorted(facts.assignments)
        ]
        metric_days = [
            (iso(day), user, metric, Decimal(micros) / MICROS, loads[day])
            for (day, user, metric), micros in facts.metrics.items()
        ]
        known_days = [
            (iso(day), metric, load)
            for day, load in loads.items()
            for metric in facts.own_metrics()
            if day not in OWN_METRICS[metric]
        ]
        for rows, table, columns in (
            (
                metric_days,
                "store.staging_user_metric_day",
                "event_date, user_id, metric, total, load_id",
            ),
            (known_days, "store.marts_daily_metrics", "event_date, metric, load_id"),
            (
                user_days,
                "store.staging_user_day",
                "event_date, user_id, task_attempts, task_successes,"
                " positive_purchase_count, revenue, dimensions, load_id",
            ),
            (
                assignments,
                "store.staging_ab_test_user_day",
                "event_date, ab_test_id, ab_group, user_id, first_assigned_at, load_id",
            ),
        ):
            draw.shuffle(rows)
            for part in range(3):
                self.insert(table, columns, rows[part::3])
        published = [
            (iso(day), load, load) for day, load in loads.items() if facts.is_published(day)
        ]
        self.insert("ops.publications", "event_date, seq, load_id", published)


def _value(text: str, is_text: bool):
    if is_text and text != "\\N":
        return text
    if text in ("\\N", "true", "false"):
        return {"\\N": None, "true": True, "false": False}[text]
    try:
        return float(text)
    except ValueError:
        return text
