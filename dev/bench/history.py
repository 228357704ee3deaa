"""``make bench-dbt``: `make dbt` on a long history, written straight into store without Spark.

Takes the services from the environment, STATE (the folder of `make up`), DAYS, USERS (active users
a day), TASKS (how many a user tries on a day, in 30 attempts) and DIMENSIONS (how many values each
has: 10,50,200; none for no dimension). A user joins on
one day and comes back with a chance that falls with the square root of the age; a fifth of the
users comes six times as often as the others. A user keeps the value of a dimension for half a year
on average, the first values have the most users, and one in eleven users has no value. A user has
events of each of three metrics on every second day. Raw rows exist for the last day only, and only
that day is new since the last publication of the marts: the nightly run. Prints seconds by model
and the server's peak of memory, where the kernel tells it.
"""

import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from dev.stack.services import ServiceError
from dev.stack.services.clickhouse import ask

from . import measure
from .measure import Figure

FIRST = date(2025, 1, 1)
MAX_AGE = 364
RETURNS = 0.4
FREQUENT_SHARE, FREQUENT, OTHERS = 5, 3.0, 0.5  # every fifth; factors with a mean of 1
MAX_CHANCE = 0.95
TABLES = ("user_day", "user_task_day", "user_lesson_day", "user_metric_day")
RESULTS = Path(os.environ.get("DBT_TARGET_PATH", "target/dbt")) / "run_results.json"

USERS_OF_DAY = """
    SELECT
        number AS user, lower(hex(sipHash64(user))) AS user_id,
        {day} - intDiv(user, {births}) AS age,
        cityHash64(user, {day}) AS draw,
        if(user % {share} = 0, {frequent}, {others}) AS factor
    FROM numbers(toUInt64({births} * greatest({day} - {max_age}, 0)), {births} * ({max_age} + 1))
    WHERE age BETWEEN 0 AND {max_age}
      AND (age = 0 OR draw % 100000 < 100000 * least({max_chance}, factor * {returns} / sqrt(age)))
"""

# A course has 100 tasks in 10 lessons, which users go through in order, at a pace that falls as
# their visits do; some tasks of a day were tried before.
USER_TASK_DAY = """
    INSERT INTO store.staging_user_task_day (event_date, user_id, task_id, attempts, successes,
        first_attempt_at, last_attempt_at, first_is_success, last_is_success, course_id, lesson_id,
        outcomes, load_id)
    SELECT
        toDate('{date}'), user_id, course || '-task-' || toString(position % 100), tries,
        arraySum(results), toDateTime64('{date} 08:00:00', 6, 'UTC')
            + toIntervalSecond(draw % 3600 + 60 * n) AS first_at,
        first_at + toIntervalSecond(10 * tries), results[1], results[-1], course,
        course || '-lesson-' || toString(intDiv(position % 100, 10)),
        arrayMap(
            k -> cityHash64(task_draw, k) % 1000 < chance + {practice} * k, range(tries)
        ) AS results, {load}
    FROM (
        SELECT
            *, cityHash64(user, position, {day}) AS task_draw,
            1 + task_draw % toUInt8(2 * {attempts} / {tasks} - 1) AS tries,
            'course-' || toString(sipHash64(user, intDiv(position, 100)) % {courses}) AS course,
            150 + sipHash64(user) % 500 + sipHash64(course, position % 100) % 200 AS chance
        FROM (
            SELECT *, n, toUInt64({pace} * {tasks} * factor * sqrt(age)) + n AS position
            FROM ({users}) ARRAY JOIN range(toUInt8({tasks} - 4 + draw % 9)) AS n))
"""
ATTEMPTS, COURSES, PACE, PRACTICE = 30, 50, 0.5, 60

USER_LESSON_DAY = """
    INSERT INTO store.staging_user_lesson_day
    SELECT
        event_date, user_id, course_id, lesson_id, sum(attempts) + starts + completions,
        countIf(endsWith(task_id, '0')) AS starts,
        countIf(endsWith(task_id, '9') AND last_is_success) AS completions,
        if(starts > 0, min(first_attempt_at), toDateTime64(0, 6, 'UTC')),
        if(completions > 0, max(last_attempt_at), toDateTime64(0, 6, 'UTC')), load_id, 0
    FROM store.staging_user_task_day
    WHERE load_id = {load}
    GROUP BY event_date, user_id, course_id, lesson_id, load_id
"""

USER_DAY = """
    INSERT INTO store.staging_user_day
    SELECT
        toDate('{date}'), user_id, toDateTime64('{date} 08:00:00', 6, 'UTC') AS first_event_at,
        first_event_at + toIntervalSecond(seconds), 3 + attempts + purchases, 1, seconds,
        attempts, successes, purchases, purchases AND cents > 0,
        purchases * cents / 100, {dimensions}, {load}, 0
    FROM (
        SELECT *, draw % 3600 AS seconds, draw % 29 = 0 AS purchases,
            toDecimal64(if(draw % 19 = 0, -500, 100 + draw % 5000), 2) AS cents
        FROM ({users})) AS users
    INNER JOIN (
        SELECT user_id, sum(attempts) AS attempts, sum(successes) AS successes
        FROM store.staging_user_task_day WHERE load_id = {load} GROUP BY user_id
    ) AS tasks USING (user_id)
"""

# Of a dimension with so many values.
KEPT_DAYS = 180
DIMENSION = """
    mapFilter((name, value) -> sipHash64(user, name, 'none') % 11 != 0, map(
        '{name}',
        'value-' || toString(toUInt64({values} * pow(sipHash64(user, {n},
            intDiv({day} + sipHash64(user, {n}) % {kept}, {kept})) % 1000000 / 1000000, 2)))))
"""

USER_METRIC_DAY = """
    INSERT INTO store.staging_user_metric_day
    SELECT
        event_date, user_id, metric, 1 + draw % 5 AS events,
        if(metric = 'minutes', toDecimal128(draw % 10000, 6) / 100, toDecimal128(events, 6)), 0,
        load_id, 0
    FROM (
        SELECT *, metric, cityHash64(user_id, event_date, metric) AS draw
        FROM store.staging_user_day ARRAY JOIN ['lessons', 'minutes', 'videos'] AS metric
        WHERE load_id = {load})
    WHERE draw % 2 = 0
"""

# Of all days at once.
AB_TEST_USER_DAY = """
    INSERT INTO store.staging_ab_test_user_day
    SELECT min(event_date) AS day, 'onboarding',
        ['control', 'treatment'][1 + sipHash64(user_id) % 2], user_id, min(first_event_at),
        argMin(load_id, event_date), 0
    FROM store.staging_user_day GROUP BY user_id
"""
DAILY = [
    """INSERT INTO store.marts_daily_activity
    SELECT event_date, count(), sum(event_count), sum(session_count),
        toFloat64(sum(session_seconds)) / sum(session_count), load_id, 0
    FROM store.staging_user_day GROUP BY event_date, load_id""",
    """INSERT INTO store.marts_daily_task_results
    SELECT event_date, sum(task_attempts), sum(task_successes),
        sum(task_successes) / sum(task_attempts),
        countIf(task_attempts > 0), countIf(task_successes > 0), load_id, 0
    FROM store.staging_user_day GROUP BY event_date, load_id""",
    """INSERT INTO store.marts_daily_revenue
    SELECT event_date, sum(revenue) AS total, sum(purchase_count),
        countIf(positive_purchase_count > 0) AS payers,
        count() AS dau, toFloat64(total) / dau, toFloat64(total) / payers, payers / dau, load_id, 0
    FROM store.staging_user_day GROUP BY event_date, load_id""",
    """INSERT INTO store.marts_daily_ab_assignments
    SELECT event_date, ab_test_id, ab_group, uniqExact(user_id), load_id, 0
    FROM store.staging_ab_test_user_day GROUP BY ALL""",
    """INSERT INTO store.marts_daily_segments
    SELECT event_date, dimension, dimensions[dimension] AS value, count(), sum(event_count),
        sum(session_count), sum(task_attempts), sum(task_successes), sum(purchase_count),
        countIf(positive_purchase_count > 0), sum(revenue), load_id, 0
    FROM store.staging_user_day ARRAY JOIN {names} AS dimension
    GROUP BY event_date, load_id, dimension, value""",
    """INSERT INTO store.marts_daily_metrics
    SELECT event_date, metric, count() AS users, sum(events), sum(total) AS sum_total, 0,
        users / any(dau), toFloat64(sum_total) / any(dau), toFloat64(sum_total) / users, load_id, 0
    FROM store.staging_user_metric_day
    INNER JOIN store.marts_daily_activity USING (event_date, load_id)
    GROUP BY event_date, load_id, metric""",
]
PUBLICATIONS = """
    INSERT INTO ops.publications (event_date, seq, load_id, fingerprint, rows)
    SELECT event_date, load_id, load_id, '', map('staging.user_lesson_day', count())
    FROM store.staging_user_lesson_day GROUP BY event_date, load_id
"""

# What the last day's aggregates would have been made from.
RAW = [
    """INSERT INTO store.raw_events
    SELECT event_date, first_event_at, user_id || '-' || toString(n), user_id, user_id, 'view', '',
        '', '', '', '', load_id, 0
    FROM store.staging_user_day ARRAY JOIN range(event_count) AS n WHERE load_id = {load}""",
    """INSERT INTO store.raw_sessions
    SELECT event_date, user_id, user_id, first_event_at, last_event_at, event_count, load_id, 0
    FROM store.staging_user_day WHERE load_id = {load}""",
    """INSERT INTO store.raw_purchases
    SELECT event_date, first_event_at, user_id, user_id, user_id, revenue, 'USD', load_id, 0
    FROM store.staging_user_day WHERE load_id = {load} AND purchase_count > 0""",
    """INSERT INTO store.raw_task_results
    SELECT event_date, first_event_at, user_id || '-' || toString(n), user_id, user_id, 'task',
        if(n < task_successes, 'success', 'failure'), n < task_successes, '', '', load_id, 0
    FROM store.staging_user_day ARRAY JOIN range(task_attempts) AS n WHERE load_id = {load}""",
    """INSERT INTO store.raw_ab_test_assignments
    SELECT event_date, first_assigned_at, user_id, user_id, ab_test_id, ab_group, load_id, 0
    FROM store.staging_ab_test_user_day WHERE load_id = {load}""",
]
LAST_PUBLICATION = """
    CREATE TABLE marts.published_loads ENGINE = MergeTree ORDER BY event_date AS
    SELECT event_date, load_id FROM ops.publications WHERE load_id < {load}
"""


def main() -> int:
    """Writes the history, runs dbt, reports."""
    days, users = measure.setting("DAYS", 365), measure.setting("USERS", 20_000)
    tasks, values = tasks_of_a_day(), dimensions()
    started = time.monotonic()
    try:
        write(days, users, tasks, values)
    except ServiceError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"history written in {time.monotonic() - started:.0f} s")
    details = build_marts(TABLES)
    what = f"make dbt, {days} days of {users} active users, dimensions of {values or 'no'} values"
    measure.report("dbt", [Figure(what, details["dbt"]["seconds"], "≤", 60, " s")], details)
    return 0


def build_marts(tables: Sequence[str], arguments: str = "") -> dict:
    """Runs `make dbt` and says what it took, the server too, on these tables of staging.

    Ends the command where dbt fails.
    """
    make = ["make", "--no-print-directory", "dbt"]
    # A night finds the project parsed by the one before it; parsing in full takes seconds longer.
    measure.run([*make, "ARGS=--select published_loads"])
    server = measure.server()
    measure.forget_peak(server)
    before = measure.processor_seconds(server)
    done = measure.run([*make, f"ARGS={arguments}"])
    report()
    used, memory = measure.processor_seconds(server) - before, measure.peak(server)
    rows = {table: int(run(f"SELECT count() FROM store.staging_{table}")) for table in tables}
    print(f"rows: {rows}; the server's processor time {used:.0f} s; its memory {memory}")
    return {"rows": rows, "server_memory": memory, "server_seconds": used, "dbt": done.details()}


def tasks_of_a_day() -> int:
    """How many tasks a user tries on a day."""
    return measure.setting("TASKS", 10)


def dimensions() -> list[int]:
    """How many values each dimension has."""
    text = os.environ.get("DIMENSIONS") or "10,50,200"
    if text == "none":
        return []
    values = text.split(",")
    if not all(number.isdecimal() and int(number) > 0 for number in values):
        sys.exit(f"error: DIMENSIONS is '{text}': give numbers of values, as 10,50,200, or none")
    return [int(number) for number in values]


def write(days: int, users: int, tasks: int, values: list[int]) -> None:
    """Inserts the days, their publications and the last state of the marts."""
    run_all([f"DROP DATABASE IF EXISTS {name} SYNC" for name in ("dbt_work",)])
    for day in range(days):
        _day(day, births(users), tasks, values)
    statements = [AB_TEST_USER_DAY, *DAILY, PUBLICATIONS, *RAW, LAST_PUBLICATION]
    names = names_of_dimensions(values)
    run_all([statement.format(load=days, names=names) for statement in statements])


def births(users: int) -> int:
    """New users a day that give so many active ones a day."""
    shares = ((1 / FREQUENT_SHARE, FREQUENT), (1 - 1 / FREQUENT_SHARE, OTHERS))
    returning = sum(
        share * min(MAX_CHANCE, factor * RETURNS / age**0.5)
        for age in range(1, MAX_AGE + 1)
        for share, factor in shares
    )
    return round(users / (1 + returning))


def _day(day: int, births: int, tasks: int, values: list[int]) -> None:
    of_day = USERS_OF_DAY.format(
        # Users have been joining for a year before the first day.
        day=day + MAX_AGE,
        births=births,
        max_age=MAX_AGE,
        share=FREQUENT_SHARE,
        frequent=FREQUENT,
        others=OTHERS,
        max_chance=MAX_CHANCE,
        returns=RETURNS,
    )
    when = (FIRST + timedelta(days=day)).isoformat()
    of_dimensions = values_of_dimensions(values, day)
    of_tasks = {"attempts": ATTEMPTS, "tasks": tasks, "courses": COURSES, "pace": PACE}
    run_all(
        [
            USER_TASK_DAY.format(
                date=when, load=day + 1, day=day, users=of_day, practice=PRACTICE, **of_tasks
            ),
            USER_LESSON_DAY.format(load=day + 1),
            USER_DAY.format(date=when, load=day + 1, users=of_day, dimensions=of_dimensions),
            USER_METRIC_DAY.format(load=day + 1),
        ]
    )


def values_of_dimensions(values: list[int], day: int) -> str:
    """Of a user, by dimension, as a map."""
    maps = [
        DIMENSION.format(name=_name(n), n=n, values=count, day=day, kept=KEPT_DAYS)
        for n, count in enumerate(values)
    ]
    return f"mapConcat({', '.join(maps)})" if maps else "map()"


def names_of_dimensions(values: list[int]) -> str:
    """As an array."""
    names = ", ".join(f"'{_name(n)}'" for n in range(len(values)))
    return f"[{names}]" if values else "emptyArrayString()"


def _name(n: int) -> str:
    """Of a dimension; the first is the one that the default settings have."""
    return f"dimension_{n}" if n else "platform"


def report() -> None:
    """Seconds of the last dbt run by model, the slowest first, and of all tests.

    Nodes run side by side, so that these add up to more than the run took.
    """
    results = json.loads(RESULTS.read_text())["results"]
    seconds = {result["unique_id"]: result["execution_time"] for result in results}
    for name in sorted(seconds, key=seconds.get, reverse=True):
        if name.startswith("model."):
            print(f"{seconds[name]:7.2f} s  {name}")
    names = [name for name in seconds if name.startswith("test.")]
    slowest = max(names, key=seconds.get)
    print(
        f"{sum(seconds[name] for name in names):7.2f} s  {len(names)} data tests,"
        f" the slowest {slowest}: {seconds[slowest]:.2f} s"
    )


def run_all(statements: list[str]) -> None:
    """Runs each of them."""
    for statement in statements:
        run(statement)


def run(statement: str) -> str:
    """The server's answer."""
    # A statement over all days writes a partition for each.
    url = os.environ["CLICKHOUSE_URL"].rstrip("/") + "/?max_partitions_per_insert_block=0"
    user, password = os.environ["CLICKHOUSE_USER"], os.environ["CLICKHOUSE_PASSWORD"]
    return ask(url, user, password, statement)


if __name__ == "__main__":
    sys.exit(main())
