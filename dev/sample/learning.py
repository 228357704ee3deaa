"""Lessons and attempts at tasks, from what was meant and never from the lines."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from .events import LESSON_COMPLETE, LESSON_START, Event

OPPORTUNITIES = 20
FIGURES = (
    *("attempted_pairs", "succeeded_pairs"),
    *("first_time_pairs", "first_time_succeeded_pairs"),
)
USERS = ("users", "started", "completed")
KINDS = {LESSON_START: "starts", LESSON_COMPLETE: "completions"}


class Lessons:
    """What happened at each lesson, of a day or of several; '' where only the course is named."""

    def __init__(self) -> None:
        self._figures: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self._users: dict[tuple[str, str], dict[str, set[str]]] = {}

    def accept(self, event: Event) -> None:
        """Counts an accepted event, if it names a course or a lesson."""
        if not event.course_id and not event.lesson_id:
            return
        place = (event.course_id, event.lesson_id)
        users = self._users.setdefault(place, {kind: set() for kind in USERS})
        self._figures[place]["events"] += 1
        users["users"].add(event.user_id)
        if event.event_type in KINDS:
            self._figures[place][KINDS[event.event_type]] += 1
            users["started"].add(event.user_id)
            if event.event_type == LESSON_COMPLETE:
                users["completed"].add(event.user_id)

    def add(self, other: "Lessons") -> None:
        """Adds those of another day."""
        for place, figures in other._figures.items():
            self._figures[place].update(figures)
            users = self._users.setdefault(place, {kind: set() for kind in USERS})
            for kind, of_kind in other._users[place].items():
                users[kind] |= of_kind

    def report(self) -> dict:
        """By course and lesson: events, and users; who has completed a lesson has started it."""
        courses: dict[str, dict] = defaultdict(dict)
        for (course, lesson), figures in sorted(self._figures.items()):
            users = self._users[course, lesson]
            courses[course][lesson] = {
                **{name: figures[name] for name in ("events", "starts", "completions")},
                "users": len(users["users"]),
                "started_users": len(users["started"]),
                "completed_users": len(users["completed"]),
            }
        return dict(courses)


class Attempt(NamedTuple):
    """An attempt at a task; in the order in which attempts count."""

    at: int
    event_id: str
    user_id: str
    task_id: str
    course_id: str
    is_success: bool

    @classmethod
    def of(cls, event: Event) -> "Attempt":
        """The attempt that an event is."""
        return cls(
            event.at,
            event.event_id,
            event.user_id,
            event.task_id,
            event.course_id,
            event.is_success,
        )


def curves(attempts: Iterable[Attempt]) -> dict:
    """By course, a list by opportunity: pairs of user and task that have this attempt.

    ``first_time_pairs`` are those of them that have not succeeded before it.
    """
    seen: Counter[tuple[str, str]] = Counter()
    succeeded: set[tuple[str, str]] = set()
    courses: dict[str, list[Counter[str]]] = defaultdict(list)
    for attempt in attempts:
        pair = (attempt.user_id, attempt.task_id)
        seen[pair] += 1
        if seen[pair] <= OPPORTUNITIES:
            curve = courses[attempt.course_id]
            if len(curve) < seen[pair]:
                curve.append(Counter(dict.fromkeys(FIGURES, 0)))
            figures = curve[seen[pair] - 1]
            figures["attempted_pairs"] += 1
            figures["succeeded_pairs"] += attempt.is_success
            if pair not in succeeded:
                figures["first_time_pairs"] += 1
                figures["first_time_succeeded_pairs"] += attempt.is_success
        if attempt.is_success:
            succeeded.add(pair)
    return {
        course: [dict(figures) for figures in curve] for course, curve in sorted(courses.items())
    }
