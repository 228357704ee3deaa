"""The marts by segment from their definitions, in plain Python."""

from collections import defaultdict

from loads import iso
from recount import Recount, rate

VALUES_WITH_ROWS = 50
OTHER = "(other)"
DAY_NUMBERS = (*range(31), 60, 90)


class SegmentRecount(Recount):
    """The marts from their definitions, one set of users at a time.

    ``values``: of each day, of each dimension that it knows, user to value.
    """

    def __init__(
        self,
        days: dict[int, dict[str, list[int]]],
        values: dict[int, dict[str, dict[str, str]]],
        metrics: dict[int, dict[str, dict[str, list[int]]]] | None = None,
    ) -> None:
        super().__init__(days, metrics)
        self.values = values
        self.dimensions = sorted({name for known in values.values() for name in known})
        self.labels = {name: self._labels(name) for name in self.dimensions}

    def _value(self, user: str, day: int, dimension: str) -> str:
        return self.values.get(day, {}).get(dimension, {}).get(user, "")

    def _labels(self, dimension: str) -> dict[str, str]:
        """Value to what the marts call it."""
        users = defaultdict(set)
        for day, active in self.days.items():
            for user in active:
                users[self._value(user, day, dimension)].add(user)
        ranked = sorted(users.keys() - {OTHER}, key=lambda v: (-len(users[v]), v.encode()))
        kept = ranked[:VALUES_WITH_ROWS]
        return {value: value if value in kept else OTHER for value in users}

    def _segments(self) -> list[tuple[str, str]]:
        return [
            (name, label) for name in self.dimensions for label in {*self.labels[name].values()}
        ]

    def _label(self, user: str, day: int, dimension: str) -> str:
        return self.labels[dimension][self._value(user, day, dimension)]

    def _knows(self, first: int, last: int, dimension: str) -> bool:
        return all(
            day in self.days and (not self.days[day] or dimension in self.values.get(day, {}))
            for day in range(first, last + 1)
        )

    def _with_label(self, first: int, last: int, dimension: str, label: str) -> int:
        return len(
            {
                user
                for day in range(first, last + 1)
                for user in self.days.get(day, ())
                if self._label(user, day, dimension) == label
            }
        )

    def _cohorts(self, dimension: str, label: str) -> dict[int, set[str]]:
        """Day to the users who came on it with the value."""
        cohorts = defaultdict(set)
        for user, day in self.joined.items():
            if self._label(user, day, dimension) == label:
                cohorts[day].add(user)
        return cohorts

    def active_users_by_segment(self) -> list[dict]:
        rows = []
        for dimension, label in self._segments():
            for day in range(self.last + 1):
                is_known = self._knows(day, day, dimension)
                counts = (
                    self._with_label(day - n, day, dimension, label) if is_known else None
                    for n in (0, 6, 29)
                )
                rows.append(
                    {"dimension": dimension, "value": label, "event_date": iso(day)}
                    | dict(zip(("dau", "wau", "mau"), counts, strict=True))
                    | {
                        "is_wau_complete": self._knows(day - 6, day, dimension),
                        "is_mau_complete": self._knows(day - 29, day, dimension),
                    }
                )
        return rows

    def retention_by_segment(self) -> list[dict]:
        rows = []
        for dimension, label in self._segments():
            for cohort, members in self._cohorts(dimension, label).items():
                for n in DAY_NUMBERS:
                    is_mature = cohort + n in self.days
                    retained = len(members & self.users(cohort + n, cohort + n))
                    rows.append(
                        {
                            "dimension": dimension,
                            "value": label,
                            "cohort_date": iso(cohort),
                            "day_number": n,
                            "cohort_size": len(members),
                            "retained_users": retained if is_mature else None,
                            "retention_rate": rate(retained, len(members), is_mature),
                            "is_mature": is_mature,
                        }
                    )
        return rows

    def retention_summary_by_segment(self) -> list[dict]:
        return self._summary(
            "day_number",
            {n: (n, n) for n in DAY_NUMBERS},
            ("retained_users", "weighted_rate"),
            lambda members, first, last: len(members & self.users(first, last)),
        )

    def conversion_by_segment(self) -> list[dict]:
        return self._summary(
            "window_days",
            {days: (0, days - 1) for days in (1, 7, 30)},
            ("converted_users", "conversion_rate"),
            lambda members, first, last: len(members & self.payers(first, last)),
        )

    def ltv_by_segment(self) -> list[dict]:
        return self._summary(
            "day_number",
            {n: (0, n) for n in (0, 1, 3, 7, 14, 30, 60, 90, 180)},
            ("cumulative_revenue", "ltv"),
            lambda members, first, last: self.revenue(first, last, members),
        )

    def _summary(self, key: str, windows: dict, names: tuple[str, str], figure_of) -> list[dict]:
        """A figure over the cohorts whose window, first and last day number, is complete."""
        figure, quotient = names
        rows = []
        for dimension, label in self._segments():
            cohorts = self._cohorts(dimension, label)
            for number, (first, last) in windows.items() if cohorts else ():
                mature = {
                    day: members
                    for day, members in cohorts.items()
                    if self.is_complete(day + first, day + last)
                }
                size = sum(len(members) for members in mature.values())
                total = sum(
                    figure_of(members, day + first, day + last) for day, members in mature.items()
                )
                rows.append(
                    {
                        "dimension": dimension,
                        "value": label,
                        key: number,
                        "mature_cohorts": len(mature),
                        "eligible_users": size,
                        figure: float(total) if figure == "cumulative_revenue" else total,
                        quotient: rate(total, size),
                    }
                )
        return rows
