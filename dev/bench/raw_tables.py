"""What the other ways to load have in common: the five raw tables, the objects, the comparison."""

import gzip
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import boto3

BATCH_ROWS = 100_000
COMMON = (
    "event_date Date, event_timestamp DateTime64(6, 'UTC'), event_id String, user_id String, "
    "session_id String"
)
LESSON = "course_id LowCardinality(String), lesson_id LowCardinality(String)"
TABLES = {
    "events": f"{COMMON}, event_type LowCardinality(String), platform LowCardinality(String), "
    f"screen_name LowCardinality(String), {LESSON}, properties String",
    "purchases": f"{COMMON}, purchase_amount Decimal(18, 2), currency LowCardinality(String)",
    "task_results": f"{COMMON}, task_id LowCardinality(String), "
    f"task_result LowCardinality(String), is_success Bool, {LESSON}",
    "sessions": "event_date Date, session_id String, user_id String, "
    "session_start DateTime64(6, 'UTC'), session_end DateTime64(6, 'UTC'), event_count UInt64",
    "ab_test_assignments": "event_date Date, assignment_timestamp DateTime64(6, 'UTC'), "
    "event_id String, user_id String, ab_test_id LowCardinality(String), "
    "ab_group LowCardinality(String)",
}
ORDER = {
    "sessions": "event_date, user_id, session_start",
    "ab_test_assignments": "event_date, user_id, assignment_timestamp",
}
DEFAULT_ORDER = "event_date, user_id, event_timestamp"
OWN_FIELDS = {
    "purchase": ("purchase_amount", "currency"),
    "task_result": ("task_id", "task_result"),
    "ab_test_assignment": ("ab_test_id", "ab_group"),
}
# Every field of the day's lines, those of PROPERTIES without a column of their own.
PROPERTIES = ("app_version", "country", "finished", "kind", "minutes")
FIELDS = (
    *("event_id", "user_id", "event_type", "event_timestamp", "session_id", "platform"),
    *(
        "screen_name",
        "course_id",
        "lesson_id",
        "task_id",
        "task_result",
        "purchase_amount",
        "currency",
        "ab_test_id",
    ),
    *("ab_group", *PROPERTIES),
)
to_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def columns(table: str) -> list[str]:
    """Names of a table's columns, in its order."""
    return [
        part.split()[0] for part in TABLES[table].replace(", 2)", ")").split(", ") if " " in part
    ]


def create(run: Callable[[str], object], database: str) -> None:
    """Empty tables: a run before this one leaves nothing."""
    run(f"CREATE DATABASE IF NOT EXISTS {database}")
    for table, definition in TABLES.items():
        run(f"DROP TABLE IF EXISTS {database}.{table}")
        order = ORDER.get(table, DEFAULT_ORDER)
        run(f"CREATE TABLE {database}.{table} ({definition}) ENGINE = MergeTree ORDER BY ({order})")


def day_objects(date: str) -> Iterator[bytes]:
    """The bytes of each object of the day."""
    client = boto3.client(
        "s3",
        endpoint_url=os.environ.get("S3_ENDPOINT"),
        region_name=os.environ.get("AWS_REGION", "us-east-1"),
    )
    uri = urlsplit(os.environ["EVENTS_URI"])
    prefix = f"{uri.path.strip('/')}/dt={date}/".lstrip("/")
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=uri.netloc, Prefix=prefix)
    for page in pages:
        for found in page.get("Contents", ()):
            data = client.get_object(Bucket=uri.netloc, Key=found["Key"])["Body"].read()
            yield gzip.decompress(data) if found["Key"].endswith(".gz") else data


def day_events(date: str) -> Iterator[dict]:
    """The usable events of the day; a line that is no JSON is skipped."""
    for data in day_objects(date):
        for line in data.split(b"\n"):
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if is_usable(event, date):
                yield event


def is_usable(event: object, date: str) -> bool:
    """Whether it is an event of the day, as far as the text of its time shows."""
    if not isinstance(event, dict):
        return False
    at = event.get("event_timestamp")
    return isinstance(at, int) or (isinstance(at, str) and at[:10] == date)


def timed(load: Callable[[str], object]) -> None:
    """Runs a way for the day on the command line and says how long it took."""
    if len(sys.argv) != 2:
        raise SystemExit("give the day to load, such as 2026-04-01")
    started = time.monotonic()
    load(sys.argv[1])
    print(f"loaded in {time.monotonic() - started:.1f} s")
