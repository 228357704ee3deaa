"""Courses and lessons: what a learner's events belong to, and what is planted in them.

A learner goes through the lessons of a course in their order. All of it is drawn from streams of
its own: neither the number nor the times of events depend on it, only which attempts succeed.
"""

import random
from dataclasses import dataclass

from . import model
from .events import LESSON_COMPLETE, LESSON_START, TASK_RESULT, VIDEO_PLAY, Event
from .learners import Learner, stream

# What names the lesson that the learner is at, beside its start and its completion.
IN_LESSON = (VIDEO_PLAY, "hint_used")


@dataclass
class _Progress:
    """Where a learner stands: a course, the lesson's number from 1, and whether it has begun."""

    course: str
    lesson: int = 1
    is_started: bool = False
    has_stopped: bool = False

    def place(self, lesson: int = 0) -> dict[str, str]:
        """Course and lesson as an event has them; 0 is the lesson of now."""
        lesson_id = model.lesson_id(self.course, lesson or self.lesson)
        return {"course_id": self.course, "lesson_id": lesson_id}

    def is_at_the_stop(self) -> bool:
        """Whether the lesson is the one that few get through."""
        return (self.course, self.lesson) == (model.STOP_COURSE, model.STOP_LESSON)

    def leave(self) -> None:
        """Goes on with the next course; never again with one that was given up."""
        courses = [
            course
            for course in model.COURSES
            if not (self.has_stopped and course == model.STOP_COURSE) or course == self.course
        ]
        self.course = courses[(courses.index(self.course) + 1) % len(courses)]
        self.lesson, self.is_started = 1, False


class Courses:
    """What the learners have done so far. Days come in their order, each learner's by time."""

    def __init__(self, tests: tuple[model.AbTest, ...]) -> None:
        self._tests = tests
        self._progress: dict[int, _Progress] = {}
        self._attempts: dict[tuple[int, str], int] = {}

    def added(self, learner: Learner, day: int, events: list[Event]) -> list[Event]:
        """The events of a learner and day (counted from the first) with course and lesson."""
        draw = stream(learner.seed, "courses", learner.index, day)
        progress = self._progress.setdefault(learner.index, _Progress(_first_course(learner)))
        return [self._with_course(learner, progress, event, draw) for event in events]

    def _with_course(
        self, learner: Learner, progress: _Progress, event: Event, draw: random.Random
    ) -> Event:
        if event.event_type == TASK_RESULT:
            return self._attempt(learner, event, draw)
        if event.event_type in (LESSON_START, LESSON_COMPLETE):
            return event.changed(**_step(learner, progress, event.event_type == LESSON_START))
        if event.event_type in IN_LESSON and progress.is_started:
            return event.changed(**progress.place())
        return event

    def _attempt(self, learner: Learner, event: Event, draw: random.Random) -> Event:
        """Who has tried before fails less; of one task the key is wrong."""
        before = self._attempts.get((learner.index, event.task_id), 0)
        self._attempts[learner.index, event.task_id] = before + 1
        base, practised = (
            model.success_probability(
                learner.skill,
                model.task_difficulty(model.task_number(event.task_id)),
                learner.success_lift(self._tests) + model.PRACTICE_LOGIT * attempts,
            )
            for attempts in (0, before)
        )
        is_helped = draw.random() * (1 - base) < practised - base
        is_right = event.is_success or is_helped
        is_success = is_right != (event.task_id == model.MISKEYED_TASK)
        return event.changed(is_success=is_success, course_id=model.task_course(event.task_id))


def _first_course(learner: Learner) -> str:
    draw = stream(learner.seed, "course", learner.index)
    return draw.choice(model.COURSES)


def _step(learner: Learner, progress: _Progress, is_start: bool) -> dict[str, str]:
    """Where a start or a completion is, and where the learner goes from there."""
    if progress.is_at_the_stop() and _stops(learner):
        if progress.is_started:
            progress.has_stopped = True
            progress.leave()
        elif not is_start:
            # They have not come to it yet, and do the lesson before it once more.
            return progress.place(progress.lesson - 1)
    place = progress.place()
    if is_start:
        progress.is_started = True
    elif progress.lesson == model.LESSON_COUNT:
        progress.leave()
    else:
        progress.lesson, progress.is_started = progress.lesson + 1, False
    return place


def _stops(learner: Learner) -> bool:
    return stream(learner.seed, "stop", learner.index).random() < model.STOP_PROBABILITY
