"""ClickHouse alone: one INSERT … SELECT FROM s3 that feeds the five raw tables.

The lines go through a table without rows; materialized views on it fill the others. No checks, no
rejected lines, no duplicates removed; a failure in the middle leaves what was inserted.
"""

import os
from urllib.parse import urlsplit

from . import raw_tables
from .python_client import connect

DATABASE = "bench_clickhouse"
HEAD = "event_date, at AS event_timestamp, event_id, user_id, session_id"
# What is no field of a table, as the other ways write it.
TEXTS = {
    name: name if name in ("finished", "minutes") else f"toJSONString({name})"
    for name in raw_tables.PROPERTIES
}
MEMBERS = ", ".join(
    f"if({name} <> '', concat('\"{name}\":', {text}), '')" for name, text in TEXTS.items()
)
PROPERTIES = (
    f"replaceOne(concat('{{{{', arrayStringConcat(arrayFilter(m -> m <> '', [{MEMBERS}]), ','), "
    "'}}'), '{{}}', '')"
)
VIEWS = {
    "events": f"SELECT {HEAD}, event_type, platform, screen_name, course_id, lesson_id, "
    f"{PROPERTIES} AS properties FROM {{db}}.lines",
    "purchases": f"SELECT {HEAD}, toDecimal64(purchase_amount, 2) AS purchase_amount, currency "
    "FROM {db}.lines WHERE event_type = 'purchase'",
    "task_results": f"SELECT {HEAD}, task_id, task_result, task_result = 'success' AS is_success, "
    "course_id, lesson_id FROM {db}.lines WHERE event_type = 'task_result'",
    "ab_test_assignments": "SELECT event_date, at AS assignment_timestamp, event_id, user_id, "
    "ab_test_id, ab_group FROM {db}.lines WHERE event_type = 'ab_test_assignment'",
}
# Not by a view: a view sees one block of lines at a time, and sessions reach over blocks.
SESSIONS = (
    "INSERT INTO {db}.sessions SELECT event_date, session_id, user_id, min(event_timestamp), "
    "max(event_timestamp), count() FROM {db}.events WHERE session_id <> '' "
    "GROUP BY event_date, session_id, user_id"
)


def load(date: str) -> None:
    """Loads a day."""
    client = connect()
    raw_tables.create(client.command, DATABASE)
    client.command(f"DROP TABLE IF EXISTS {DATABASE}.lines")
    fields = ", ".join(f"{name} String" for name in raw_tables.FIELDS if name != "event_timestamp")
    client.command(
        f"CREATE TABLE {DATABASE}.lines (event_date Date, at DateTime64(6, 'UTC'), {fields}) "
        "ENGINE = Null"
    )
    for table, query in VIEWS.items():
        client.command(f"DROP VIEW IF EXISTS {DATABASE}.to_{table}")
        client.command(
            f"CREATE MATERIALIZED VIEW {DATABASE}.to_{table} TO {DATABASE}.{table} AS "
            + query.format(db=DATABASE)
        )
    client.command(
        f"INSERT INTO {DATABASE}.lines SELECT toDate('{date}'), "
        f"parseDateTime64BestEffort(event_timestamp, 6, 'UTC'), * EXCEPT event_timestamp "
        "FROM s3({url:String}, {key:String}, {secret:String}, 'JSONEachRow', {columns:String}) "
        "SETTINGS max_insert_block_size = 100000, parallel_view_processing = 1",
        parameters={
            "url": _url(date),
            "key": os.environ["AWS_ACCESS_KEY_ID"],
            "secret": os.environ["AWS_SECRET_ACCESS_KEY"],
            "columns": ", ".join(f"{name} String" for name in raw_tables.FIELDS),
        },
    )
    client.command(SESSIONS.format(db=DATABASE))


def _url(date: str) -> str:
    uri = urlsplit(os.environ["EVENTS_URI"])
    path = "/".join(part for part in (uri.path.strip("/"), f"dt={date}", "*.jsonl") if part)
    return f"{os.environ['S3_ENDPOINT'].rstrip('/')}/{uri.netloc}/{path}"


if __name__ == "__main__":
    raw_tables.timed(load)
