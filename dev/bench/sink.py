"""Writing one table: the job's Spark catalog against the JDBC source with ClickHouse's driver.

The same cached rows with the columns of raw.events, in one warm session, in turn, each into an
empty stage table as loads have them. That both then hold the same rows is checked.
"""

import os
import sys
from collections.abc import Callable
from functools import partial

from clickhouse_connect.driver.client import Client
from pyspark.sql import SparkSession

from . import measure, spark_jdbc
from .measure import FIRST, Figure
from .python_client import connect, digest
from .session import open_session

OURS, JDBC = "job's catalog", "JDBC"
# As of two loads of these numbers.
TABLES = {OURS: "stage.raw_events_1", JDBC: "stage.raw_events_2"}
# As a day of so many events has, on two cores.
PARTITIONS = 8
# Hashes, so that ids compress like real ones; the texts of raw.events are as long as a usual day's.
COLUMNS = (
    f"date'{FIRST}' AS event_date",
    "timestamp_millis(1775001600000 + abs(xxhash64(id)) % 86400000) AS event_timestamp",
    "substr(md5(string(id)), 1, 24) AS event_id",
    "format_string('u-%07d', abs(xxhash64(id, 1)) % 100000) AS user_id",
    "format_string('s-%012x', abs(xxhash64(id, 2)) % 200000) AS session_id",
    "element_at(array('screen_view', 'lesson_start', 'task_result', 'purchase'), int(id % 4 + 1))"
    " AS event_type",
    "element_at(array('ios', 'android', 'web'), int(id % 3 + 1)) AS platform",
    "element_at(array('home', 'catalogue', 'lesson', 'профиль', 'shop'), int(id % 5 + 1))"
    " AS screen_name",
    "element_at(array('', 'algebra', 'spanish'), int(id % 3 + 1)) AS course_id",
    "element_at(array('', 'lesson-1', 'lesson-2', 'lesson-3'), int(id % 4 + 1)) AS lesson_id",
    """concat('{"app_version":"4.', id % 12, '.0"}') AS properties""",
)


def main() -> None:
    """Makes the rows and tables, writes in turn, compares, reports."""
    events, rounds = measure.setting("EVENTS", 2_000_000), measure.setting("RUNS", 5)
    client, spark = connect(), open_session()
    _configure(spark)
    _create_tables(spark)
    rows = spark.range(0, events, 1, PARTITIONS).selectExpr(*COLUMNS).cache()
    rows.count()
    appends = {
        OURS: lambda: rows.writeTo(f"clickhouse.{TABLES[OURS]}").append(),
        JDBC: lambda: spark_jdbc.append(rows, TABLES[JDBC]),
    }
    ways = {way: partial(_fill, client, TABLES[way], append) for way, append in appends.items()}
    print(f"a round that is not counted, then {rounds}")
    measure.in_turn(ways, 1)
    seconds = measure.in_turn(ways, rounds)
    _require_same_rows(events)
    spark.stop()
    medians = measure.medians(seconds)
    per_second = {way: events / median for way, median in medians.items()}
    for way, value in per_second.items():
        print(f"{way}: {value:,.0f} rows a second")
    figures = [
        Figure("sink, rows per second ÷ JDBC", per_second[OURS] / per_second[JDBC], "≥", 2.5)
    ]
    details = {"rows": events, "rows_per_second": per_second, "seconds": seconds}
    measure.report("sink", figures, details)


def _configure(spark: SparkSession) -> None:
    catalog = "spark.sql.catalog.clickhouse"
    spark.conf.set(catalog, "edtech.analytics.clickhouse.sink.StageCatalog")
    spark.conf.set(f"{catalog}.url", os.environ["CLICKHOUSE_URL"])
    spark.conf.set(f"{catalog}.user", os.environ["CLICKHOUSE_USER"])
    # Where the password is; all else has the defaults of a load.
    spark.conf.set(f"{catalog}.secret", "env:CLICKHOUSE_PASSWORD")


def _create_tables(spark: SparkSession) -> None:
    job = spark._jvm.edtech.analytics
    url, user = os.environ["CLICKHOUSE_URL"], os.environ["CLICKHOUSE_USER"]
    connection = job.clickhouse.Connection(url, user, os.environ["CLICKHOUSE_PASSWORD"], 10, 300, 3)
    server = job.clickhouse.ClickHouse(connection)
    day = spark._jvm.java.time.LocalDate.parse(FIRST)
    for load_id in range(1, len(TABLES) + 1):
        job.clickhouse.Stage(server, day, load_id).create(job.model.Tables.EVENTS)
    server.close()


def _fill(client: Client, table: str, append: Callable[[], None]) -> float:
    client.command(f"TRUNCATE TABLE {table} SYNC")
    return measure.timed(append)


def _require_same_rows(events: int) -> None:
    found = {way: digest(table, "events") for way, table in TABLES.items()}
    if found[OURS] != found[JDBC] or found[OURS][0] != events:
        sys.exit(f"error: {events} rows written, but (rows, sum of hashes) are {found}")
    print("both tables hold the same rows")


if __name__ == "__main__":
    main()
