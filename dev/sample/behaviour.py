"""What a learner does on a day: sessions of screens, lessons, tasks, purchases, assignments."""

import random
from dataclasses import dataclass, field

from . import circumstances, model
from .events import ASSIGNMENT, DAY_MILLIS, PURCHASE, TASK_RESULT, Event, Fields, text
from .learners import Learner, stream

SCREENS = ("home", "catalogue", "lesson", "profile", "leaderboard", "урок", "課題一覧", "ação")
COURSES = ("Algebra", "Spanish A1", "Физика", "日本語", "Física 📚")
EXPERIENCE_ITEMS = ("lesson_start", "lesson_complete", "hint_used", "video_play")
MEAN_GAP_MILLIS = 25_000
MORE_SESSIONS = 0.4
SCREENS_PER_SESSION = 5
TASKS_PER_SESSION = 4
RETRY_PROBABILITY = 0.5
MAX_RETRIES = 2
RENEWAL_PROBABILITY = 0.04
PUSH_PROBABILITY = 0.15
LONG_ID_PROBABILITY = 0.002
LONGEST_ID = 256
EVENING_HOUR = 19
INTEGER_ID_BITS = 53


@dataclass(frozen=True)
class Setting:
    """What the run fixes for all learners. ``first_day`` is in days since 1970-01-01."""

    first_day: int
    scale: float
    tests: tuple[model.AbTest, ...]


@dataclass
class _Diary:
    """The events of one learner and day as they are made, with a clock that runs on."""

    learner: Learner
    draw: random.Random
    clock: int = 0
    session_id: str = ""
    events: list[Event] = field(default_factory=list)

    def add(self, event_type: str, **values: object) -> None:
        """Adds an event a moment after the last one."""
        self.clock += 200 + int(self.draw.expovariate(1 / MEAN_GAP_MILLIS))
        values.setdefault("properties", self._properties())
        values.setdefault("event_id", self._event_id())
        self.events.append(
            Event(
                user_id=self.learner.user_id,
                event_type=event_type,
                at=self.clock,
                has_integer_ids=self.learner.has_integer_id,
                session_id=self.session_id,
                platform=self.learner.platform,
                **values,
            )
        )

    def _event_id(self) -> str:
        if self.learner.has_integer_id:
            return str(self.draw.getrandbits(INTEGER_ID_BITS))
        name = f"{self.draw.getrandbits(96):024x}"
        return name.ljust(LONGEST_ID, "ё") if self.draw.random() < LONG_ID_PROBABILITY else name

    def _properties(self) -> Fields:
        chance = self.draw.random()
        if chance < 0.55:
            return {}
        if chance < 0.8:
            return {"volume": str(self.draw.randrange(12))}
        if chance < 0.95:
            return {
                "locale": text(self.learner.locale),
                "battery": f"0.{self.draw.randrange(100):02d}",
            }
        course = text(self.draw.choice(COURSES), escaped=self.draw.random() < 0.5)
        return {
            "course_title": course,
            "device": '{"ram_gb": 8, "model": "PX-7", "tags": [1.50, null]}',
        }


def events(learner: Learner, day: int, setting: Setting) -> list[Event]:
    """The events of a learner that begin on a day (counted from the first), by time.

    A session may run over midnight, but only into a day on which the learner is active anyway:
    otherwise midnight would bend the retention curve.
    """
    if not learner.is_active(day):
        return []
    diary = _Diary(learner, stream(learner.seed, "day", learner.index, day))
    midnight = (setting.first_day + day) * DAY_MILLIS
    count = _session_count(learner, diary.draw, setting)
    # Sorted, so that the assignments of session 0 come before every task of the learner.
    starts = sorted(_start_of_session(diary.draw) for _ in range(count))
    for number, start in enumerate(starts):
        diary.clock = midnight + start
        _session(diary, day, number, midnight, setting)
    if diary.draw.random() < PUSH_PROBABILITY:
        diary.session_id, diary.clock = "", midnight + diary.draw.randrange(DAY_MILLIS // 2)
        # The same id every day: ids are compared within a day only.
        diary.add(
            "push_received",
            event_id=f"9{learner.user_id}" if learner.has_integer_id else f"push-{learner.index}",
        )
    end = midnight + DAY_MILLIS * (2 if learner.is_active(day + 1) else 1)
    told = sorted((event for event in diary.events if event.at < end), key=lambda one: one.at)
    return circumstances.added(learner, day, told)


def _session_count(learner: Learner, draw: random.Random, setting: Setting) -> int:
    count = 1
    while draw.random() < 1 - 1 / (1 + MORE_SESSIONS * learner.engagement * setting.scale):
        count += 1
    return count


def _start_of_session(draw: random.Random) -> int:
    return int(draw.triangular(0, DAY_MILLIS - 1, EVENING_HOUR * DAY_MILLIS / 24))


def _session(diary: _Diary, day: int, number: int, midnight: int, setting: Setting) -> None:
    draw, learner = diary.draw, diary.learner
    diary.session_id = f"s{learner.index}-{day}-{number}"
    first = len(diary.events)
    diary.add("app_open", screen_name="home")
    # The first event of a session never leaves the day, however long its gap was drawn.
    opened = min(diary.clock, midnight + DAY_MILLIS - 1)
    diary.events[first] = diary.events[first].changed(at=opened)
    is_first = day == learner.join_day and number == 0
    _assign(diary, is_first, setting)
    for _ in range(1 + int(draw.expovariate(1 / (SCREENS_PER_SESSION * setting.scale)))):
        diary.add("screen_view", screen_name=draw.choice(SCREENS))
        if draw.random() < 0.4:
            diary.add(draw.choice(EXPERIENCE_ITEMS), screen_name="lesson")
    for _ in range(int(draw.expovariate(1 / (TASKS_PER_SESSION * setting.scale)))):
        _attempt_task(diary, setting)
    if learner.is_payer:
        _purchase(diary, is_first)
    if is_first:
        _cross_over(diary, setting)


def _assign(diary: _Diary, is_first: bool, setting: Setting) -> None:
    for test in setting.tests:
        if is_first or diary.draw.random() < model.REASSIGNMENT_PROBABILITY:
            group = diary.learner.groups[test.ab_test_id]
            diary.add(ASSIGNMENT, ab_test_id=test.ab_test_id, ab_group=group)


def _cross_over(diary: _Diary, setting: Setting) -> None:
    for test in setting.tests:
        if test.ab_test_id in diary.learner.crossover_tests:
            is_second = diary.learner.groups[test.ab_test_id] == test.groups[1]
            other = test.groups[0 if is_second else 1]
            diary.add(ASSIGNMENT, ab_test_id=test.ab_test_id, ab_group=other)


def _attempt_task(diary: _Diary, setting: Setting) -> None:
    draw, learner = diary.draw, diary.learner
    task = draw.randrange(model.TASK_COUNT)
    probability = model.success_probability(
        learner.skill, model.task_difficulty(task), learner.success_lift(setting.tests)
    )
    for _ in range(1 + MAX_RETRIES):
        is_success = draw.random() < probability
        diary.add(
            TASK_RESULT, task_id=f"task-{task:02d}", is_success=is_success, screen_name="task"
        )
        if is_success or draw.random() > RETRY_PROBABILITY:
            return


def _purchase(diary: _Diary, is_first: bool) -> None:
    draw = diary.draw
    subscribes = model.SUBSCRIPTION_PROBABILITY if is_first else RENEWAL_PROBABILITY
    if draw.random() < subscribes:
        kind, cents = "subscription", draw.choice(model.SUBSCRIPTION_CENTS)
    elif draw.random() < model.ONE_OFF_PROBABILITY:
        kind, cents = "one_off", draw.choice(model.ONE_OFF_CENTS)
    else:
        return
    product = {"kind": text(kind), "product_id": text(f"{kind}-{cents}")}
    diary.add(PURCHASE, cents=cents, screen_name="shop", properties=product)
    if draw.random() < model.REFUND_PROBABILITY:
        refund = product | {"is_refund": "true"}
        diary.add(PURCHASE, cents=-cents, screen_name="shop", properties=refund)
