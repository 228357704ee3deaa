"""The plain Python loader that the Spark job is compared with.

Downloads the objects of a day, parses each line with json.loads and inserts the five raw tables
into the database bench_py, 100,000 rows at a time as tab-separated text over HTTP. No checks, no
duplicates removed, no ledger: a line that is not JSON, or lacks a field, is skipped.

    python local/bench/python_loader.py 2026-04-01
"""

import base64
import gzip
import json
import os
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

import boto3

BATCH_ROWS = 100_000
DATABASE = "bench_py"
# Rows that ClickHouse cannot read are dropped by it: this loader does not look for them.
SETTINGS = {"date_time_input_format": "best_effort", "input_format_allow_errors_ratio": "0.01"}
COMMON = (
    "event_date Date, event_timestamp DateTime64(6, 'UTC'), event_id String, user_id String, "
    "session_id String"
)
TABLES = {
    "events": f"{COMMON}, event_type LowCardinality(String), platform LowCardinality(String), "
    "screen_name LowCardinality(String), properties String",
    "purchases": f"{COMMON}, purchase_amount Decimal(18, 2), currency LowCardinality(String)",
    "task_results": f"{COMMON}, task_id LowCardinality(String), "
    "task_result LowCardinality(String), is_success Bool",
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
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
to_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
OWN_FIELDS = {
    "purchase": ("purchase_amount", "currency"),
    "task_result": ("task_id", "task_result"),
    "ab_test_assignment": ("ab_test_id", "ab_group"),
}


class ClickHouse:
    """Statements and inserts over HTTP."""

    def __init__(self) -> None:
        self._url = os.environ["CLICKHOUSE_URL"]
        user = f"{os.environ['CLICKHOUSE_USER']}:{os.environ.get('CLICKHOUSE_PASSWORD', '')}"
        self._headers = {"Authorization": "Basic " + base64.b64encode(user.encode()).decode()}

    def run(self, sql: str, body: bytes = b"") -> str:
        """Runs a statement; the body is the data of an insert."""
        query = urlencode({"query": sql} | SETTINGS)
        request = urllib.request.Request(f"{self._url}/?{query}", body, self._headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            raise SystemExit(f"ClickHouse refused '{sql[:80]}': {error.read().decode()}") from error

    def create_tables(self) -> None:
        """Empty tables: a run before this one leaves nothing."""
        self.run(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
        for table, columns in TABLES.items():
            self.run(f"DROP TABLE IF EXISTS {DATABASE}.{table}")
            order = ORDER.get(table, DEFAULT_ORDER)
            self.run(
                f"CREATE TABLE {DATABASE}.{table} ({columns}) ENGINE = MergeTree ORDER BY ({order})"
            )


class Batches:
    """Rows waiting for their table's next insert."""

    def __init__(self, clickhouse: ClickHouse) -> None:
        self._clickhouse = clickhouse
        self.rows: dict[str, list[str]] = {table: [] for table in TABLES}

    def send_full(self) -> None:
        """Inserts the tables that have a batch together."""
        for table, rows in self.rows.items():
            if len(rows) >= BATCH_ROWS:
                self._send(table, rows)

    def send_all(self) -> None:
        """Inserts what is left."""
        for table, rows in self.rows.items():
            if rows:
                self._send(table, rows)

    def _send(self, table: str, rows: list[str]) -> None:
        # Half a surrogate pair is text to json.loads and none to UTF-8.
        data = ("\n".join(rows) + "\n").encode(errors="replace")
        self._clickhouse.run(f"INSERT INTO {DATABASE}.{table} FORMAT TabSeparated", data)
        rows.clear()


def day_objects(date: str):
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


def field(value: object) -> str:
    """A value as tab-separated text."""
    if value is None:
        return ""
    text = str(value)
    return text if text.isprintable() and "\\" not in text else text.translate(ESCAPES)


def add_event(event: dict, date: str, rows: dict[str, list[str]], sessions: dict) -> None:
    """Puts one event into the rows of its tables; takes the fields it uses out of it."""
    at = event.pop("event_timestamp")
    if isinstance(at, int):
        at = datetime.fromtimestamp(at / 1000, UTC).isoformat()
    kind = event.pop("event_type")
    user, session = field(event.pop("user_id")), field(event.pop("session_id", ""))
    head = f"{date}\t{at}\t{field(event.pop('event_id'))}\t{user}"
    platform, screen = field(event.pop("platform", "")), field(event.pop("screen_name", ""))
    own = [field(event.pop(name, "")) for name in OWN_FIELDS.get(kind, ())]
    properties = ""
    if event:
        properties = field(to_json(event))
    rows["events"].append(f"{head}\t{session}\t{kind}\t{platform}\t{screen}\t{properties}")
    if kind == "task_result":
        is_success = "true" if own[1] == "success" else "false"
        rows["task_results"].append(f"{head}\t{session}\t{own[0]}\t{own[1]}\t{is_success}")
    elif kind == "purchase":
        rows["purchases"].append(f"{head}\t{session}\t{own[0]}\t{own[1] or 'USD'}")
    elif kind == "ab_test_assignment":
        rows["ab_test_assignments"].append(f"{head}\t{own[0]}\t{own[1]}")
    if session:
        seen = sessions.get((session, user))
        if seen is None:
            sessions[session, user] = [at, at, 1]
        else:
            # ISO text of one zone sorts as time does.
            if at < seen[0]:
                seen[0] = at
            if at > seen[1]:
                seen[1] = at
            seen[2] += 1


def load(date: str) -> int:
    """Loads a day; returns the events inserted."""
    clickhouse = ClickHouse()
    clickhouse.create_tables()
    batches, sessions, loaded = Batches(clickhouse), {}, 0
    for data in day_objects(date):
        for line in data.split(b"\n"):
            try:
                event = json.loads(line)
                if not is_usable(event, date):
                    continue
                add_event(event, date, batches.rows, sessions)
            except (ValueError, KeyError):
                continue
            loaded += 1
            if not loaded % BATCH_ROWS:
                batches.send_full()
    batches.rows["sessions"] = [
        f"{date}\t{session}\t{user}\t{start}\t{end}\t{count}"
        for (session, user), (start, end, count) in sessions.items()
    ]
    batches.send_all()
    return loaded


def is_usable(event: object, date: str) -> bool:
    """Whether it is an event of the day, as far as the text of its time shows."""
    if not isinstance(event, dict):
        return False
    at = event.get("event_timestamp")
    return isinstance(at, int) or (isinstance(at, str) and at[:10] == date)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("give the day to load: python local/bench/python_loader.py 2026-04-01")
    started = time.monotonic()
    count = load(sys.argv[1])
    print(f"{count} events in {time.monotonic() - started:.1f} seconds")
