"""Counts of what was meant, day by day and for the whole run; never read from the lines."""

from collections import Counter, defaultdict
from datetime import date, timedelta

from .company import Segments, UserMetrics
from .days import CONFLICTING_DUPLICATE, LINE_TOO_LONG, Line, Outcome
from .events import ASSIGNMENT, PURCHASE, TASK_RESULT, Event
from .faults import LINE_FAULTS
from .learning import Attempt, Lessons, curves
from .segments import SegmentHistory

REASONS = (LINE_TOO_LONG, *LINE_FAULTS, CONFLICTING_DUPLICATE)
EPOCH = date(1970, 1, 1)


def iso(day: int) -> str:
    """The ISO date of a day counted from 1970-01-01."""
    return (EPOCH + timedelta(days=day)).isoformat()


class DayTruth:
    """What the load of one day has to find."""

    def __init__(self) -> None:
        self.ledger: Counter[str] = Counter()
        self.rejected: Counter[str] = Counter()
        self.types: Counter[str] = Counter()
        self.sums: Counter[str] = Counter()
        self.users: set[str] = set()
        self.payers: set[str] = set()
        self.attempted: dict[str, Counter[bool]] = defaultdict(Counter)
        self.sessions: dict[tuple[str, str], tuple[int, int]] = {}
        self.assigned: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.segments = Segments()
        self.metrics = UserMetrics()
        self.lessons = Lessons()
        self.attempts: list[Attempt] = []

    def accept(self, event: Event) -> None:
        """Counts an accepted event."""
        self.users.add(event.user_id)
        self.types[event.event_type] += 1
        self.segments.accept(event)
        self.metrics.accept(event)
        self.lessons.accept(event)
        if event.session_id:
            key = (event.session_id, event.user_id)
            start, end = self.sessions.get(key, (event.at, event.at))
            self.sessions[key] = (min(start, event.at), max(end, event.at))
        if event.event_type == PURCHASE:
            self.sums["revenue_cents"] += event.cents
            if event.cents > 0:
                self.payers.add(event.user_id)
        elif event.event_type == TASK_RESULT:
            self.attempted[event.user_id][event.is_success] += 1
            self.attempts.append(Attempt.of(event))
        elif event.event_type == ASSIGNMENT:
            self.assigned[event.ab_test_id][event.ab_group].add(event.user_id)

    def report(self) -> dict:
        """The figures by their names in the contract; money in cents, time in milliseconds."""
        tasks = self.attempted.values()
        return {
            **{
                name: self.ledger[name]
                for name in ("lines_read", "late", "blank_lines", "accepted", "duplicates")
            },
            "rejected": self.rejected.total(),
            "other_day": self.ledger["other_day"],
            "rejected_by_reason": {reason: self.rejected[reason] for reason in REASONS},
            "dau": len(self.users),
            "event_count": self.types.total(),
            "events_by_type": dict(sorted(self.types.items())),
            "sessions": len(self.sessions),
            "session_millis": sum(end - start for start, end in self.sessions.values()),
            "revenue_cents": self.sums["revenue_cents"],
            "purchase_count": self.types[PURCHASE],
            "payers": len(self.payers),
            "task_attempts": sum(one.total() for one in tasks),
            "task_successes": sum(one[True] for one in tasks),
            "users_attempted": len(self.attempted),
            "users_succeeded": sum(one[True] > 0 for one in tasks),
            "assigned_users": {
                test: {group: len(users) for group, users in sorted(groups.items())}
                for test, groups in sorted(self.assigned.items())
            },
            "segments": self.segments.report(self.sessions),
            "metrics": self.metrics.report(),
            "lessons": self.lessons.report(),
        }


class RunTruth:
    """The truth of all days of a run."""

    def __init__(self, first_day: int, days: int) -> None:
        self._first = first_day
        self.days = {day: DayTruth() for day in range(first_day, first_day + days)}

    def add(self, line: Line, prefix: int) -> None:
        """Counts a line that lies under the ``dt=`` of a day."""
        self.days[prefix].ledger["lines_read"] += 1
        if line.is_late:
            self.days[prefix].ledger["other_day"] += 1
            self.days[line.event_day].ledger["late"] += 1
        day = self.days[line.event_day]
        if line.outcome is Outcome.BLANK:
            day.ledger["blank_lines"] += 1
        elif line.outcome is Outcome.REJECTED:
            day.rejected[line.reason] += 1
        elif line.outcome is Outcome.DUPLICATE:
            day.ledger["duplicates"] += 1
        else:
            day.ledger["accepted"] += 1
            day.accept(line.event)

    def report(self) -> dict:
        """Days, weeks, months, cohorts, segments, learning and tests for ``truth.json``."""
        return {
            "days": {iso(day): truth.report() for day, truth in self.days.items()},
            "periods": self._periods(),
            "cohorts": self._cohorts(),
            "segments": SegmentHistory(
                {day: truth.segments for day, truth in self.days.items()}
            ).report(iso),
            "lessons": self._lessons(),
            "learning_curves": curves(
                attempt for truth in self.days.values() for attempt in sorted(truth.attempts)
            ),
            "ab_tests": self._ab_tests(),
        }

    def _lessons(self) -> dict:
        """Lessons over all days."""
        lessons = Lessons()
        for truth in self.days.values():
            lessons.add(truth.lessons)
        return lessons.report()

    def _periods(self) -> dict:
        """Metrics of ISO weeks and calendar months, by their first day."""
        periods: dict[str, dict[str, UserMetrics]] = {"week": {}, "month": {}}
        for day, truth in self.days.items():
            date_of = EPOCH + timedelta(days=day)
            starts = {
                "week": date_of - timedelta(days=date_of.weekday()),
                "month": date_of.replace(day=1),
            }
            for period, start in starts.items():
                periods[period].setdefault(start.isoformat(), UserMetrics()).add(truth.metrics)
        return {
            period: {start: metrics.report() for start, metrics in by_start.items()}
            for period, by_start in periods.items()
        }

    def _cohorts(self) -> dict:
        """Users by the day of their first accepted event, and how many come back on day n."""
        first_seen: dict[str, int] = {}
        active: dict[int, Counter[int]] = defaultdict(Counter)
        for day, truth in self.days.items():
            for user in truth.users:
                cohort = first_seen.setdefault(user, day)
                active[cohort][day - cohort] += 1
        last = max(self.days)
        return {
            iso(cohort): {
                "cohort_size": counts[0],
                "retained_users": [counts[n] for n in range(last - cohort + 1)],
            }
            for cohort, counts in sorted(active.items())
        }

    def _ab_tests(self) -> dict:
        """Arms of each test; activity counts from the day of exposure on, crossovers are out."""
        groups: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        exposed: dict[str, dict[str, int]] = defaultdict(dict)
        for day, truth in self.days.items():
            for test, by_group in truth.assigned.items():
                for group, users in by_group.items():
                    for user in users:
                        groups[test][user].add(group)
                        exposed[test].setdefault(user, day)
        return {
            test: {
                "crossover_users": sum(len(seen) > 1 for seen in users.values()),
                "groups": self._arms(users, exposed[test]),
            }
            for test, users in sorted(groups.items())
        }

    def _arms(self, users: dict[str, set[str]], exposed: dict[str, int]) -> dict:
        arms: dict[str, Counter[str]] = defaultdict(Counter)
        for user, seen in users.items():
            if len(seen) > 1:
                continue
            results = sum(
                (
                    self.days[day].attempted.get(user, Counter())
                    for day in self._since(exposed[user])
                ),
                Counter(),
            )
            arm = arms[next(iter(seen))]
            arm["users"] += 1
            arm["task_attempts"] += results.total()
            arm["task_successes"] += results[True]
            arm["task_success_users"] += results[True] > 0
        return {
            group: arm | {"metrics": self._metrics(users, exposed, group)}
            for group, arm in sorted(arms.items())
        }

    def _metrics(self, users: dict[str, set[str]], exposed: dict[str, int], group: str) -> dict:
        """Of the group's users, from each one's day of exposure on."""
        metrics = UserMetrics()
        for day, truth in self.days.items():
            metrics.add(
                truth.metrics,
                lambda user, day=day: users.get(user) == {group} and exposed[user] <= day,
            )
        return metrics.report()

    def _since(self, day: int) -> range:
        return range(day, max(self.days) + 1)
