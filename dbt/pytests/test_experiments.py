"""A/B results and task effectiveness: dbt on a real ClickHouse, against numpy and scipy."""

import csv
import dataclasses
import io
import json
import math
import random
import re
from collections import defaultdict
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from dev.sample import model
from dev.sample.behaviour import Setting, events
from dev.sample.events import ASSIGNMENT, DAY_MILLIS, PURCHASE, TASK_RESULT
from dev.sample.learners import learner
from dev.stack.services import commands
from dev.stack.services.state import ROOT, State
from recount_experiments import (
    FIRST_DAY,
    MICROS,
    OWN_METRICS,
    Facts,
    expected,
    expected_by_segment,
    iso,
)
from warehouse import Warehouse

# What the seed does not have: a control that is not the first by name, unequal and absent weights.
LISTED = (
    ("listed", "new", "new", 1),
    ("listed", "new", "old", 3),
    ("partly_weighted", "b", "a", 0.5),
    ("partly_weighted", "b", "b", 0.5),
    ("partly_weighted", "b", "c", None),
    ("control_only", "z", "z", None),
    ("never_reached", "control", "control", 1),
    ("never_reached", "control", "nobody", 1),
    ("unseen", "control", "control", 1),
)


class Experiments(Warehouse):
    """A warehouse that is filled with the facts of a test; the tests of LISTED are in the seed."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.dbt("seed", "--select", "ab_tests", "ab_test_plans")
        columns = "ab_test_id, control_group, ab_group, expected_weight"
        self.insert("dbt_work.ab_tests", columns, list(LISTED))

    def results(self, facts: Facts, draw: random.Random) -> str:
        """The model's rows for these facts alone, inserted in a drawn order and in parts."""
        for table in (
            *("staging_user_day", "staging_ab_test_user_day"),
            *("staging_user_metric_day", "marts_daily_metrics"),
        ):
            self.sql(f"TRUNCATE TABLE store.{table}")
        self.sql("TRUNCATE TABLE ops.publications")
        self.sql("TRUNCATE TABLE dbt_work.ab_test_plans")
        plans = [
            (test, *(None if day is None else iso(day) for day in (start, end)), window)
            for test, (start, end, window) in facts.plans.items()
        ]
        if plans:
            columns = "ab_test_id, start_date, end_date, window_days"
            self.insert("dbt_work.ab_test_plans", columns, plans)
        self._insert_in_parts(facts, draw)
        self.said = self.dbt(
            "build",
            *("--select", "+ab_test_results", "+ab_test_results_by_segment"),
            *("+ab_test_history", "segments_add_up_to_ab_tests", "ab_test_history_ends_at_results"),
            *("--exclude", "resource_type:seed", "test_type:unit"),
        )
        return self.sql("SELECT * FROM dbt_work.ab_test_results FORMAT CSVWithNames")

    def compiled(self, query: str) -> str:
        """The query with what dbt makes of its macros."""
        return self.dbt("--quiet", "compile", "--inline", query)

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
            parts = draw.randint(1, 4)
            for part in range(parts):
                self.insert(table, columns, rows[part::parts])
        published = [
            (iso(day), load, load) for day, load in loads.items() if facts.is_published(day)
        ]
        self.insert("ops.publications", "event_date, seq, load_id", published)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    state = State(tmp_path_factory.mktemp("warehouse") / "state")
    yield Experiments(state)
    commands.clean(state)


def parsed(answer: str) -> dict:
    """test, metric, group → row; figures as numbers, NULL as None."""

    def value(text: str, is_text: bool):
        if is_text and text != "\\N":
            return text
        if text in ("\\N", "true", "false"):
            return {"\\N": None, "true": True, "false": False}[text]
        try:
            return float(text)
        except ValueError:
            return text

    texts = ("ab_test_id", "metric", "ab_group", "control_group")
    return {
        tuple(row[name] for name in texts[:3]): {
            name: value(cell, name in texts) for name, cell in row.items()
        }
        for row in csv.DictReader(io.StringIO(answer))
    }


def assert_same(found: dict, wanted: dict) -> None:
    assert sorted(found) == sorted(wanted)
    wrong = [
        (key, name, found[key][name], value)
        for key, row in wanted.items()
        for name, value in row.items()
        if not _agree(found[key][name], value)
    ]
    assert not wrong, f"{len(wrong)} figures differ, the first: {wrong[:5]}"


def _agree(found, wanted) -> bool:
    if wanted is None or found is None or isinstance(wanted, str):
        return found == wanted
    # Where nothing but rounding is left, scipy's 1e-12 is an exact 0 here.
    return math.isclose(found, wanted, rel_tol=1e-6, abs_tol=1e-8)


def random_facts(seed: int) -> Facts:
    """Tests of many shapes over the same users, 20 days with one missing, in some of the tests."""
    rng = np.random.default_rng(seed)
    facts = Facts(unpublished=frozenset({4}))
    pool = [f"u{number}" for number in range(2500)]
    for user in pool:
        skill = rng.beta(2, 2)
        for day in np.flatnonzero(rng.random(20) < rng.uniform(0.05, 0.5)):
            attempts = int(rng.poisson(rng.gamma(1, 4)))
            paid = int(rng.integers(-500, 9999)) if rng.random() < 0.05 else 0
            successes = int(rng.binomial(attempts, skill))
            facts.users[int(day), user] = [attempts, successes, int(paid > 0), paid]
            _add_metrics(facts, int(day), user, rng)
            facts.values[int(day), user] = _values(user, rng)
    shapes = {
        "plain": ["control", "treatment"],
        "five": ["", "a", "b", "c", "d"],
        "four": ["blue", "control", "green", "red"],
        "listed": ["new", "old", "old", "old"],
        "partly_weighted": ["a", "b", "c"],
        "control_only": ["a", "b", "z"],
        "never_reached": ["control"],
        "capital": ["Blue", "Control"],
        "over_the_missing_day": ["control", "treatment"],
        "right_after_it": ["control", "treatment"],
        "left_by_one": ["control", "treatment"],
        "windowed": ["control", "treatment"],
        "ended": ["control", "treatment"],
    }
    shapes["cuped"] = ["control", "treatment"]
    first_days = {"cuped": 19, "over_the_missing_day": 0, "right_after_it": 5}
    for test, groups in shapes.items():
        chosen = rng.choice(pool, int(rng.integers(300, 2500)), replace=False)
        first = first_days.get(test, 6)
        for user in chosen:
            day, group = int(rng.integers(first, max(first + 1, 15))), str(rng.choice(groups))
            facts.assignments.add((day, test, group, str(user)))
            if rng.random() < 0.05:
                other = str(rng.choice(groups))
                facts.assignments.add((int(rng.integers(first, 20)), test, other, str(user)))
            if test == "left_by_one" and group == "treatment" and rng.random() < 0.2:
                facts.assignments.add((19, test, "control", str(user)))
    _add_small(facts, rng)
    _add_extreme(facts, rng)
    facts.plans = {
        # Some have the 14 days before exposure, and none of these is the missing one.
        "cuped": (19, None, None),
        "windowed": (6, 12, 5),
        "ended": (7, 11, None),
        "listed_only": (3, 9, 2),
    }
    return facts


def _add_metrics(facts: Facts, day: int, user: str, rng) -> None:
    """Totals of the metrics that the day knows, of some users; ``huge`` are as large as can be."""
    for metric, unknown in OWN_METRICS.items():
        if day not in unknown and rng.random() < 0.3:
            is_huge = metric == "huge"
            micros = 10**19 * int(rng.integers(-1, 3)) if is_huge else int(rng.gamma(1, 10**7))
            facts.metrics[day, user, metric] = micros + int(rng.integers(0, 3))


def _values(user: str, rng) -> dict[str, str]:
    """Countries of which a user sees two, and more versions than have rows of their own."""
    home = int(user[1:]) % 5
    country = f"country-{home + int(rng.random() < 0.2)}"
    versions = {"version": f"1.{int(60 * rng.random() ** 2)}"} if rng.random() < 0.9 else {}
    return versions if rng.random() < 0.1 else versions | {"country": country}


def _add(facts: Facts, test: str, group: str, number: int, cents: int) -> None:
    user = f"{test}-{group}-{number}"
    facts.assignments.add((6, test, group, user))
    facts.users[6, user] = [0, 0, int(cents > 0), cents]


def _add_small(facts: Facts, rng) -> None:
    """Arms of 1 to 9 users; one arm alone; users of whom nothing more is known."""
    for size in range(1, 10):
        for group in ("control", "treatment", "variant")[: 2 + size % 2]:
            for number in range(int(rng.integers(1, size + 1))):
                _add(facts, f"small{size}", group, number, int(rng.integers(0, 3)) * 100)
    for number in range(20):
        _add(facts, "alone", "only", number, number)
        facts.assignments.add((7, "silent", "control" if number % 2 else "x", f"silent-{number}"))


def _add_extreme(facts: Facts, rng) -> None:
    """Means of 10⁶ with a spread of cents, arms far apart, arms without any spread."""
    for group, base in (("control", 10**8), ("near", 10**8), ("far", 10**10)):
        for number in range(1500):
            _add(facts, "tiny_spread", group, number, base + int(rng.integers(0, 3)))
    for group, cents in (("control", 500), ("other", 700)):
        for number in range(10):
            _add(facts, "no_spread", group, number, cents)
            _add(facts, "one_without_spread", group, number, cents + number * (cents == 700))


@pytest.mark.filterwarnings("ignore:Precision loss")  # scipy's own, on arms that hardly vary
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_abTestResults_randomTests_agreeWithScipyAndNeverDifferByOrder(warehouse, seed):
    facts = random_facts(seed)

    first = warehouse.results(facts, random.Random(seed))
    again = warehouse.results(facts, random.Random(seed + 100))

    assert first == again
    seeded = [tuple(row) for row in csv.reader((ROOT / "dbt/seeds/ab_tests.csv").open())][1:]
    assert not {row[0] for row in seeded} & {row[1] for row in facts.assignments}
    found = parsed(first)
    assert_same(found, expected(facts, LISTED))
    by_segment = warehouse.by_segment()
    assert_same(by_segment, expected_by_segment(facts, LISTED))
    assert {("country", ""), ("version", "(other)")} <= {key[:2] for key in by_segment}
    for day in (8, 13):
        # As it would have been said on that day, of the groups that were there by then.
        so_far = dataclasses.replace(
            facts,
            users={key: row for key, row in facts.users.items() if key[0] <= day},
            assignments={row for row in facts.assignments if row[0] <= day},
            metrics={key: total for key, total in facts.metrics.items() if key[0] <= day},
            unpublished=frozenset(d for d in facts.unpublished if d <= day),
        )
        wanted = {
            key: row
            for key, row in expected(so_far, LISTED).items()
            if _has_day(key[0], day, facts)
        }
        rows, names = warehouse.on_day(day), ("as_of", "is_complete")
        assert_same(
            {key: rows[key] for key in wanted},
            {
                key: {name: row[name] for name in rows[key] if name not in names}
                for key, row in wanted.items()
            },
        )
    of = {test: row for (test, metric, _), row in found.items() if metric == "active_days"}
    has_verdict = {
        (test, metric) for (test, metric, _), row in found.items() if row["p_value"] is not None
    }
    assert {("plain", "minutes"), ("plain", "minutes_users"), ("four", "huge")} <= has_verdict
    # Of a test that ended, the days after its end may know what they like.
    assert {t for t, metric in has_verdict if metric.startswith("unknown")} <= {
        *("ended", "windowed")
    }
    assert not of["over_the_missing_day"]["is_complete"] and not of["right_after_it"]["is_complete"]
    assert of["plain"]["is_complete"] and of["left_by_one"]["crossovers_ok"] is False
    # What only warns is said in the run's output, with what to do about it.
    assert re.search(r"ab_test_id = five, .* no verdict: name its control", warehouse.said)
    assert re.search(r"ab_test_id = left_by_one, .* one group loses more users", warehouse.said)


def _has_day(test: str, day: int, facts: Facts) -> bool:
    """Whether the test has a history, and had not ended before the day."""
    _, end, window = facts.plans.get(test, (None, None, None))
    return window is None and (end is None or day <= end)


def sample_facts(seed: int, users: int, days: int) -> Facts:
    """What the load would make of the generator's events."""
    facts = Facts()
    first = (FIRST_DAY - date(1970, 1, 1)).days
    setting = Setting(first, 1.0, model.ab_tests(broken_split=True))
    for index in range(users):
        one = learner(seed, index)
        for day in range(days):
            for event in events(one, day, setting):
                row = facts.users[event.at // DAY_MILLIS - first, event.user_id]
                if event.event_type == TASK_RESULT:
                    row[0] += 1
                    row[1] += event.is_success
                elif event.event_type == PURCHASE:
                    row[2] += event.cents > 0
                    row[3] += event.cents
                elif event.event_type == ASSIGNMENT:
                    facts.assignments.add(
                        (event.day - first, event.ab_test_id, event.ab_group, event.user_id)
                    )
    return facts


def true_success_rate(lift: float) -> float:
    """Successes ÷ attempts that the generator's model gives in the long run.

    A failed attempt is tried again with probability ½, twice at most; skills are normal.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    attempts = successes = 0.0
    for node, weight in zip(nodes, weights, strict=True):
        for task in range(model.TASK_COUNT):
            p = model.success_probability(
                model.SKILL_STDDEV * node, model.task_difficulty(task), lift
            )
            again = (1 - p) / 2
            tried = weight * (1 + again + again**2)
            attempts += tried
            successes += p * tried
    return successes / attempts


def test_abTestResults_sampleOfKnownEffects_findTheTruth(warehouse):
    answer = parsed(warehouse.results(sample_facts(7, 3000, 6), random.Random(7)))
    effect = answer["onboarding_v2", "task_success_rate", "treatment"]
    truth = true_success_rate(model.ONBOARDING.success_logit) - true_success_rate(0.0)

    assert effect["ci_low"] < truth < effect["ci_high"]
    assert effect["ci_high"] - effect["ci_low"] < truth
    assert effect["is_significant"]
    assert effect["srm_ok"]
    null_test = [row for key, row in answer.items() if key[0] == "button_colour"]
    assert {row["is_significant"] for row in null_test} == {None, False}
    assert all(row["srm_ok"] for row in null_test)
    broken = [row for key, row in answer.items() if key[0] == "broken_split"]
    assert {(row["srm_ok"], row["is_significant"]) for row in broken} == {(False, None)}
    assert any(row["p_value"] is not None for row in broken)


def test_abTestResults_noPublishedDay_areEmpty(warehouse):
    facts = Facts(unpublished=frozenset({0}))
    facts.users[0, "u"] = [1, 1, 0, 0]
    facts.assignments.add((0, "t", "control", "u"))

    assert parsed(warehouse.results(facts, random.Random(1))) == {}
    # Here, because a dbt unit test cannot expect no rows on ClickHouse.
    upstream = ("stg_user_task_day", "int_tasks", "int_user_tasks")
    warehouse.dbt("run", "--select", "task_effectiveness", *upstream)
    assert warehouse.sql("SELECT count() FROM dbt_work.task_effectiveness") == "0\n"


def test_planThatCannotBeMet_failsInWords(warehouse):
    columns = "ab_test_id, start_date, end_date, window_days, primary_metric, guardrail_metrics"
    plans = [
        ("ends_early", "2026-03-05", "2026-03-04", 0, "task_succes_rate", "active_days|speed"),
        ("twice", None, None, None, "active_days", "active_days"),
        ("twice", None, None, None, None, None),
    ]
    warehouse.sql("TRUNCATE TABLE dbt_work.ab_test_plans")
    warehouse.insert("dbt_work.ab_test_plans", columns, plans)
    warehouse.dbt("run", "--select", "published_loads", "stg_daily_metrics")
    query = warehouse.compiled(
        (ROOT / "dbt/tests/seeds/ab_test_plans_are_sound.sql").read_text(encoding="utf-8")
    )
    assert sorted(map(str.strip, warehouse.sql(query).splitlines())) == [
        "ends_early\tend_date 2026-03-04 is before start_date 2026-03-05",
        "ends_early\tguardrail metric speed does not exist;"
        " the metrics are those of ab_test_results",
        "ends_early\tprimary_metric task_succes_rate does not exist;"
        " the metrics are those of ab_test_results",
        "ends_early\twindow_days is 0; it must be 1 or more",
        "twice\tmetric active_days is both primary and guardrail",
        "twice\tthere are 2 plans of this test; keep one",
    ]
    warehouse.sql("TRUNCATE TABLE dbt_work.ab_test_plans")


def test_intervals_of200TestsWithoutAnEffect_lookedAtOn30Days(warehouse):
    """By the macros of the marts, from the sums of users whose figures are drawn alike."""
    tests, days, users = 200, 30, 100
    values = np.random.default_rng(0).gamma(1, 1, (tests, 2, days, users))
    counts = users * np.arange(1, days + 1)
    sums, squares = values.sum(3).cumsum(2), (values**2).sum(3).cumsum(2)
    errors = (squares - sums**2 / counts) / (counts - 1) / counts
    differences = (sums[:, 1] - sums[:, 0]) / counts
    rows = [
        (test, counts[day], differences[test, day], *errors[test, :, day])
        for test in range(tests)
        for day in range(days)
    ]
    warehouse.sql(
        "CREATE OR REPLACE TABLE dbt_work.looks (test UInt32, users UInt64, difference Float64,"
        " control_error Float64, error Float64) ENGINE = MergeTree ORDER BY test"
    )
    columns = "test, users, difference, control_error, error"
    warehouse.insert("dbt_work.looks", columns, rows)
    query = warehouse.compiled(
        "select countIf(is_fixed), countIf(is_sequential) from ("
        "  select max(abs(difference) > assumeNotNull(verdict.2)) as is_fixed,"
        "    max(abs(difference) > margin) as is_sequential from ("
        "    select test, difference, tuple(users)::Tuple(users UInt64) as control,"
        "      {{ welch_verdict('difference', 'error', 'control_error', 'true') }} as verdict,"
        "      {{ sequential_margin('(error + control_error)', 'toFloat64(2 * users)') }} as margin"
        "    from dbt_work.looks) group by test)"
    )
    fixed, sequential = map(int, warehouse.sql(query).split())
    # 5 % and three standard deviations; nobody looks at the fixed interval once only.
    assert sequential <= tests * (0.05 + 3 * math.sqrt(0.05 * 0.95 / tests))
    assert fixed > 0.2 * tests
    page = " ".join((ROOT / "docs" / "experiments.md").read_text(encoding="utf-8").split())
    assert f"in {fixed} of {tests}; the sequential one in {sequential} of {tests}" in page
