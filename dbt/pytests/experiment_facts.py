"""Facts of tests: drawn ones of many shapes, and those of the sample's generator."""

from datetime import date

import numpy as np

from dev.sample import model
from dev.sample.behaviour import Setting, events
from dev.sample.events import ASSIGNMENT, DAY_MILLIS, PURCHASE, TASK_RESULT
from dev.sample.learners import learner
from recount_experiments import FIRST_DAY, OWN_METRICS, Facts, Plan

# What the seed ab_tests does not have: a control that is not the first by name, unequal and absent
# weights.
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
        "waiting": ["control", "treatment"],
        "cuped": ["control", "treatment"],
        "missing_before": ["control", "treatment"],
    }
    first_days = {
        **{"cuped": 19, "missing_before": 18, "over_the_missing_day": 0, "right_after_it": 5},
    }
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
        # The 14 days before exposure are published, and of the next one all but the missing one.
        "cuped": Plan(start=19),
        "missing_before": Plan(start=18, primary="minutes_users"),
        "windowed": Plan(6, 12, window=5, primary="minutes"),
        # The windows of the users of the first days are over.
        "waiting": Plan(window=9, guardrails=("active_days", "task_success_rate")),
        "ended": Plan(7, 11, primary="active_days", guardrails=("revenue_per_user",)),
        # The last day is the last one, and the day after it.
        "small8": Plan(end=19),
        "small9": Plan(end=20),
        "listed_only": Plan(3, 9, 2),
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
    # All active on the same days before exposure: not at all.
    for number in range(40):
        group, user = ("control", "treatment")[number % 2], f"newcomer-{number}"
        facts.assignments.add((19, "newcomers", group, user))
        cents = int(rng.integers(0, 3)) * 100
        facts.users[19, user] = [int(rng.integers(0, 5)), 0, int(cents > 0), cents]
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
