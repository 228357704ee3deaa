"""The plain Python loader at its fastest: rows as tab-separated text, over HTTP by hand.

Downloads the objects of a day, parses each line with json.loads and inserts the five raw tables,
100,000 rows at a time. No checks, no duplicates removed, no ledger: a line that is not JSON, or
lacks a field, is skipped.

    python -m dev.bench.python_text 2026-04-01
"""

import base64
import os
import urllib.error
import urllib.request
from datetime import UTC, datetime
from urllib.parse import urlencode

from . import raw_tables

DATABASE = "bench_python_text"
# Rows that ClickHouse cannot read are dropped by it: this loader does not look for them.
SETTINGS = {"date_time_input_format": "best_effort", "input_format_allow_errors_ratio": "0.01"}
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


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


class Batches:
    """Rows waiting for their table's next insert."""

    def __init__(self, clickhouse: ClickHouse) -> None:
        self._clickhouse = clickhouse
        self.rows: dict[str, list[str]] = {table: [] for table in raw_tables.TABLES}

    def send_full(self) -> None:
        """Inserts the tables that have a batch together."""
        for table, rows in self.rows.items():
            if len(rows) >= raw_tables.BATCH_ROWS:
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
    lesson = f"{field(event.pop('course_id', ''))}\t{field(event.pop('lesson_id', ''))}"
    own = [field(event.pop(name, "")) for name in raw_tables.OWN_FIELDS.get(kind, ())]
    properties = ""
    if event:
        properties = field(raw_tables.to_json(event))
    place = f"{platform}\t{screen}\t{lesson}"
    rows["events"].append(f"{head}\t{session}\t{kind}\t{place}\t{properties}")
    if kind == "task_result":
        is_success = "true" if own[1] == "success" else "false"
        result = f"{own[0]}\t{own[1]}\t{is_success}"
        rows["task_results"].append(f"{head}\t{session}\t{result}\t{lesson}")
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
    raw_tables.create(clickhouse.run, DATABASE)
    batches, sessions, loaded = Batches(clickhouse), {}, 0
    for event in raw_tables.day_events(date):
        try:
            add_event(event, date, batches.rows, sessions)
        except (ValueError, KeyError):
            continue
        loaded += 1
        if not loaded % raw_tables.BATCH_ROWS:
            batches.send_full()
    batches.rows["sessions"] = [
        f"{date}\t{session}\t{user}\t{start}\t{end}\t{count}"
        for (session, user), (start, end, count) in sessions.items()
    ]
    batches.send_all()
    return loaded


if __name__ == "__main__":
    raw_tables.timed(load)
