"""The comparisons of tests by gbstats, GrowthBook's own engine, from sums over users.

It is asked for what the marts give: the absolute difference, and sequential tuning at 5000 users.
Its proportions have a variance of p(1 − p); here a proportion is the mean of 0 and 1, whose sample
variance is n/(n − 1) times that. Its CUPED is the same: one slope from both arms together.
"""

import warnings

import numpy as np
from gbstats.frequentist.tests import (
    FrequentistConfig,
    SequentialConfig,
    SequentialTwoSidedTTest,
    TwoSidedTTest,
)
from gbstats.models.statistics import (
    RatioStatistic,
    RegressionAdjustedStatistic,
    SampleMeanStatistic,
)

from recount_experiments import Test

FIXED = FrequentistConfig(difference_type="absolute")
SEQUENTIAL = SequentialConfig(difference_type="absolute", sequential_tuning_parameter=5000)


def compared(test: Test, metric: str, pair, group: str) -> dict:
    """A group's figures of one metric, those of the regression included where it can be made."""
    arms = [test.arms[test.control], test.arms[group]]
    if metric == "task_success_rate":
        control, treatment = (_ratio([pair(user) for user in arm]) for arm in arms)
    else:
        values = [np.array([_value(pair(user)) for user in arm]) for arm in arms]
        # About a common value, which no difference depends on: at a million, the squares of cents
        # would be lost.
        middle = values[0].mean()
        control, treatment = (_mean(of_arm - middle) for of_arm in values)
    with warnings.catch_warnings():
        # Far from 0 its e-value is infinite, and the p value 0.
        warnings.simplefilter("ignore", RuntimeWarning)
        row = _row("", TwoSidedTTest(control, treatment, FIXED))
        row |= _row("sequential_", SequentialTwoSidedTTest(control, treatment, SEQUENTIAL))
    row["absolute_difference"] = row.pop("difference")
    del row["sequential_difference"]
    if metric == "task_success_rate" or any(user.before is None for arm in arms for user in arm):
        return row
    before = [np.array([_value(pair(user.before)) for user in arm]) for arm in arms]
    if not np.ptp(np.concatenate(before)):
        return row
    control, treatment = map(_adjusted, [of_arm - middle for of_arm in values], before)
    return row | _row("cuped_", TwoSidedTTest(control, treatment, FIXED))


def _row(kind: str, test: TwoSidedTTest | SequentialTwoSidedTTest) -> dict:
    low, high = test.confidence_interval
    return {
        f"{kind}difference": test.point_estimate,
        f"{kind}ci_low": low,
        f"{kind}ci_high": high,
        f"{kind}p_value": test.p_value,
    }


def _value(pair: tuple) -> float:
    numerator, denominator = map(int, pair)
    return numerator / denominator


def _mean(values: np.ndarray) -> SampleMeanStatistic:
    return SampleMeanStatistic(
        n=len(values), sum=float(values.sum()), sum_squares=float((values**2).sum())
    )


def _ratio(pairs: list[tuple]) -> RatioStatistic:
    numerators, denominators = np.array(pairs, float).T
    return RatioStatistic(
        n=len(pairs),
        m_statistic=_mean(numerators),
        d_statistic=_mean(denominators),
        m_d_sum_of_products=float((numerators * denominators).sum()),
    )


def _adjusted(after: np.ndarray, before: np.ndarray) -> RegressionAdjustedStatistic:
    return RegressionAdjustedStatistic(
        n=len(after),
        post_statistic=_mean(after),
        pre_statistic=_mean(before),
        post_pre_sum_of_products=float((after * before).sum()),
        theta=0,
    )
