"""A/B results and task effectiveness: dbt on a real ClickHouse, against numpy, scipy and gbstats.

One build makes the marts of many tests at once: those drawn for three seeds, the first of them a
second time with other users, and those of the sample.
"""

import csv
import dataclasses
import math
import re
from dataclasses import dataclass

import numpy as np
import pytest
import yaml

import growthbook
from dev.sample import model
from dev.stack.services import commands
from dev.stack.services.state import ROOT, State
from experiment_facts import LISTED, random_facts, sample_facts
from experiments import DAYS_KEPT, Experiments
from recount_experiments import (
    Facts,
    Plan,
    expected,
    expected_by_segment,
    experiments_of,
    metrics_of,
)

SEEDS = (1, 2, 3)
AGAIN = "again "
# Of the history: when its first days are cut off, and later.
LOOKS = (11, 13)


@dataclass
class Built:
    """The facts that were loaded, and all that is read of one build."""

    facts: Facts
    listed: list[tuple]
    results: dict
    by_segment: dict
    history: dict
    said: str

    def recounted(self) -> Facts:
        """The facts without the tests that are not recounted; their users stay."""
        return dataclasses.replace(
            self.facts, assignments={row for row in self.facts.assignments if is_random(row[1])}
        )


def is_random(test: str) -> bool:
    return test[0].isdigit()


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    state = State(tmp_path_factory.mktemp("warehouse") / "state")
    yield Experiments(state)
    commands.clean(state)


@pytest.fixture(scope="module")
def built(warehouse):
    facts, listed = Facts(unpublished=frozenset({4})), []
    for prefix, seed in [*((f"{seed} ", seed) for seed in SEEDS), (AGAIN, SEEDS[0])]:
        facts.add(random_facts(seed), prefix)
        listed += [(prefix + test, *row) for test, *row in LISTED]
    seeded = [tuple(row) for row in csv.reader((ROOT / "dbt/seeds/ab_tests.csv").open())][1:]
    assert not {row[0] for row in seeded} & {row[1] for row in facts.assignments}
    # Their 6 days lie behind the missing one.
    facts.add(sample_facts(7, 3000, 6), "", later=6)
    warehouse.build(facts, listed)
    history = {day: warehouse.on_day(day) for day in range(20)}
    return Built(
        facts, listed, warehouse.results(), warehouse.by_segment(), history, warehouse.said
    )


def of_random(found: dict, test: int = 0) -> dict:
    """The rows of the drawn tests; ``test``: where in the key it stands."""
    return {key: row for key, row in found.items() if is_random(key[test])}


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


@pytest.mark.filterwarnings("ignore:Precision loss")  # scipy's own, on arms that hardly vary
def test_abTestResults_randomTests_agreeWithScipy(built):
    found = of_random(built.results)
    assert_same(found, expected(built.recounted(), built.listed))
    has_verdict = {
        (test.partition(" ")[2], metric)
        for (test, metric, _), row in found.items()
        if row["p_value"] is not None
    }
    assert {("plain", "minutes"), ("plain", "minutes_users"), ("four", "huge")} <= has_verdict
    # Of a test that ended, the days after its end may know what they like.
    assert {t for t, metric in has_verdict if metric.startswith("unknown")} <= {
        *("ended", "windowed")
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_abTestResults_randomTests_knowWhatTheyLack(built, seed):
    def of(test: str, metric: str = "active_days", group: str = "treatment") -> dict:
        return built.results[f"{seed} {test}", metric, group]

    assert not of("over_the_missing_day")["is_complete"]
    assert not of("right_after_it")["is_complete"]
    assert of("plain")["is_complete"] and of("left_by_one")["crossovers_ok"] is False
    # The days before exposure: none of them published, not all, all, all without activity.
    assert of("plain")["cuped_p_value"] is None
    assert of("missing_before")["cuped_p_value"] is None
    assert of("cuped")["cuped_p_value"] is not None
    assert of("newcomers")["p_value"] is None and of("newcomers")["users"] == 20
    assert of("newcomers", "task_success_rate")["mean"] == 0
    spread_now = of("newcomers", "revenue_per_user")
    assert spread_now["p_value"] is not None and spread_now["cuped_p_value"] is None
    assert of("small1")["users"] == 1 and of("small1")["p_value"] is None
    # Windows, ends and roles.
    assert of("waiting")["waiting_users"] > 0 and not of("waiting")["is_final"]
    assert of("windowed")["waiting_users"] == 0 and of("windowed")["is_final"]
    assert of("small8")["is_final"] and not of("small9")["is_final"]
    assert not of("plain")["is_final"] and of("plain")["role"] == "other"
    assert of("ended")["role"] == "primary"
    assert of("ended", "revenue_per_user")["role"] == "guardrail"
    assert {test for test, _, _ in built.results} & {
        f"{seed} listed_only",
        f"{seed} unseen",
    } == set()
    # What only warns is said in the run's output, with what to do about it.
    assert re.search(rf"ab_test_id = {seed} five, .* no verdict: name its control", built.said)
    assert re.search(rf"ab_test_id = {seed} left_by_one, .* one group loses more users", built.said)


def test_abTestResults_sameFactsOfOtherUsersInAnotherOrder_areTheSameToTheLastDigit(built):
    first = f"{SEEDS[0]} "

    def of(prefix: str, found: dict, test: int) -> dict:
        return {
            (*key[:test], key[test].removeprefix(prefix), *key[test + 1 :]): {
                name: figure for name, figure in row.items() if name != "ab_test_id"
            }
            for key, row in found.items()
            if key[test].startswith(prefix)
        }

    assert len(of(first, built.results, 0)) > 500
    assert of(AGAIN, built.results, 0) == of(first, built.results, 0)
    assert of(AGAIN, built.by_segment, 2) == of(first, built.by_segment, 2)
    for rows in built.history.values():
        assert of(AGAIN, rows, 0) == of(first, rows, 0)


def test_abTestResults_randomTests_agreeWithGrowthBook(built):
    facts = built.recounted()
    wanted = {}
    for test in experiments_of(facts, built.listed):
        for metric, pair in metrics_of(facts).items():
            for group in test.arms:
                row = built.results[test.name, metric, group]
                # Squares of 10^8 with a spread of cents are more than its sums of floats can hold.
                is_too_far = test.name.endswith("tiny_spread") and group == "far"
                if row["p_value"] is not None and not is_too_far:
                    wanted[test.name, metric, group] = growthbook.compared(
                        test, metric, pair, group
                    )
                    if row["cuped_p_value"] is None:
                        wanted[test.name, metric, group] = {
                            name: value
                            for name, value in wanted[test.name, metric, group].items()
                            if not name.startswith("cuped")
                        }
    assert_same({key: built.results[key] for key in wanted}, wanted)
    # The ratio has no regression, and a day before exposure does not know minutes.
    adjusted = {metric for (_, metric, _), row in wanted.items() if "cuped_p_value" in row}
    means = {"task_success_users", "purchase_conversion", "revenue_per_user", "active_days"}
    assert adjusted == means | {"huge", "huge_users"}
    assert {m for _, m, _ in wanted} >= adjusted | {"task_success_rate", "minutes", "minutes_users"}


@pytest.mark.filterwarnings("ignore:Precision loss")
def test_abTestResultsBySegment_randomTests_agreeWithScipy(built):
    found = of_random(built.by_segment, 2)
    assert_same(found, expected_by_segment(built.recounted(), built.listed))
    assert {("country", ""), ("version", "(other)")} <= {key[:2] for key in found}


@pytest.mark.filterwarnings("ignore:Precision loss")
@pytest.mark.parametrize("day", LOOKS)
def test_abTestHistory_earlierDay_isWhatResultsWouldHaveSaid(built, day):
    facts = built.recounted()
    # Of the groups that were there by then.
    so_far = dataclasses.replace(
        facts,
        users={key: row for key, row in facts.users.items() if key[0] <= day},
        assignments={row for row in facts.assignments if row[0] <= day},
        metrics={key: total for key, total in facts.metrics.items() if key[0] <= day},
        unpublished=frozenset(d for d in facts.unpublished if d <= day),
    )
    wanted = {
        key: row
        for key, row in expected(so_far, built.listed).items()
        if day in days_of_history(facts.plan(key[0]), 0)
    }
    names = [name for name in next(iter(built.history[day].values())) if name != "as_of"]
    assert_same(
        {key: built.history[day][key] for key in wanted},
        {key: {name: row[name] for name in names} for key, row in wanted.items()},
    )


def days_of_history(plan: Plan, first_exposed: int) -> range:
    """The days of the test in ab_test_history, of facts that end on day 19."""
    last = 19 if plan.end is None else min(19, plan.end)
    first = max(first_exposed, last - DAYS_KEPT + 1)
    return range(0) if plan.window else range(first, last + 1)


def test_abTestHistory_everyTest_hasItsLastDays(built):
    facts = built.recounted()
    for test in experiments_of(facts, built.listed):
        key = test.name, "active_days", next(iter(test.arms))
        days = [day for day, rows in built.history.items() if key in rows]
        assert days == list(days_of_history(facts.plan(test.name), test.first)), test.name
    project = yaml.safe_load((ROOT / "dbt" / "dbt_project.yml").read_text(encoding="utf-8"))
    assert project["vars"]["ab_test_history_days"] == 90


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


def test_abTestResults_sampleOfKnownEffects_findTheTruth(built):
    effect = built.results["onboarding_v2", "task_success_rate", "treatment"]
    truth = true_success_rate(model.ONBOARDING.success_logit) - true_success_rate(0.0)

    assert effect["ci_low"] < truth < effect["ci_high"]
    assert effect["ci_high"] - effect["ci_low"] < truth
    assert effect["is_significant"]
    assert effect["srm_ok"]
    null_test = [row for key, row in built.results.items() if key[0] == "button_colour"]
    assert {row["is_significant"] for row in null_test} == {None, False}
    assert all(row["srm_ok"] for row in null_test)
    broken = [row for key, row in built.results.items() if key[0] == "broken_split"]
    assert {(row["srm_ok"], row["is_significant"]) for row in broken} == {(False, None)}
    assert any(row["p_value"] is not None for row in broken)


def test_abTestResults_noPublishedDay_areEmpty(warehouse):
    facts = Facts(unpublished=frozenset({0}))
    facts.users[0, "u"] = [1, 1, 0, 0]
    facts.assignments.add((0, "t", "control", "u"))

    # Task effectiveness here, because a dbt unit test cannot expect no rows on ClickHouse.
    upstream = (
        "stg_user_task_day",
        "int_lesson_days",
        "int_task_totals",
        "int_tasks",
        "int_user_tasks",
    )
    warehouse.build(facts, [], "task_effectiveness", *upstream)
    assert warehouse.results() == {}
    assert warehouse.sql("SELECT count() FROM dbt_work.task_effectiveness") == "0\n"


def test_planThatCannotBeMet_failsTheBuildInWords(warehouse):
    warehouse.plan(
        [
            ("ends_early", "2026-03-05", "2026-03-04", 0, "task_succes_rate", "active_days|speed"),
            ("twice", None, None, None, "active_days", "active_days"),
            ("twice", None, None, None, None, None),
        ]
    )
    name = "ab_test_plans_are_sound"
    said = warehouse.dbt_fails(*("build", "--select", "published_loads", "stg_daily_metrics", name))
    problems = [
        "ends_early\tend_date 2026-03-04 is before start_date 2026-03-05",
        "ends_early\tguardrail metric speed does not exist;"
        " the metrics are those of ab_test_results",
        "ends_early\tprimary_metric task_succes_rate does not exist;"
        " the metrics are those of ab_test_results",
        "ends_early\twindow_days is 0; it must be 1 or more",
        "twice\tmetric active_days is both primary and guardrail",
        "twice\tthere are 2 plans of this test; keep one",
    ]
    query = next(warehouse.target.glob(f"compiled/**/{name}.sql")).read_text(encoding="utf-8")
    assert sorted(map(str.strip, warehouse.sql(query).splitlines())) == problems
    told = [problem.replace("\t", ", problem = ") for problem in problems]
    assert sum(f"ab_test_id = {problem}" in said for problem in told) == 5
    assert "not published: marts keep what they had" in said


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
