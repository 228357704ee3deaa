"""The learning marts from their definitions, from the events themselves."""

from collections import defaultdict

import numpy as np
import pytest

from learning import Attempt, Learning, LessonEvent, stamp
from loads import MICROS_PER_DAY, iso
from recount import Recount, rate

DAY_NUMBERS = (0, 1, 3, 7, 14, 30, 60, 90)


class LearningRecount:
    """The five marts, one figure at a time."""

    def __init__(self, recount: Recount, learning: dict[int, Learning]) -> None:
        self.recount = recount
        self.last = recount.last
        self.learning = learning
        self.known = {day for day, of_day in learning.items() if of_day.knows}
        self.tasks: dict[str, list[tuple[int, Attempt]]] = defaultdict(list)
        for day, of_day in sorted(learning.items()):
            for attempt in sorted(of_day.attempts):
                self.tasks[attempt.task].append((day, attempt))
        self.courses: dict[tuple[str, str], list[tuple[int, LessonEvent]]] = defaultdict(list)
        for day in sorted(self.known):
            for event in learning[day].events:
                self.courses[event.course, event.user].append((day, event))

    def knows(self, first: int, last: int) -> bool:
        return all(day in self.known for day in range(first, last + 1))

    def is_complete(self, first: int, days: set[int]) -> bool:
        """Nothing is missing from the day before ``first`` on, or in the whole history."""
        begin = min(self.learning)
        return all(day in days for day in range(max(first - 1, begin), self.last + 1))

    def place(self, task: str) -> tuple[str, str] | None:
        """Course and lesson of the last attempt that is known."""
        known = [attempt for day, attempt in self.tasks[task] if day in self.known]
        return max((a.at, a.course, a.lesson) for a in known)[1:] if known else None

    def pairs(self, task: str, days: set[int]) -> dict[str, list[bool]]:
        """User → outcomes in their order, on these days."""
        users: dict[str, list[bool]] = defaultdict(list)
        for day, attempt in self.tasks[task]:
            if day in days:
                users[attempt.user].append(attempt.is_success)
        return users

    def discrimination(self, task: str) -> tuple[float | None, int | None]:
        place = self.place(task)
        if place is None:
            return None, None
        published = set(self.learning)
        others = [
            self.pairs(other, published)
            for other in self.tasks
            if other != task and self.place(other) and self.place(other)[0] == place[0]
        ]
        scores, rests = [], []
        for user, outcomes in self.pairs(task, published).items():
            rest = [float(of_other[user][0]) for of_other in others if user in of_other]
            if rest:
                scores.append(float(outcomes[0]))
                rests.append(np.mean(rest))
        if len(scores) < 30 or np.ptp(scores) == 0 or np.ptp(rests) == 0:
            return None, len(scores)
        return float(np.corrcoef(scores, rests)[0, 1]), len(scores)

    def task_effectiveness(self) -> list[dict]:
        rows = []
        for task, attempts in self.tasks.items():
            pairs = self.pairs(task, set(self.learning)).values()
            solved = [outcomes for outcomes in pairs if any(outcomes)]
            successes = sum(attempt.is_success for _, attempt in attempts)
            course, lesson = self.place(task) or ("", "")
            discrimination, users = self.discrimination(task)
            if discrimination is not None:
                discrimination = pytest.approx(discrimination, abs=1e-7)
            rows.append(
                {
                    "task_id": task,
                    "course_id": course,
                    "lesson_id": lesson,
                    "attempts": len(attempts),
                    "successes": successes,
                    "success_rate": rate(successes, len(attempts)),
                    "users": len(pairs),
                    "users_succeeded": len(solved),
                    "first_attempt_success_rate": rate(sum(o[0] for o in pairs), len(pairs)),
                    "last_attempt_success_rate": rate(sum(o[-1] for o in pairs), len(pairs)),
                    "attempts_per_completed_task": rate(len(attempts), len(solved)),
                    "discrimination": discrimination,
                    "discrimination_users": users,
                    "is_complete": self.is_complete(attempts[0][0], set(self.learning)),
                }
            )
        return rows

    def learning_curves(self) -> list[dict]:
        courses = defaultdict(list)
        for task in self.tasks:
            if self.place(task):
                courses[self.place(task)[0]].append(task)
        rows = []
        for course, tasks in courses.items():
            first = min(self.tasks[task][0][0] for task in tasks)
            pairs = [pair for task in tasks for pair in self.pairs(task, self.known).values()]
            for n in range(1, 21):
                tried = [pair for pair in pairs if len(pair) >= n]
                unsolved = [pair for pair in tried if not any(pair[: n - 1])]
                succeeded = sum(pair[n - 1] for pair in tried)
                solved = sum(pair[n - 1] for pair in unsolved)
                if tried:
                    rows.append(
                        {
                            "course_id": course,
                            "opportunity": n,
                            "attempted_pairs": len(tried),
                            "succeeded_pairs": succeeded,
                            "success_rate": rate(succeeded, len(tried)),
                            "unsolved_pairs": len(unsolved),
                            "newly_solved_pairs": solved,
                            "first_time_success_rate": rate(solved, len(unsolved)),
                            "is_complete": self.is_complete(first, self.known),
                        }
                    )
        return rows

    def lesson_progress(self) -> list[dict]:
        lessons = defaultdict(lambda: defaultdict(list))
        stopped = defaultdict(int)
        for (course, user), events in self.courses.items():
            of_lessons = [(day, event) for day, event in events if event.kind != "other"]
            for day, event in of_lessons:
                lessons[course, event.lesson][user].append((day, event))
            # The first start and the first completion of a day are what is known of its order.
            seen = defaultdict(list)
            for day, event in of_lessons:
                seen[day, event.lesson, event.kind].append(event.at)
            if not seen:
                continue
            last = max(seen, key=lambda key: min(seen[key]))[1]
            has_completed = any(e.lesson == last and e.kind == "complete" for _, e in of_lessons)
            if not has_completed and max(day for day, _ in events) <= self.last - 14:
                stopped[course, last] += 1
        is_quiet_known = self.knows(self.last - 13, self.last)
        rows = []
        for (course, lesson), users in lessons.items():
            starts, waits, completed = [], [], 0
            for events in users.values():
                of_user = [event for _, event in events]
                start = min((e.at for e in of_user if e.kind == "start"), default=None)
                end = min((e.at for e in of_user if e.kind == "complete"), default=None)
                completed += end is not None
                starts += [start] if start is not None else []
                if start is not None and end is not None and end >= start:
                    waits.append((end - start) // MICROS_PER_DAY)
            first = min(day for events in users.values() for day, _ in events)
            stops = stopped[course, lesson] if is_quiet_known else None
            rows.append(
                {
                    "course_id": course,
                    "lesson_id": lesson,
                    "started_users": len(users),
                    "completed_users": completed,
                    "completion_rate": rate(completed, len(users)),
                    "median_first_started_at": None if not starts else stamp(lower_median(starts)),
                    "median_days_to_complete": lower_median(waits),
                    "stopped_users": stops,
                    "stop_rate": None if stops is None else rate(stops, len(users)),
                    "is_complete": self.is_complete(first, self.known),
                }
            )
        return rows

    def course_progress(self) -> list[dict]:
        cohorts = defaultdict(list)
        for (course, _), events in self.courses.items():
            of_lessons = [day for day, event in events if event.kind != "other"]
            if of_lessons:
                cohorts[course, min(of_lessons)].append(events)
        rows = []
        for (course, cohort), users in cohorts.items():
            for n in DAY_NUMBERS:
                day = cohort + n
                is_mature = self.knows(cohort, day)
                active = sum(any(d == day for d, _ in events) for events in users)
                completed = sum(
                    len({e.lesson for d, e in events if e.kind == "complete" and d <= day})
                    for events in users
                )
                rows.append(
                    {
                        "course_id": course,
                        "cohort_date": iso(cohort),
                        "day_number": n,
                        "cohort_size": len(users),
                        "active_users": active if is_mature else None,
                        "lessons_completed": completed if is_mature else None,
                        "lessons_completed_per_user": rate(completed, len(users), is_mature),
                        "is_mature": is_mature,
                    }
                )
        return rows

    def streaks(self) -> list[dict]:
        rows = []
        for day in range(self.last + 1):
            runs = defaultdict(int)
            for user in self.recount.days.get(day, ()):
                run = 1
                while run < 30 and user in self.recount.days.get(day - run, ()):
                    run += 1
                runs[run] += 1
            for length in range(1, 31):
                is_complete = self.recount.is_complete(day - min(length, 29), day)
                rows.append(
                    {
                        "event_date": iso(day),
                        "streak_days": length,
                        "users": runs[length] if is_complete else None,
                        "is_complete": is_complete,
                    }
                )
        return rows


def lower_median(values: list[int]) -> int | None:
    return sorted(values)[(len(values) - 1) // 2] if values else None
