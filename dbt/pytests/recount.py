"""The history marts from their definitions, in plain Python, to compare those of dbt with."""

from collections import Counter
from datetime import timedelta
from fractions import Fraction

import pytest

from loads import FIRST, iso


class Recount:
    """The marts from their definitions, one set of users at a time."""

    def __init__(
        self,
        days: dict[int, dict[str, list[int]]],
        metrics: dict[int, dict[str, dict[str, list[int]]]] | None = None,
    ) -> None:
        self.days = days
        self.metrics = metrics or {}
        self.last = max(days)
        self.joined: dict[str, int] = {}
        for day in sorted(days):
            for user in days[day]:
                self.joined.setdefault(user, day)
        self.sizes = Counter(self.joined.values())

    def users(self, first: int, last: int) -> set[str]:
        return {user for day in range(first, last + 1) for user in self.days.get(day, ())}

    def payers(self, first: int, last: int) -> set[str]:
        return {
            user
            for day in range(first, last + 1)
            for user, cents in self.days.get(day, {}).items()
            if any(amount > 0 for amount in cents)
        }

    def revenue(self, first: int, last: int, users: set[str] | None = None) -> Fraction:
        return Fraction(
            sum(
                sum(cents)
                for day in range(first, last + 1)
                for user, cents in self.days.get(day, {}).items()
                if users is None or user in users
            ),
            100,
        )

    def is_complete(self, first: int, last: int) -> bool:
        return all(day in self.days for day in range(first, last + 1))

    def is_any_published(self, first: int, last: int) -> bool:
        return any(day in self.days for day in range(first, last + 1))

    def cohort(self, day: int) -> set[str]:
        return {user for user, joined in self.joined.items() if joined == day}

    def active_users(self) -> list[dict]:
        rows = []
        for day in range(self.last + 1):
            dau, wau, mau = (len(self.users(day - n, day)) for n in (0, 6, 29))
            week, month = self.is_complete(day - 6, day), self.is_complete(day - 29, day)
            is_published = day in self.days
            rows.append(
                {
                    "event_date": iso(day),
                    "dau": dau if is_published else None,
                    "wau": wau if is_published else None,
                    "mau": mau if is_published else None,
                    "dau_wau_ratio": rate(dau, wau, week),
                    "dau_mau_ratio": rate(dau, mau, month),
                    "wau_mau_ratio": rate(wau, mau, month),
                    "is_wau_complete": week,
                    "is_mau_complete": month,
                }
            )
        return rows

    def periods(self) -> list[tuple[str, int, int]]:
        """Name, first and last day of the weeks and months that hold a day of the history."""
        weeks = [("week", day, day + 6) for day in range(0, self.last + 1, 7)]
        starts = sorted({(FIRST + timedelta(days=d)).replace(day=1) for d in range(self.last + 1)})
        months = []
        for start in starts:
            following = (start + timedelta(days=31)).replace(day=1)
            months.append(("month", (start - FIRST).days, (following - FIRST).days - 1))
        return [*months, *weeks]

    def active_users_by_period(self) -> list[dict]:
        return [
            {
                "period": period,
                "period_start": iso(first),
                "active_users": len(self.users(first, last))
                if self.is_any_published(first, last)
                else None,
                "is_complete": self.is_complete(first, last),
            }
            for period, first, last in self.periods()
        ]

    def revenue_by_period(self) -> list[dict]:
        rows = []
        for row, (_, first, last) in zip(
            self.active_users_by_period(), self.periods(), strict=True
        ):
            revenue, paying = self.revenue(first, last), len(self.payers(first, last))
            active, is_complete = row["active_users"], row["is_complete"]
            rows.append(
                row
                | {
                    "revenue": None if active is None else float(revenue),
                    "payers": None if active is None else paying,
                    "arpu": rate(revenue, active, is_complete),
                    "arppu": rate(revenue, paying, is_complete),
                    "payer_share": rate(paying, active, is_complete),
                }
            )
        return rows

    def published_metrics(self) -> list[dict]:
        rows = []
        for metric in sorted({metric for known in self.metrics.values() for metric in known}):
            days = [day for day, known in self.metrics.items() if metric in known]
            first, last = iso(min(days)), iso(max(days))
            rows.append(
                {"metric": metric, "first_date": first, "last_date": last, "days": len(days)}
            )
        return rows

    def metrics_by_period(self) -> list[dict]:
        rows = []
        for metric in [row["metric"] for row in self.published_metrics()]:
            for row, (_, first, last) in zip(
                self.active_users_by_period(), self.periods(), strict=True
            ):
                window = range(first, last + 1)
                known = [self.metrics.get(day, {}).get(metric) for day in window]
                days = [by_user for by_user in known if by_user is not None]
                values = [micros for by_user in days for micros in by_user.values()]
                users = len({user for by_user in days for user in by_user})
                total = Fraction(sum(map(sum, values)), 1_000_000)
                is_complete, active = len(days) == len(window), row["active_users"]
                rows.append(
                    row
                    | {
                        "metric": metric,
                        "users": users if days else None,
                        "events": sum(map(len, values)) if days else None,
                        "total": float(total) if days else None,
                        "user_share": rate(users, active, is_complete),
                        "per_active_user": rate(total, active, is_complete),
                        "is_complete": is_complete,
                    }
                )
        return rows

    def stickiness(self) -> list[dict]:
        rows = []
        for day in range(self.last + 1):
            window = range(day - 27, day + 1)
            counts = Counter(Counter(u for d in window for u in self.days.get(d, ())).values())
            is_complete = self.is_complete(day - 27, day)
            rows += [
                {
                    "event_date": iso(day),
                    "days_active": k,
                    "users": counts[k] if is_complete else None,
                    "is_complete": is_complete,
                }
                for k in range(1, 29)
            ]
        return rows

    def user_lifecycle(self) -> list[dict]:
        rows = []
        days = [("day", day, day) for day in range(self.last + 1)]
        for period, first, last in [*days, *(p for p in self.periods() if p[0] == "week")]:
            length = last - first + 1
            now, before = self.users(first, last), self.users(first - length, first - 1)
            new = {user for user in now if self.joined[user] >= first}
            figures = {
                "new_users": new,
                "returning_users": now & before,
                "resurrected_users": now - before - new,
                "dormant_users": before - now,
            }
            is_complete = self.is_complete(first - length, last)
            rows.append(
                {"period": period, "period_start": iso(first), "is_complete": is_complete}
                | {name: len(users) if is_complete else None for name, users in figures.items()}
            )
        return rows

    def retention(self) -> list[dict]:
        rows = []
        for cohort, size in sorted(self.sizes.items()):
            members = self.cohort(cohort)
            for n in range(91):
                day = cohort + n
                retained = len(members & self.users(day, day))
                later = len(members & self.users(day, self.last))
                is_mature = day in self.days
                is_later_complete = day <= self.last and self.is_complete(day, self.last)
                rows.append(
                    {
                        "cohort_date": iso(cohort),
                        "day_number": n,
                        "cohort_size": size,
                        "retained_users": retained if is_mature else None,
                        "retention_rate": rate(retained, size, is_mature),
                        "retained_on_or_after_users": later if day <= self.last else None,
                        "on_or_after_rate": rate(later, size, is_later_complete),
                        "is_mature": is_mature,
                    }
                )
        return rows

    def retention_summary(self) -> list[dict]:
        rows = []
        for n in range(91):
            cells = [row for row in self.retention() if row["day_number"] == n and row["is_mature"]]
            size = sum(row["cohort_size"] for row in cells)
            retained = sum(row["retained_users"] for row in cells)
            rates = sum(Fraction(row["retained_users"], row["cohort_size"]) for row in cells)
            rows.append(
                {
                    "day_number": n,
                    "mature_cohorts": len(cells),
                    "eligible_users": size,
                    "retained_users": retained,
                    "weighted_rate": rate(retained, size),
                    "mean_rate": rate(rates, len(cells)),
                    "is_complete": self.is_complete(min(self.days), self.last),
                }
            )
        return rows

    def ltv(self) -> list[dict]:
        rows = []
        for cohort, size in sorted(self.sizes.items()):
            members = self.cohort(cohort)
            for n in range(181):
                day = cohort + n
                total = self.revenue(cohort, min(day, self.last), members)
                is_mature = self.is_complete(cohort, day)
                rows.append(
                    {
                        "cohort_date": iso(cohort),
                        "day_number": n,
                        "cohort_size": size,
                        "revenue": float(self.revenue(day, day, members))
                        if day in self.days
                        else None,
                        "cumulative_revenue": float(total),
                        "ltv": rate(total, size, is_mature),
                        "is_mature": is_mature,
                    }
                )
        return rows

    def conversion(self) -> list[dict]:
        rows = []
        for cohort, size in sorted(self.sizes.items()):
            for window in (1, 7, 30):
                last = cohort + window - 1
                converted = len(self.cohort(cohort) & self.payers(cohort, last))
                is_mature = self.is_complete(cohort, last)
                rows.append(
                    {
                        "cohort_date": iso(cohort),
                        "window_days": window,
                        "cohort_size": size,
                        "converted_users": converted,
                        "conversion_rate": rate(converted, size, is_mature),
                        "is_mature": is_mature,
                    }
                )
        return rows


def rate(numerator, denominator, when: bool = True) -> float | None:
    return float(Fraction(numerator) / denominator) if when and denominator else None


def assert_equal(found: list[dict], wanted: list[dict]) -> None:
    assert len(found) == len(wanted)
    keys = [name for name in found[0] if name.endswith(("date", "start", "period", "number"))]
    names = ("window_days", "days_active", "metric", "dimension", "value", "course_id")
    names += ("lesson_id", "task_id", "opportunity", "streak_days")
    keys += [name for name in found[0] if name in names]

    def key(row: dict) -> tuple:
        return tuple(row[name] for name in keys)

    for one, other in zip(sorted(found, key=key), sorted(wanted, key=key), strict=True):
        # A division of its rounded sum may differ from the rounded quotient in the last digit.
        floats = {n: pytest.approx(v, rel=1e-14) for n, v in other.items() if type(v) is float}
        assert one == other | floats, f"{one}, expected {other}"
