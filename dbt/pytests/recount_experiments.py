"""The marts of experiments from their definitions, with numpy and scipy."""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
from scipy import stats

FIRST_DAY = date(2026, 3, 1)
METRICS = {
    "task_success_users": lambda user: (user.successes > 0, 1),
    "task_success_rate": lambda user: (user.successes, user.attempts),
    "purchase_conversion": lambda user: (user.positive > 0, 1),
    "revenue_per_user": lambda user: (user.cents, 100),
    "active_days": lambda user: (user.days, 1),
}
# Of the settings: the days that do not know it.
OWN_METRICS = {"minutes": {0, 1, 2, 3, 5}, "huge": set(), "unknown_at_last": {19}}
MICROS = 1_000_000


@dataclass(frozen=True)
class Plan:
    """What ab_test_plans says of a test; days counted from FIRST_DAY."""

    start: int | None = None
    end: int | None = None
    window: int | None = None
    primary: str | None = None
    guardrails: tuple[str, ...] = ()

    def is_open_to(self, day: int) -> bool:
        """Whether an exposure on the day counts."""
        return (self.start is None or day >= self.start) and (self.end is None or day <= self.end)

    def final_day(self) -> int | None:
        """The last day of the last window."""
        return None if self.end is None else self.end + (self.window or 1) - 1

    def role(self, metric: str) -> str:
        if metric == self.primary:
            return "primary"
        return "guardrail" if metric in self.guardrails else "other"


@dataclass
class Facts:
    """Rows of the staging tables, by day counted from FIRST_DAY."""

    # day, user → attempts, successes, positive purchases, cents
    users: dict = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0, 0]))
    # day, test, group, user
    assignments: set = field(default_factory=set)
    # day, user, metric → total in millionths
    metrics: dict = field(default_factory=dict)
    # day, user → dimension → value
    values: dict = field(default_factory=dict)
    unpublished: frozenset = frozenset()
    plans: dict[str, Plan] = field(default_factory=dict)

    def plan(self, test: str) -> Plan:
        return self.plans.get(test, Plan())

    def add(self, other: "Facts", prefix: str, later: int = 0) -> None:
        """Takes in others of the same calendar, their tests and users under names of their own."""
        for (day, user), row in other.users.items():
            self.users[day + later, prefix + user] = row
        for (day, user, metric), micros in other.metrics.items():
            self.metrics[day + later, prefix + user, metric] = micros
        for (day, user), values in other.values.items():
            self.values[day + later, prefix + user] = values
        for day, test, group, user in other.assignments:
            self.assignments.add((day + later, prefix + test, group, prefix + user))
        self.plans |= {prefix + test: plan for test, plan in other.plans.items()}

    def is_published(self, day: int) -> bool:
        return day not in self.unpublished

    def last(self) -> int:
        return max(day for day, _ in self.users if self.is_published(day))

    def are_published(self, first: int, until: int, last: int) -> bool:
        """Whether these days are, of a history that ends on ``last``."""
        return first >= 0 and until <= last and not self.unpublished & {*range(first, until + 1)}

    def is_complete(self, first: int, last: int) -> bool:
        """Of a test first seen on this day, which may have begun on the day before."""
        return not any(first - 1 <= day <= last for day in self.unpublished)

    def own_metrics(self) -> set[str]:
        return {metric for _, _, metric in self.metrics}

    def knows(self, metric: str, first: int, last: int) -> bool:
        """Whether all published days of these know a metric of the settings."""
        unknown = OWN_METRICS.get(metric.removesuffix("_users"), ())
        return not any(first <= day <= last and self.is_published(day) for day in unknown)


@dataclass
class User:
    """What a user did from exposure on."""

    name: str
    exposed: int
    # The same of the 14 days before, where all are published.
    before: "User | None" = None
    days: int = 0
    attempts: int = 0
    successes: int = 0
    positive: int = 0
    cents: int = 0
    totals: Counter = field(default_factory=Counter)


def own_pairs(metric: str) -> dict:
    return {
        metric: lambda user: (user.totals[metric], MICROS),
        f"{metric}_users": lambda user: (metric in user.totals, 1),
    }


def iso(day: int) -> str:
    return (FIRST_DAY + timedelta(days=day)).isoformat()


@dataclass
class Test:
    """A test as its assignments tell it; crossovers are in no arm."""

    name: str
    plan: Plan
    listed: list
    control: str | None
    first: int
    # group → users
    arms: dict
    waiting: int
    # Of each crossover the first day in each group.
    crossovers: list
    # metric → whether it is compared
    complete: dict


def metrics_of(facts: Facts) -> dict:
    return METRICS | {
        name: pair for metric in facts.own_metrics() for name, pair in own_pairs(metric).items()
    }


def experiments_of(facts: Facts, listed: tuple) -> list[Test]:
    last, metrics = facts.last(), metrics_of(facts)
    seen = defaultdict(lambda: defaultdict(dict))
    for day, test, group, user in facts.assignments:
        if facts.is_published(day) and facts.plan(test).is_open_to(day):
            seen[test][user][group] = min(day, seen[test][user].get(group, day))
    history = defaultdict(list)
    for (day, user), row in facts.users.items():
        if facts.is_published(day):
            history[user].append((day, row))
    totals = defaultdict(list)
    for (day, user, metric), micros in facts.metrics.items():
        if facts.is_published(day):
            totals[user].append((day, metric, micros))
    tests = []
    for name, users in seen.items():
        plan = facts.plan(name)
        mine = [row for row in listed if row[0] == name]
        groups = {group for found in users.values() for group in found} | {r[2] for r in mine}
        arms = {group: [] for group in sorted(groups)}
        waiting = 0
        for user, found in users.items():
            if len(found) > 1:
                continue
            group, exposed = next(iter(found.items()))
            over = last if plan.window is None else exposed + plan.window - 1
            if plan.window is not None and not facts.are_published(exposed, over, last):
                waiting += 1
                continue
            until = min(over, last if plan.end is None else plan.end)
            one = _activity(user, history[user], totals[user], exposed, until)
            if facts.are_published(exposed - 14, exposed - 1, last):
                span = exposed - 14, exposed - 1
                one.before = _activity(user, history[user], totals[user], *span)
            arms[group].append(one)
        first = min(day for found in users.values() for day in found.values())
        over = last if plan.end is None else min(last, plan.final_day())
        tests.append(
            Test(
                name,
                plan,
                mine,
                mine[0][1] if mine else _named_control(groups),
                first,
                arms,
                waiting,
                [found for found in users.values() if len(found) > 1],
                {
                    m: facts.is_complete(first, over) and facts.knows(m, first, over)
                    for m in metrics
                },
            )
        )
    return tests


def expected(facts: Facts, listed: tuple) -> dict:
    """The rows of ab_test_results by test, metric and group."""
    last, metrics = facts.last(), metrics_of(facts)
    rows = {}
    for test in experiments_of(facts, listed):
        srm = _split_p_value({group: len(arm) for group, arm in test.arms.items()}, test.listed)
        left = _split_p_value(_first_groups(test.crossovers, set(test.arms)), test.listed)
        compared = {
            (test.name, metric, group): _comparison(
                test.arms, test.control, group, pair, test.complete[metric]
            )
            for metric, pair in metrics.items()
            for group in test.arms
        }
        adjusted = _holm({key: row["p_value"] for key, row in compared.items()})
        sequential = _holm({key: row["sequential_p_value"] for key, row in compared.items()})
        for key, row in compared.items():
            pair = metrics[key[1]]
            if key[1] != "task_success_rate" and facts.knows(key[1], test.first - 14, last):
                row |= _cuped(test.arms, test.control, key[2], pair, row)
            ok = None if srm is None else bool(srm >= 0.001)
            rows[key] = row | {
                "p_value_adjusted": adjusted.get(key),
                "is_significant": adjusted[key] < 0.05
                if key in adjusted and ok is not False
                else None,
                "sequential_p_value_adjusted": sequential.get(key),
                "is_significant_sequential": sequential[key] < 0.05
                if key in sequential and ok is not False
                else None,
                "role": test.plan.role(key[1]),
                "is_final": test.plan.end is not None and test.plan.final_day() <= last,
                "crossover_users": len(test.crossovers),
                "waiting_users": test.waiting,
                "srm_p_value": srm,
                "srm_ok": ok,
                "crossover_p_value": left,
                "crossovers_ok": None if left is None else left >= 0.001,
                "is_complete": test.complete[key[1]],
                "control_group": test.control,
                "as_of": iso(last),
            }
    return rows


COMPARED = ("absolute_difference", "relative_lift", "ci_low", "ci_high", "p_value")
SEQUENTIAL = ("sequential_ci_low", "sequential_ci_high", "sequential_p_value", "mde")
CUPED = (
    *("cuped_difference", "cuped_ci_low", "cuped_ci_high"),
    *("cuped_p_value", "variance_reduction"),
)
# Of standard errors: an effect that a test at 5 % finds with a power of 80 %.
DETECTED = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
BY_SEGMENT = (
    *("users", "mean", "absolute_difference", "ci_low", "ci_high", "p_value"),
    *("sequential_ci_low", "sequential_ci_high", "sequential_p_value"),
)


def expected_by_segment(facts: Facts, listed: tuple) -> dict:
    """The rows of ab_test_results_by_segment by dimension, value, test, metric and group."""
    rows, metrics, tests = {}, metrics_of(facts), experiments_of(facts, listed)
    for dimension in sorted({name for of_day in facts.values.values() for name in of_day}):
        labels = _labels(facts, dimension)
        for test in tests:
            of_value = defaultdict(lambda: defaultdict(list))
            for group, arm in test.arms.items():
                for user in arm:
                    value = facts.values.get((user.exposed, user.name), {}).get(dimension, "")
                    of_value[labels.get(value, "")][group].append(user)
            for metric, pair in metrics.items():
                found = {
                    (dimension, value, test.name, metric, group): _comparison(
                        arms, test.control, group, pair, test.complete[metric]
                    )
                    for value, arms in of_value.items()
                    for group in arms
                }
                adjusted = {
                    f"{name}_adjusted": _holm({key: row[name] for key, row in found.items()})
                    for name in ("p_value", "sequential_p_value")
                }
                for key, row in found.items():
                    rows[key] = {name: row[name] for name in BY_SEGMENT}
                    rows[key] |= {name: family.get(key) for name, family in adjusted.items()}
                    rows[key]["is_complete"] = test.complete[metric]
    return rows


def _labels(facts: Facts, dimension: str) -> dict[str, str]:
    """Value to what the marts call it: the 50 with most users keep their names."""
    users = defaultdict(set)
    for day, user in facts.users:
        if facts.is_published(day):
            users[facts.values.get((day, user), {}).get(dimension, "")].add(user)
    ranked = sorted(users, key=lambda value: (-len(users[value]), value.encode()))
    return {value: value if place < 50 else "(other)" for place, value in enumerate(ranked)}


def _named_control(groups: set) -> str | None:
    named = [group for group in groups if group.lower() == "control"]
    return "control" if "control" in named else named[0] if len(named) == 1 else None


def _first_groups(crossovers: list[dict], groups: set) -> dict[str, int]:
    """Crossovers by the group they were in first, those left out who were in two at once."""
    counts = dict.fromkeys(sorted(groups), 0)
    for found in crossovers:
        first, *more = (group for group, day in found.items() if day == min(found.values()))
        counts[first] += not more
    return counts


def _activity(name: str, history: list, totals: list, exposed: int, until: int) -> User:
    user = User(name, exposed)
    for day, metric, micros in totals:
        if exposed <= day <= until:
            user.totals[metric] += micros
    for day, (attempts, successes, positive, cents) in history:
        if exposed <= day <= until:
            user.days += 1
            user.attempts += attempts
            user.successes += successes
            user.positive += positive
            user.cents += cents
    return user


def _values(arm: list, pair) -> tuple[Fraction | None, np.ndarray | None]:
    """The arm's mean, exact, and its users' values less that mean; of a ratio, linearised."""
    pairs = [tuple(int(value) for value in pair(user)) for user in arm]
    numerators = sum(numerator for numerator, _ in pairs)
    denominators = sum(denominator for _, denominator in pairs)
    if not denominators:
        return None, None
    # Exact, and denominators times too large.
    away = [float(n * denominators - numerators * d) for n, d in pairs]
    mean = Fraction(numerators, denominators)
    return mean, np.array(away) / denominators * len(pairs) / denominators


def _comparison(arms: dict, control: str | None, group: str, pair, is_complete: bool) -> dict:
    mean, values = _values(arms[group], pair)
    control_mean, control_values = _values(arms.get(control, []), pair)
    row = dict.fromkeys((*COMPARED, *SEQUENTIAL, *CUPED))
    has_spread = values is not None and len(values) > 1
    row |= {
        "users": len(arms[group]),
        "mean": None if mean is None else float(mean),
        "stddev": np.std(values, ddof=1) if has_spread else None,
        "control_mean": None if control_mean is None else float(control_mean),
    }
    if group == control or not is_complete or mean is None or control_mean is None:
        return row
    difference = mean - control_mean
    row["absolute_difference"] = float(difference)
    row["relative_lift"] = float(difference / abs(control_mean)) if control_mean else None
    varies = has_spread and max(np.ptp(values), np.ptp(control_values)) > 1e-9
    if varies and len(control_values) > 1:
        # About the control's mean: at a million, the digits of a spread of cents would be lost.
        test = stats.ttest_ind(values + float(difference), control_values, equal_var=False)
        interval = test.confidence_interval(0.95)
        row |= {"p_value": test.pvalue, "ci_low": interval.low, "ci_high": interval.high}
        squared_error = sum(np.var(v, ddof=1) / len(v) for v in (values, control_values))
        row |= _sequential(float(difference), squared_error, len(values) + len(control_values))
    return row


def _sequential(difference: float, squared_error: float, users: int) -> dict:
    """By the formulas of Waudby-Smith et al. 2023, in their own form."""
    rho2 = (-2 * math.log(0.05) + math.log(1 - 2 * math.log(0.05))) / 5000
    scale = users * rho2 + 1
    half = math.sqrt(squared_error * users) * math.sqrt(
        2 * scale * math.log(math.sqrt(scale) / 0.05) / (users**2 * rho2)
    )
    exponent = rho2 * difference**2 * users / squared_error / (2 * scale)
    return {
        "sequential_ci_low": difference - half,
        "sequential_ci_high": difference + half,
        "sequential_p_value": min(1.0, math.sqrt(scale) * math.exp(-exponent)),
        "mde": DETECTED * math.sqrt(squared_error),
    }


def _cuped(arms: dict, control: str | None, group: str, pair, row: dict) -> dict:
    """The comparison of values less what a regression of both arms on those before explains."""
    users = [user for arm in arms.values() for user in arm]
    if row["p_value"] is None or any(user.before is None for user in users):
        return {}
    (y, x), (control_y, control_x) = (
        [np.array([n / d for n, d in map(pair, side)], float) for side in (arm, before)]
        for arm, before in ((arms[g], [u.before for u in arms[g]]) for g in (group, control))
    )
    both_x, both_y = np.concatenate([x, control_x]), np.concatenate([y, control_y])
    if not np.ptp(both_x):
        return {}
    slope = np.cov(both_x, both_y)[0, 1] / np.var(both_x, ddof=1)
    # About the mean, or the digits of a spread of cents would be lost.
    centre = both_y.mean()
    left, right = y - centre - slope * x, control_y - centre - slope * control_x
    test = stats.ttest_ind(left, right, equal_var=False)
    interval = test.confidence_interval(0.95)

    def squared_error(*values) -> float:
        return sum(np.var(v, ddof=1) / len(v) for v in values)

    return {
        "cuped_difference": left.mean() - right.mean(),
        "cuped_ci_low": interval.low,
        "cuped_ci_high": interval.high,
        "cuped_p_value": test.pvalue,
        "variance_reduction": 1 - squared_error(left, right) / squared_error(y, control_y),
    }


def _holm(p_values: dict) -> dict:
    found = sorted((p, key) for key, p in p_values.items() if p is not None)
    result, highest = {}, 0.0
    for place, (p, key) in enumerate(found):
        highest = max(highest, min(1.0, p * (len(found) - place)))
        result[key] = highest
    return result


def _split_p_value(counts: dict[str, int], listed: list) -> float | None:
    weights = {row[2]: row[3] for row in listed if row[3]} or dict.fromkeys(counts, 1)
    users = np.array([counts[group] for group in weights])
    if len(users) < 2 or users.sum() < 8 * len(users):
        return None
    share = np.array(list(weights.values())) / sum(weights.values())
    return stats.chisquare(users, users.sum() * share).pvalue
