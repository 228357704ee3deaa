"""A reader of event lines that shares nothing with the generator: the contract in plain Python."""

import gzip
import hashlib
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from pathlib import Path

MAX_LINE = 1024 * 1024
MAX_NUMBER = 1000
MAX_OFFSET = timedelta(hours=18)
# Not str.isspace, which has U+001C to U+001F besides.
WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
# Of the raw text, be it JSON or not.
ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.",
    re.DOTALL,
)
AMOUNT = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE]([+-]?\d+))?", re.ASCII)
TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
NEEDED = {
    "purchase": ["purchase_amount"],
    "task_result": ["task_id", "task_result"],
    "ab_test_assignment": ["ab_test_id"],
    "lesson_start": ["lesson_id"],
    "lesson_complete": ["lesson_id"],
}
OPTIONAL = {"purchase": ["currency"], "ab_test_assignment": ["ab_group"]}
INTEGERS_ALLOWED = {
    "event_id",
    "user_id",
    "session_id",
    "course_id",
    "lesson_id",
    "task_id",
    "ab_test_id",
    "ab_group",
}
# Not of event_id: events that share one conflict with each other.
PLACEHOLDERS = {
    "null",
    "undefined",
    "[object Object]",
    "0",
    "00000000-0000-0000-0000-000000000000",
    "NaN",
}
BASE = ["event_id", "user_id", "event_type", "event_timestamp"]
COMMON = ["session_id", "platform", "screen_name", "course_id", "lesson_id"]


class Rejected(Exception):
    """Its text is the reason."""


class Raw(str):
    """A number as it is written."""


class Int(Raw):
    """An integer as it is written."""


@dataclass
class Day:
    """What the reader found for one day."""

    counts: Counter = field(default_factory=Counter)
    reasons: Counter = field(default_factory=Counter)
    lines: dict = field(default_factory=lambda: defaultdict(list))
    events: list = field(default_factory=list)


def read(root: Path, lateness: int) -> dict[str, Day]:
    """Classifies every line under ``dt=`` folders and settles duplicates day by day."""
    days = {path.name[3:]: Day() for path in sorted(root.glob("dt=*"))}
    for prefix, day in days.items():
        for path in sorted((root / f"dt={prefix}").iterdir()):
            for line in _lines(path):
                day.counts["lines_read"] += 1
                _judge(line, prefix, lateness, days)
    for day in days.values():
        for same_id in day.lines.values():
            _settle(same_id, day)
    return days


def _lines(path: Path) -> list[bytes]:
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix(b"\r") for line in lines]


def _judge(line: bytes, prefix: str, lateness: int, days: dict[str, Day]) -> None:
    day = days[prefix]
    try:
        event = judge(line)
        if event is None:
            day.counts["blank_lines"] += 1
            return
        event_date = event["event_timestamp"].date()
        behind = (datetime.fromisoformat(prefix).date() - event_date).days
        if not 0 <= behind <= lateness:
            raise Rejected("outside_day")
    except Rejected as rejected:
        day.reasons[str(rejected)] += 1
        return
    if behind:
        day.counts["other_day"] += 1
        days[event_date.isoformat()].counts["late"] += 1
    days[event_date.isoformat()].lines[event["event_id"]].append((event, line))


def _settle(same_id: list, day: Day) -> None:
    same_id.sort(key=lambda one: (one[0]["event_timestamp"], hashlib.sha256(one[1]).digest()))
    winner = same_id[0][0]
    day.events.append(winner)
    for event, _ in same_id[1:]:
        if _content(event) == _content(winner):
            day.counts["duplicates"] += 1
        else:
            day.reasons["conflicting_duplicate"] += 1


def _content(event: dict) -> dict:
    """What is compared: all but the time of sending."""
    rest = parse(event["properties"])
    rest.pop("sent_at", None)
    return event | {"properties": dump(rest)}


def judge(line: bytes) -> dict | None:
    """The event of a line, None when it is blank. Raises Rejected."""
    if len(line) > MAX_LINE:
        raise Rejected("line_too_long")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Rejected("invalid_encoding") from error
    if not text.strip(WHITE_SPACE):
        return None
    pairs_seen: list[bool] = []

    def pairs(items: list) -> dict:
        pairs_seen.append(len({key for key, _ in items}) < len(items))
        return dict(items)

    try:
        value = parse(text, pairs)
        malformed = not isinstance(value, dict) or _depth(value) > 100
    except (ValueError, RecursionError):
        malformed = True
    if any(escape["lone"] for escape in ESCAPE.finditer(text)):
        raise Rejected("invalid_encoding")
    if malformed:
        raise Rejected("malformed_json")
    if any(pairs_seen):
        raise Rejected("duplicate_key")
    return _fields(value)


def parse(text: str, pairs=dict) -> object:
    """JSON, with its numbers as they are written."""
    return json.loads(
        text,
        object_pairs_hook=pairs,
        parse_float=_number(Raw),
        parse_int=_number(Int),
        parse_constant=_no,
    )


def dump(value: object) -> str:
    """Equal for equal values; a number is as it was written."""
    return json.dumps(value, sort_keys=True, default=repr)


def _number(kind: type):
    def checked(text: str) -> Raw:
        if len(text) > MAX_NUMBER:
            raise ValueError(text)
        return kind(text)

    return checked


def _no(constant: str) -> None:
    raise ValueError(constant)


def _depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip(WHITE_SPACE))


def _fields(value: dict) -> dict:
    kind = value.get("event_type")
    is_kind = isinstance(kind, str)
    needed = BASE + NEEDED.get(kind if is_kind else "", [])
    optional = COMMON + OPTIONAL.get(kind if is_kind else "", [])
    if any(_blank(value.get(name)) for name in needed):
        raise Rejected("missing_field")
    for name in needed + optional:
        _check_type(name, value.get(name))
    event = {name: "" if _blank(value.get(name)) else str(value[name]) for name in optional}
    event |= {name: str(value[name]) for name in needed}
    event["event_timestamp"] = _time(value["event_timestamp"])
    if kind == "purchase":
        event["purchase_amount"] = _amount(value["purchase_amount"])
        event["currency"] = event["currency"].upper() or "USD"
        if event["currency"] != "USD":
            raise Rejected("unsupported_currency")
    known = {*needed, *optional}
    rest = {name: other for name, other in value.items() if name not in known}
    return event | {"properties": dump(rest)}


def _check_type(name: str, value: object) -> None:
    if value is None:
        return
    number = isinstance(value, Raw)
    if not isinstance(value, str):
        raise Rejected("invalid_type")
    if number and name == "purchase_amount":
        return
    if number and not (isinstance(value, Int) and name in INTEGERS_ALLOWED | {"event_timestamp"}):
        raise Rejected("invalid_type")
    if "\0" in value or (name in ("event_id", "user_id", "event_type") and len(value) > 256):
        raise Rejected("invalid_type")
    if name == "user_id" and (value in PLACEHOLDERS or (number and value == "-0")):
        raise Rejected("invalid_type")


def _time(value: str) -> datetime:
    if isinstance(value, Int):
        try:
            moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(value[:30]))
        except OverflowError as error:
            raise Rejected("timestamp_out_of_range") from error
    else:
        match = TIMESTAMP.fullmatch(value)
        if not match:
            raise Rejected("invalid_timestamp")
        date, clock, fraction, zone = match.groups()
        micros = (fraction or "").ljust(6, "0")[:6]
        try:
            moment = datetime.fromisoformat(f"{date}T{clock}.{micros}{zone or 'Z'}")
        except ValueError as error:
            raise Rejected("invalid_timestamp") from error
        if abs(moment.utcoffset()) > MAX_OFFSET:
            raise Rejected("invalid_timestamp")
        try:
            moment = moment.astimezone(UTC)
        except OverflowError as error:
            raise Rejected("timestamp_out_of_range") from error
    if not 2000 <= moment.year < 2100:
        raise Rejected("timestamp_out_of_range")
    return moment


def _amount(value: str) -> Decimal:
    number = AMOUNT.fullmatch(value)
    if not number:
        raise Rejected("invalid_amount")
    amount = Decimal(value[: number.end(2) if number[2] else number.end(1)])
    # An exponent such as 999999999 is never written out: zeros and digits cannot make up for it.
    shift = max(-len(value) - 20, min(len(value) + 20, int((number[4] or "0")[:20])))
    with localcontext(prec=4 * len(value) + 100):
        amount = amount.scaleb(shift)
        if abs(amount) >= 10**12 or amount * 100 != int(amount * 100):
            raise Rejected("invalid_amount")
    return amount
