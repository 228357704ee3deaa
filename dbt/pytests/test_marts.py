"""History marts: dbt on a real ClickHouse, against a recount by hand."""

import random

from learning import Learning, random_learning
from loads import EXPERIMENT_MARTS, HISTORY_MARTS, LEARNING_MARTS, SEGMENT_MARTS
from recount import assert_equal
from recount_learning import LearningRecount
from recount_segments import SegmentRecount


def random_history(seed: int, length: int) -> dict[int, dict[str, list[int]]]:
    """Days from 0 on: user → purchases in cents, refunds negative. Days 12 and 40 are missing,
    nobody is active on day 20."""
    draw = random.Random(seed)
    published = [day for day in range(length) if day not in (12, 40)]
    days: dict[int, dict[str, list[int]]] = {day: {} for day in published}
    for number in range(60):
        joined, often = draw.randrange(length), draw.choice([0.05, 0.2, 0.6])
        for day in days:
            if day != 20 and (day == joined or (day > joined and draw.random() < often)):
                amounts = [199, 1000, 4999, -199]
                cents = [draw.choice(amounts) for _ in range(draw.choice([0, 0, 0, 1, 2]))]
                days[day][f"u{number}"] = cents
    return days


def random_metrics(seed: int, history: dict[int, dict]) -> dict[int, dict]:
    """Day → metric → user → values in millionths. ``late`` is known from day 20 on, ``seldom`` on
    most days and has few events, ``lessons`` always."""
    draw = random.Random(seed)
    days: dict[int, dict] = {}
    for day, users in history.items():
        chances = {"lessons": 0.7}
        chances |= {"late": 0.3} if day >= 20 else {}
        chances |= {"seldom": 0.02} if draw.random() < 0.95 else {}
        days[day] = {
            metric: {
                user: [draw.choice([1_000_000, 1, -2_500_000, 10**17]) for _ in range(events)]
                for user in users
                if (events := draw.randrange(1, 4) * (draw.random() < chance))
            }
            for metric, chance in chances.items()
        }
    return days


def random_values(
    seed: int, history: dict[int, dict[str, list[int]]]
) -> dict[int, dict[str, dict[str, str]]]:
    """Of each day, of each dimension that it knows, user → value. A country is kept for most of
    the time, some users have none, and days before 10 do not know it; days 25 and 26 do not know
    the version, of which there are more than the marts have rows for; nobody has a plan."""
    draw = random.Random(seed)
    countries = {}
    values: dict[int, dict[str, dict[str, str]]] = {}
    for day, users in history.items():
        for user in users:
            if user not in countries or draw.random() < 0.05:
                countries[user] = draw.choice(["DE", "FR", "IT", "", "(other)"])
        known = {"plan": {}} if users else {}
        if day >= 10:
            known["country"] = {user: countries[user] for user in users if countries[user]}
        if day not in (25, 26):
            known["version"] = {user: f"v{int(120 * draw.random() ** 2)}" for user in users}
        values[day] = known
    return values


def test_no_data_at_all_builds_and_publishes_empty_marts(marts):
    assert "published: 25 tables in marts" in marts.build()
    assert {mart: text for mart, text in marts.dump().items() if text} == {}


def test_random_history_with_gaps_equals_the_recount_by_hand(marts):
    history = random_history(1, 50)
    metrics, values = random_metrics(1, history), random_values(1, history)
    # The first days were loaded by a release that did not know lessons, and one later on again.
    learning = random_learning(1, history, unknown=(*range(8), 30))
    for day, users in history.items():
        marts.load(day, users, metrics[day], values[day], learning[day])
    marts.build()
    recount = SegmentRecount(history, values, metrics)
    assert {row["is_complete"] for row in recount.metrics_by_period()} == {True, False}
    assert len(set(recount.labels["version"].values())) == 51
    for mart in HISTORY_MARTS:
        if mart not in (*LEARNING_MARTS, *EXPERIMENT_MARTS):
            assert_equal(marts.rows(mart), getattr(recount, mart)())
    of_lessons = LearningRecount(recount, learning)
    for mart in LEARNING_MARTS:
        assert_equal(marts.rows(mart), getattr(of_lessons, mart)())
    figures = {row["task_id"]: row["discrimination"] for row in of_lessons.task_effectiveness()}
    assert figures["only"] is figures["free3"] is None
    assert any(row["is_mature"] for row in of_lessons.course_progress())
    assert any(row["users"] for row in of_lessons.streaks() if row["streak_days"] > 5)


def test_one_user_on_one_day(marts):
    marts.load(0, {"only": []}, values={"country": {}})
    marts.build()
    recount = SegmentRecount({0: {"only": []}}, {0: {"country": {}}})
    for mart in (*HISTORY_MARTS[:9], *SEGMENT_MARTS):
        assert_equal(marts.rows(mart), getattr(recount, mart)())


def test_days_reloaded_and_in_another_order_give_the_same_bytes(marts):
    history = random_history(2, 30)
    metrics, values = random_metrics(2, history), random_values(2, history)
    learning = random_learning(2, history)
    for day, users in history.items():
        marts.load(day, users, metrics[day], values[day], learning[day])
    marts.build()
    before = marts.dump()
    # Of the last 14 days each is there.
    recount = LearningRecount(SegmentRecount(history, values, metrics), learning)
    assert any(row["stopped_users"] for row in recount.lesson_progress())
    for mart in LEARNING_MARTS:
        assert_equal(marts.rows(mart), getattr(recount, mart)())

    marts.forget()
    draw = random.Random(2)
    for day in draw.sample(sorted(history), len(history)):
        # A load that was replaced: nothing of it may be left.
        if draw.random() < 0.3:
            nothing, nowhere = {"nothing": {"nobody": [1]}}, {"country": {"nobody": "XX"}}
            marts.load(day, {"nobody": [100]}, nothing, nowhere, learning[day])
        users = list(history[day].items())
        known = dict(draw.sample(sorted(values[day].items()), len(values[day])))
        attempts, events = learning[day].attempts, learning[day].events
        shuffled = Learning(draw.sample(attempts, len(attempts)), draw.sample(events, len(events)))
        marts.load(day, dict(draw.sample(users, len(users))), metrics[day], known, shuffled)
    marts.build()
    assert marts.dump() == before
