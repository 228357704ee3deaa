"""History marts: dbt on a real ClickHouse, against a recount by hand, and their publication."""

import json
import random
import threading
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

import pytest

from dev.stack.services import commands
from dev.stack.services.state import State
from dev.tests.warehouse import Warehouse

FIRST = date(2026, 1, 12)  # a Monday
HISTORY_MARTS = (
    "active_users",
    "active_users_by_period",
    "stickiness",
    "user_lifecycle",
    "retention",
    "retention_summary",
    "ltv",
    "revenue_by_period",
    "conversion",
    "task_effectiveness",
    "ab_test_results",
)
# What a load of a day writes, from rows of (user, purchases in cents).
LOAD = [
    """INSERT INTO store.staging_user_day (event_date, user_id, event_count, purchase_count,
        positive_purchase_count, revenue, load_id)
    SELECT event_date, user_id, 1 + length(cents), length(cents),
        arrayCount(c -> c > 0, cents), arraySum(cents) / 100, load_id FROM {day}""",
    """INSERT INTO store.raw_events (event_date, event_id, user_id, load_id)
    SELECT event_date, concat(user_id, '-', toString(n)), user_id, load_id
    FROM {day} ARRAY JOIN range(1 + length(cents)) AS n""",
    """INSERT INTO store.raw_purchases (event_date, event_id, user_id, purchase_amount, load_id)
    SELECT event_date, concat(user_id, '-', toString(n)), user_id, c / 100, load_id
    FROM {day} ARRAY JOIN cents AS c, arrayEnumerate(cents) AS n""",
    """INSERT INTO store.marts_daily_activity (event_date, dau, event_count, load_id)
    SELECT toDate('{date}'), count(), sum(event_count), {load} FROM store.staging_user_day
    WHERE load_id = {load}""",
    """INSERT INTO store.marts_daily_task_results (event_date, load_id)
    VALUES ('{date}', {load})""",
    """INSERT INTO store.marts_daily_revenue (event_date, revenue, purchase_count, payers, dau,
        arpu, arppu, payer_share, load_id)
    SELECT toDate('{date}'), sum(revenue) AS total, sum(purchase_count),
        countIf(positive_purchase_count > 0) AS paying, count() AS active,
        if(active > 0, toFloat64(total) / active, NULL),
        if(paying > 0, toFloat64(total) / paying, NULL),
        if(active > 0, paying / active, NULL), {load}
    FROM store.staging_user_day WHERE load_id = {load}""",
]
STORES = (
    "staging_user_day",
    "raw_events",
    "raw_purchases",
    "marts_daily_activity",
    "marts_daily_task_results",
    "marts_daily_revenue",
)


class Marts(Warehouse):
    """A warehouse with loads written by hand."""

    loads = 0

    def forget(self) -> None:
        for table in STORES:
            self.sql(f"TRUNCATE TABLE store.{table}")
        self.sql("TRUNCATE TABLE ops.publications")

    def load(self, day: int, users: dict[str, list[int]]) -> int:
        """Writes a load of a day and publishes it; returns its id."""
        self.loads += 1
        when, load = iso(day), self.loads
        rows = ",".join(f"('{user}', {cents})" for user, cents in users.items())
        source = (
            f"(SELECT toDate('{when}') AS event_date, user_id, cents, toUInt64({load}) AS load_id"
            f" FROM values('user_id String, cents Array(Int64)', {rows}))"
            if users
            else "(SELECT event_date, user_id, [0] AS cents, load_id FROM store.raw_events WHERE 0)"
        )
        for statement in LOAD:
            self.sql(statement.format(day=source, date=when, load=load))
        self.insert("ops.publications", "event_date, seq, load_id", [(when, load, load)])
        return load

    def rows(self, mart: str) -> list[dict]:
        text = self.sql(
            f"SELECT * FROM marts.{mart} ORDER BY ALL FORMAT JSONEachRow"
            " SETTINGS output_format_json_quote_64bit_integers = 0"
        )
        return [json.loads(line) for line in text.splitlines()]

    def dump(self) -> dict[str, str]:
        """Every mart, to the last digit."""
        return {m: self.sql(f"SELECT * FROM marts.{m} ORDER BY ALL") for m in HISTORY_MARTS}


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    state = State(tmp_path_factory.mktemp("marts") / "state")
    yield Marts(state)
    commands.clean(state)


@pytest.fixture
def marts(started):
    started.forget()
    return started


@pytest.fixture
def published(marts):
    """Marts published before, of whatever days: for tests to which these do not matter."""
    is_there = marts.sql("EXISTS TABLE marts.published_loads") == "1\n"
    if not is_there or not marts.rows("published_loads"):
        marts.load(0, {"u1": []})
        marts.dbt("build")
        marts.forget()
    return marts


def iso(day: int) -> str:
    return (FIRST + timedelta(days=day)).isoformat()


def random_history(seed: int, length: int) -> dict[int, dict[str, list[int]]]:
    """Days from 0 on: user → purchases in cents, refunds negative. Days 12 and 40 are missing,
    nobody is active on day 20."""
    draw = random.Random(seed)
    published = [day for day in range(length) if day not in (12, 40)]
    days: dict[int, dict[str, list[int]]] = {day: {} for day in published}
    for number in range(60):
        joined, often = draw.randrange(length), draw.choice([0.05, 0.2, 0.6])
        for day in days:
            if day != 20 and (day == joined or (day > joined and draw.random() < often)):
                amounts = [199, 1000, 4999, -199]
                cents = [draw.choice(amounts) for _ in range(draw.choice([0, 0, 0, 1, 2]))]
                days[day][f"u{number}"] = cents
    return days


class Recount:
    """The marts from their definitions, one set of users at a time."""

    def __init__(self, days: dict[int, dict[str, list[int]]]) -> None:
        self.days = days
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
    keys += [name for name in found[0] if name in ("window_days", "days_active")]

    def key(row: dict) -> tuple:
        return tuple(row[name] for name in keys)

    for one, other in zip(sorted(found, key=key), sorted(wanted, key=key), strict=True):
        # A division of its rounded sum may differ from the rounded quotient in the last digit.
        floats = {n: pytest.approx(v, rel=1e-14) for n, v in other.items() if type(v) is float}
        assert one == other | floats


def test_no_data_at_all_builds_and_publishes_empty_marts(marts):
    assert "published: 12 tables in marts" in marts.dbt("build")
    assert {mart: text for mart, text in marts.dump().items() if text} == {}


def test_random_history_with_gaps_equals_the_recount_by_hand(marts):
    history = random_history(1, 50)
    for day, users in history.items():
        marts.load(day, users)
    marts.dbt("build")
    recount = Recount(history)
    for mart in HISTORY_MARTS[:9]:
        assert_equal(marts.rows(mart), getattr(recount, mart)())


def test_one_user_on_one_day(marts):
    marts.load(0, {"only": []})
    marts.dbt("build")
    recount = Recount({0: {"only": []}})
    for mart in HISTORY_MARTS[:9]:
        assert_equal(marts.rows(mart), getattr(recount, mart)())


def test_days_reloaded_and_in_another_order_give_the_same_bytes(marts):
    history = random_history(2, 30)
    for day, users in history.items():
        marts.load(day, users)
    marts.dbt("build")
    before = marts.dump()

    marts.forget()
    draw = random.Random(2)
    for day in draw.sample(sorted(history), len(history)):
        # A load that was replaced: nothing of it may be left.
        if draw.random() < 0.3:
            marts.load(day, {"nobody": [100]})
        users = list(history[day].items())
        marts.load(day, dict(draw.sample(users, len(users))))
    marts.dbt("build")
    assert marts.dump() == before


def test_wrong_daily_mart_and_doubled_user_publish_nothing_and_are_shown(marts):
    marts.load(0, {"u1": [500], "u2": []})
    marts.dbt("build")
    before, state = marts.dump(), marts.rows("published_loads")

    load = marts.load(1, {"u1": []})
    marts.sql(
        f"ALTER TABLE store.marts_daily_activity UPDATE dau = 7 WHERE load_id = {load}"
        " SETTINGS mutations_sync = 2"
    )
    marts.sql(
        "INSERT INTO store.staging_user_day"
        f" SELECT * FROM store.staging_user_day WHERE load_id = {load}"
    )
    said = marts.dbt_fails("build")
    assert "Failure in test audit_daily_activity" in said
    assert "audit_daily_activity: 1 row\n" in said
    assert "    event_date = 2026-01-13, stored.dau = 7, stored.event_count = 1" in said, said
    assert "events.dau = 1" in said, said
    assert (
        "    figure = event_count, event_date = 2026-01-13, of_day = 1.00, of_users = 2.00" in said
    )
    assert "not published: marts keep what they had" in said
    assert marts.dump() == before
    assert marts.rows("published_loads") == state

    load = marts.load(1, {"u1": []})
    marts.dbt("build")
    assert marts.rows("published_loads")[1]["load_id"] == load
    assert [row["dau"] for row in marts.rows("active_users")] == [2, 1]


def test_part_of_the_project_publishes_nothing(published):
    before = published.dump()
    published.load(77, {"u1": []})
    assert "not published: only a part of the project was built" in published.dbt(
        "build", "--select", "+active_users"
    )
    assert published.dump() == before


def test_loads_dropped_while_dbt_reads_them_publish_nothing(marts):
    marts.load(0, {"u1": [500]})
    marts.sql(
        "INSERT INTO ops.publications (event_date, seq, load_id, rows)"
        " SELECT event_date, seq - 1, load_id, map('staging.user_day', toUInt64(2))"
        " FROM ops.publications"
    )
    said = marts.dbt("build")
    assert "not published: loads were dropped while this run read them" in said, said
    assert "(staging.user_day): run it again" in said, said


def test_days_published_while_dbt_runs_are_not_mixed_in(marts):
    """Every load of a day has another number of users, all its own and all paying."""
    users_of: dict[int, int] = {}
    draw = random.Random(3)

    def publish(day: int) -> None:
        users = {f"u{n}": [100] for n in range(draw.randrange(1, 40))}
        users_of[marts.load(day, users)] = len(users)

    for day in range(30):
        publish(day)
    run = marts.start_dbt("build")
    published = 0

    def publish_until_the_run_ends() -> None:
        nonlocal published
        while run.poll() is None:
            publish(draw.randrange(30))
            published += 1

    publisher = threading.Thread(target=publish_until_the_run_ends)
    publisher.start()
    said = run.communicate()[0]
    publisher.join()
    assert run.returncode == 0, said
    assert published > 10

    loads = {row["event_date"]: row["load_id"] for row in marts.rows("published_loads")}
    recount = Recount(
        {day: {f"u{n}": [100] for n in range(users_of[loads[iso(day)]])} for day in range(30)}
    )
    for mart in HISTORY_MARTS[:9]:
        assert_equal(marts.rows(mart), getattr(recount, mart)())


def test_second_run_at_once_is_refused_and_a_dead_one_replaced(marts):
    marts.load(0, {"u1": []})
    marts.sql(
        "CREATE TABLE dbt_work.run_lock (nothing UInt8) ENGINE = MergeTree ORDER BY nothing"
        " COMMENT 'the-other-run'"
    )
    said = marts.dbt_fails("build")
    assert "another run of dbt builds in dbt_work (the-other-run, last sign of life" in said
    assert "drop dbt_work.run_lock" in said

    said = marts.dbt("build", "--vars", "{lock_minutes: 0}")
    assert "run the-other-run is dead since" in said
    assert marts.sql("SELECT count() FROM system.tables WHERE name = 'run_lock'") == "0\n"


def test_each_mart_says_which_run_and_days_it_is_of(published):
    days = [row["event_date"] for row in published.rows("published_loads")]
    comments = published.sql(
        "SELECT DISTINCT extract(comment, 'dbt run .+') FROM system.tables"
        " WHERE database = 'marts' AND engine = 'MergeTree'"
    ).splitlines()
    assert len(comments) == 1
    assert comments[0].endswith(f", of {len(days)} days, {days[0]} to {days[-1]}")


def test_docs_build_and_every_column_is_described_and_typed(published):
    published.dbt("docs", "generate")
    catalog = json.loads((published.target / "catalog.json").read_text())["nodes"]
    manifest = json.loads((published.target / "manifest.json").read_text())["nodes"]
    models = {key: node for key, node in manifest.items() if node["resource_type"] == "model"}
    for key, model in models.items():
        assert model["config"]["contract"]["enforced"], key
        assert "one row per" in model["description"].lower(), f"{key} does not say its grain"
        undescribed = [n for n, c in model["columns"].items() if not c["description"]]
        assert not undescribed, f"{key}: {undescribed}"
        if key in catalog:
            assert list(catalog[key]["columns"]) == list(model["columns"]), key
    assert set(models) <= set(catalog)


def test_freshness_is_that_of_the_publication_not_of_the_days(marts):
    marts.load(0, {"u1": []})
    assert "PASS freshness of ops.publications" in marts.dbt("source", "freshness")
    marts.sql("TRUNCATE TABLE ops.publications")
    marts.insert(
        "ops.publications",
        "event_date, seq, load_id, published_at",
        [(iso(0), 1, 1, "2026-01-01 00:00:00")],
    )
    assert "WARN freshness of ops.publications" in marts.dbt("source", "freshness")
