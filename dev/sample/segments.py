"""What the users of a run did, by the value that each has of a dimension."""

from collections import defaultdict
from collections.abc import Callable

from .company import DIMENSIONS, Segments

WINDOWS = (1, 7, 30)


class SegmentHistory:
    """Segments of all days of a run, by day."""

    def __init__(self, days: dict[int, Segments]) -> None:
        self._days = days
        self._first_day: dict[str, int] = {}
        for day in sorted(days):
            for user in days[day].users():
                self._first_day.setdefault(user, day)

    def report(self, name_of: Callable[[int], str]) -> dict:
        """By dimension and value: users of windows by their last day, and cohorts by theirs.

        A cohort has figures by day number, each from its first day on but the users who come back:
        users with a purchase of more than 0, and what all of them have paid, in cents.
        """
        return {dimension: self._of(dimension, name_of) for dimension in DIMENSIONS}

    def _of(self, dimension: str, name_of: Callable[[int], str]) -> dict:
        on_day: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        cohorts: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for day, segments in self._days.items():
            for user in segments.users():
                value = segments.value(dimension, user)
                on_day[value][day].add(user)
                if self._first_day[user] == day:
                    cohorts[value][day].add(user)
        return {
            value: {
                "active_users": {
                    name_of(last): [
                        len(set().union(*(by_day.get(last - n, ()) for n in range(length))))
                        for length in WINDOWS
                    ]
                    for last in self._days
                },
                "cohorts": {
                    name_of(day): self._cohort(day, users) for day, users in cohorts[value].items()
                },
            }
            for value, by_day in on_day.items()
        }

    def _cohort(self, first: int, users: set[str]) -> dict:
        retained, converted, cents = [], [], []
        payers: set[str] = set()
        total = 0
        for day in range(first, max(self._days) + 1):
            active = users & self._days[day].users()
            paid = {user: self._days[day].figures(user) for user in active}
            payers |= {user for user, figures in paid.items() if figures["positive_purchases"]}
            total += sum(figures["revenue_cents"] for figures in paid.values())
            retained.append(len(active))
            converted.append(len(payers))
            cents.append(total)
        return {
            "cohort_size": len(users),
            "retained_users": retained,
            "converted_users": converted,
            "revenue_cents": cents,
        }
