"""What ``company.conf`` slices by and measures, from what was meant and never from the lines."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass

from .events import LESSON_COMPLETE, PURCHASE, TASK_RESULT, VIDEO_PLAY, Event

DIMENSIONS: dict[str, Callable[[Event], str]] = {
    "platform": lambda event: event.platform,
    "country": lambda event: event.country,
    "app_version": lambda event: event.app_version,
}
MICROS = 1_000_000
MICROS_OF_HUNDREDTH = MICROS // 100


def _one(_: Event) -> int:
    return MICROS


def _minutes(event: Event) -> int | None:
    return None if event.minutes is None else event.minutes * MICROS_OF_HUNDREDTH


@dataclass(frozen=True)
class Metric:
    """Which events count, and how many millionths one adds; None where it has no number."""

    counts: Callable[[Event], bool]
    micros: Callable[[Event], int | None] = _one


METRICS = {
    "lessons_completed": Metric(lambda event: event.event_type == LESSON_COMPLETE),
    "study_minutes": Metric(lambda event: event.event_type == LESSON_COMPLETE, _minutes),
    "videos_finished": Metric(lambda event: event.event_type == VIDEO_PLAY and event.is_finished),
}


# Of a segment: sums over its users, beside their number, sessions and payers.
SUMMED = ("event_count", "task_attempts", "task_successes", "purchase_count", "revenue_cents")


class Segments:
    """What the users of a day did, by the value that each has of a dimension."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, Counter[str]]] = {
            dimension: defaultdict(Counter) for dimension in DIMENSIONS
        }
        self._figures: dict[str, Counter[str]] = defaultdict(Counter)

    def accept(self, event: Event) -> None:
        """Counts an accepted event."""
        for dimension, value_of in DIMENSIONS.items():
            if value := value_of(event):
                self._values[dimension][event.user_id][value] += 1
        figures = self._figures[event.user_id]
        figures["event_count"] += 1
        if event.event_type == TASK_RESULT:
            figures["task_attempts"] += 1
            figures["task_successes"] += event.is_success
        elif event.event_type == PURCHASE:
            figures["purchase_count"] += 1
            figures["revenue_cents"] += event.cents
            figures["positive_purchases"] += event.cents > 0

    def value(self, dimension: str, user: str) -> str:
        """The user's value of the day: most of their events win, then the first by code point."""
        counts = self._values[dimension].get(user, {})
        return min(((-n, value) for value, n in counts.items()), default=(0, ""))[1]

    def users(self) -> Set[str]:
        """All users of the day."""
        return self._figures.keys()

    def figures(self, user: str) -> Counter[str]:
        """Sums over the events of a user of the day."""
        return self._figures[user]

    def report(self, sessions: Iterable[tuple[str, str]]) -> dict:
        """Figures by dimension and value; '' are the users without one."""
        session_count = Counter(user for _, user in sessions)
        return {dimension: self._of(dimension, session_count) for dimension in DIMENSIONS}

    def _of(self, dimension: str, session_count: Counter[str]) -> dict:
        totals: dict[str, Counter[str]] = defaultdict(Counter)
        for user, figures in self._figures.items():
            total = totals[self.value(dimension, user)]
            total["dau"] += 1
            total["session_count"] += session_count[user]
            total["payers"] += figures["positive_purchases"] > 0
            total.update({name: figures[name] for name in SUMMED})
        return {value: dict(total) for value, total in sorted(totals.items())}


class UserMetrics:
    """Metrics by user, of a day or of several."""

    def __init__(self) -> None:
        self._by_user: dict[str, dict[str, Counter[str]]] = {name: {} for name in METRICS}

    def accept(self, event: Event) -> None:
        """Counts an accepted event."""
        for name, metric in METRICS.items():
            if metric.counts(event):
                micros = metric.micros(event)
                figures = self._by_user[name].setdefault(event.user_id, Counter())
                figures["events"] += 1
                figures["total"] += micros or 0
                figures["not_numeric"] += micros is None

    def add(self, other: "UserMetrics", of_users: Callable[[str], bool] = lambda _: True) -> None:
        """Adds those of another day, of some users."""
        for name, by_user in other._by_user.items():
            for user, figures in by_user.items():
                if of_users(user):
                    self._by_user[name].setdefault(user, Counter()).update(figures)

    def report(self) -> dict:
        """By metric: users with an event that counts, and sums; totals in millionths."""
        return {
            name: {"users": len(by_user)}
            | {
                figure: sum(figures[figure] for figures in by_user.values())
                for figure in ("events", "total", "not_numeric")
            }
            for name, by_user in self._by_user.items()
        }
