"""``make bench-dbt EXPOSED=2000000``: the marts of A/B tests over so many exposed users.

Takes the services from the environment, STATE (the folder of `make up`), EXPOSED, DAYS (28 unless
it is set: 14 before the first exposure, and those that the test has been running) and DIMENSIONS
(10 unless it is set: how many values each has; none for no dimension). Everybody is there from the
first day on, active on three days in ten, and exposed on one of the seven days that follow the
first 14; one in a hundred is seen in the other group on the next day. Events of each of three
metrics are on every second active day. Builds the marts of experiments and all that they are made
from, with their tests. Prints seconds by model, the server's processor time and its peak of memory.
"""

import os
import sys
import time
from datetime import timedelta

from dev.stack.services import ServiceError

from . import history, measure
from .measure import Figure

BEFORE, EXPOSURE_DAYS, ACTIVE_PERCENT = 14, 7, 30
TABLES = ("user_day", "user_metric_day", "ab_test_user_day")
MARTS = ("ab_test_results", "ab_test_history", "ab_test_results_by_segment")

# Ids in no order of joining or activity.
USERS_OF_DAY = """
    SELECT
        number AS user, lower(hex(sipHash128(user))) AS user_id,
        {before} + sipHash64(user, 'exposed') % {exposure_days} AS exposed,
        cityHash64(user, {day}) AS draw
    FROM numbers({users})
    WHERE draw % 100 < {active} OR exposed = {day}
"""
USER_DAY = """
    INSERT INTO store.staging_user_day
    SELECT
        toDate('{date}'), user_id, toDateTime64('{date} 08:00:00', 6, 'UTC') AS first_event_at,
        first_event_at + toIntervalSecond(draw % 3600), 3 + attempts, 1, draw % 3600,
        intDiv(draw, 100) % 30 AS attempts, intDiv(attempts * (sipHash64(user) % 100), 100),
        intDiv(draw, 3000) % 29 = 0 AS purchases, purchases,
        purchases * toDecimal64(100 + draw % 5000, 2) / 100, {dimensions}, {load}, 0
    FROM ({users_of_day})
"""
# On the day of exposure, and for one in a hundred once more on the next.
AB_TEST_USER_DAY = """
    INSERT INTO store.staging_ab_test_user_day
    SELECT toDate('{date}'), 'onboarding',
        ['control', 'treatment'][1 + (sipHash64(user) + later) % 2], user_id,
        toDateTime64('{date} 08:00:00', 6, 'UTC'), {load}, 0
    FROM (
        SELECT number AS user, lower(hex(sipHash128(user))) AS user_id,
            {before} + sipHash64(user, 'exposed') % {exposure_days} AS exposed,
            exposed = {day} - 1 AS later
        FROM numbers({users})
        WHERE exposed = {day} OR later AND user % 100 = 0)
"""
PUBLICATIONS = """
    INSERT INTO ops.publications (event_date, seq, load_id, fingerprint)
    SELECT DISTINCT event_date, load_id, load_id, '' FROM store.staging_user_day
"""


def main() -> int:
    """Writes the days, builds the marts, reports."""
    users, days = measure.setting("EXPOSED", 2_000_000), measure.setting("DAYS", 28)
    os.environ.setdefault("DIMENSIONS", "10")
    values = history.dimensions()
    began = time.monotonic()
    try:
        write(users, days, values)
    except ServiceError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"days written in {time.monotonic() - began:.0f} s")
    select = " ".join(f"+{mart}" for mart in MARTS)
    details = history.build_marts(TABLES, f"--select {select}")
    what = f"marts of A/B tests, {users} exposed users, {days} days"
    seconds = details["dbt"]["seconds"]
    measure.report("exposed", [Figure(what, seconds, "≤", 120, " s")], details)
    return 0


def write(users: int, days: int, values: list[int]) -> None:
    """Inserts the days and their publications."""
    for day in range(days):
        settings = {
            "date": (history.FIRST + timedelta(days=day)).isoformat(),
            "day": day,
            "load": day + 1,
            "users": users,
            "before": BEFORE,
            "exposure_days": EXPOSURE_DAYS,
        }
        of_day = USERS_OF_DAY.format(active=ACTIVE_PERCENT, **settings)
        of_dimensions = history.values_of_dimensions(values, day)
        history.run(USER_DAY.format(users_of_day=of_day, dimensions=of_dimensions, **settings))
        history.run(AB_TEST_USER_DAY.format(**settings))
        history.run(history.USER_METRIC_DAY.format(load=day + 1))
    names = history.names_of_dimensions(values)
    for statement in (*history.DAILY, PUBLICATIONS):
        history.run(statement.format(names=names))


if __name__ == "__main__":
    sys.exit(main())
