"""What pupils do at tasks and lessons, drawn at random, and the rows that the job makes of it."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from loads import MICROS_PER_DAY, micros

TASKS = {
    "a": ("a1", "a2", "a3", "moved"),
    "b": ("b1", "b2"),
    "alone": ("only",),
    "": ("free1", "free2", "free3"),
}
LESSONS = ("l1", "l2", "l3")


class Attempt(NamedTuple):
    """At a task; ``at`` in microseconds since 1970."""

    at: int
    user: str
    course: str
    lesson: str
    task: str
    is_success: bool


class LessonEvent(NamedTuple):
    """An event that names a course or a lesson: ``start``, ``complete`` or ``other``."""

    at: int
    user: str
    course: str
    lesson: str
    kind: str


@dataclass
class Learning:
    """What happens on a day; one that does not ``know`` lessons is of a load of before."""

    attempts: list[Attempt] = field(default_factory=list)
    events: list[LessonEvent] = field(default_factory=list)
    knows: bool = True

    def task_rows(self) -> list[tuple]:
        """Of staging.user_task_day without day and load."""
        pairs = defaultdict(list)
        for attempt in sorted(self.attempts):
            pairs[attempt.user, attempt.task].append(attempt)
        return [
            (
                user,
                task,
                len(tries),
                sum(each.is_success for each in tries),
                stamp(tries[0].at),
                stamp(tries[-1].at),
                int(tries[0].is_success),
                int(tries[-1].is_success),
                tries[-1].course if self.knows else "",
                tries[-1].lesson if self.knows else "",
                [int(each.is_success) for each in tries][:100] if self.knows else [],
            )
            for (user, task), tries in pairs.items()
        ]

    def lesson_rows(self) -> list[tuple]:
        """Of staging.user_lesson_day without day and load."""
        rows = defaultdict(list)
        for event in self.events if self.knows else ():
            rows[event.user, event.course, event.lesson].append(event)
        return [
            (
                *key,
                len(events),
                *(len(times(events, kind)) for kind in ("start", "complete")),
                *(stamp(min(times(events, kind), default=0)) for kind in ("start", "complete")),
            )
            for key, events in rows.items()
        ]


def times(events: list[LessonEvent], kind: str) -> list[int]:
    return [event.at for event in events if event.kind == kind]


def stamp(at: int) -> str:
    """As ClickHouse writes it."""
    return f"{datetime.fromtimestamp(at // 10**6, UTC):%Y-%m-%d %H:%M:%S}.{at % 10**6:06d}"


def random_learning(
    seed: int, history: dict[int, dict], unknown: tuple[int, ...] = ()
) -> dict[int, Learning]:
    """Of the active users of each day. The able succeed more often and everybody with practice,
    but b2 is miskeyed; ``moved`` changes from course a to b on day 20; everybody succeeds at free3.
    Many stop at l2, and those who come back may go on elsewhere."""
    draw = random.Random(seed)
    tried: dict[tuple[str, str], int] = defaultdict(int)
    days = {}
    for day, users in history.items():
        learning = Learning(knows=day not in unknown)
        for user in users:
            able = int(user[1:]) % 5 / 5
            for course, tasks in TASKS.items():
                for task in tasks:
                    for _ in range(draw.choice([0, 0, 0, 1, 2, 6])):
                        tried[user, task] += 1
                        chance = 0.2 + 0.5 * able + 0.05 * tried[user, task]
                        chance = {"b2": 1 - chance, "free3": 1}.get(task, chance)
                        where = "b" if task == "moved" and day >= 20 else course
                        learning.attempts.append(
                            Attempt(
                                moment(day, draw), user, where, "", task, draw.random() < chance
                            )
                        )
            for course in draw.sample(["a", "b", ""], draw.randrange(3)):
                if draw.random() < 0.3:
                    learning.events.append(
                        LessonEvent(moment(day, draw), user, course, "", "other")
                    )
                for lesson in LESSONS:
                    kinds = draw.choice([[], [], ["start"], ["start", "complete"], ["complete"]])
                    kinds = kinds if lesson != "l2" else kinds[:1]
                    for kind in [*kinds, *(["other"] if draw.random() < 0.1 else [])]:
                        learning.events.append(
                            LessonEvent(moment(day, draw), user, course, lesson, kind)
                        )
        days[day] = learning
    return days


def moment(day: int, draw: random.Random) -> int:
    return micros(day) + draw.randrange(MICROS_PER_DAY)
