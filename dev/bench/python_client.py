"""The plain Python loader: json.loads, and inserts with the official client clickhouse-connect.

No checks, no duplicates removed, no ledger: a line that is not JSON, or lacks a field, is skipped.

    python -m dev.bench.python_client 2026-04-01
"""

import os
from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from . import raw_tables

DATABASE = "bench_python_client"


def connect() -> Client:
    """A client of the server that the environment names."""
    url = urlsplit(os.environ["CLICKHOUSE_URL"])
    return clickhouse_connect.get_client(
        host=url.hostname,
        port=url.port,
        secure=url.scheme == "https",
        username=os.environ["CLICKHOUSE_USER"],
        password=os.environ.get("CLICKHOUSE_PASSWORD", ""),
    )


def number(query: str) -> float:
    """The one number that a query gives."""
    return connect().query(query).result_rows[0][0]


def digest(name: str, table: str, where: str = "1") -> tuple[int, int]:
    """Number of rows of one of the raw tables, under any name, and the sum of their hashes.

    A sum, as the order of rows is free, and in which parts of a table they are.
    """
    row = f"toString(tuple({', '.join(raw_tables.columns(table))}))"
    query = f"SELECT count(), sum(cityHash64({row})) FROM {name} WHERE {where}"
    return connect().query(query).result_rows[0]


class Batches:
    """Rows waiting for their table's next insert."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.rows: dict[str, list[tuple]] = {table: [] for table in raw_tables.TABLES}

    def send(self, at_least: int) -> None:
        """Inserts the tables that have so many rows waiting."""
        for table, rows in self.rows.items():
            if len(rows) >= at_least:
                self._client.insert(table, rows, raw_tables.columns(table), DATABASE)
                rows.clear()


def time_of(value: int | str) -> datetime:
    """An event's time, in UTC."""
    if isinstance(value, int):
        return datetime.fromtimestamp(value / 1000, UTC)
    return datetime.fromisoformat(value)


def add_event(event: dict, day: date, rows: dict[str, list[tuple]], sessions: dict) -> None:
    """Puts one event into the rows of its tables; takes the fields it uses out of it."""
    at, kind = time_of(event.pop("event_timestamp")), event.pop("event_type")
    user, session = event.pop("user_id"), event.pop("session_id", "")
    head = (day, at, event.pop("event_id"), user)
    platform, screen = event.pop("platform", ""), event.pop("screen_name", "")
    lesson = (event.pop("course_id", ""), event.pop("lesson_id", ""))
    own = [event.pop(name, "") for name in raw_tables.OWN_FIELDS.get(kind, ())]
    properties = raw_tables.to_json(event) if event else ""
    rows["events"].append((*head, session, kind, platform, screen, *lesson, properties))
    if kind == "task_result":
        rows["task_results"].append((*head, session, *own, own[1] == "success", *lesson))
    elif kind == "purchase":
        rows["purchases"].append((*head, session, Decimal(str(own[0])), own[1] or "USD"))
    elif kind == "ab_test_assignment":
        rows["ab_test_assignments"].append((*head, *own))
    if session:
        seen = sessions.setdefault((session, user), [at, at, 0])
        seen[0], seen[1], seen[2] = min(seen[0], at), max(seen[1], at), seen[2] + 1


def load(text: str) -> None:
    """Loads a day."""
    client, day = connect(), date.fromisoformat(text)
    raw_tables.create(client.command, DATABASE)
    batches, sessions, loaded = Batches(client), {}, 0
    for event in raw_tables.day_events(text):
        try:
            add_event(event, day, batches.rows, sessions)
        except (ValueError, KeyError):
            continue
        loaded += 1
        if not loaded % raw_tables.BATCH_ROWS:
            batches.send(raw_tables.BATCH_ROWS)
    batches.rows["sessions"] = [
        (day, session, user, start, end, count)
        for (session, user), (start, end, count) in sessions.items()
    ]
    batches.send(1)


if __name__ == "__main__":
    raw_tables.timed(load)
