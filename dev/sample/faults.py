"""Lines the load must reject, one function per reason of the contract, and blank lines.

Each function has variants; ``variant`` counts on, so that the days of a run show all of them.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from . import events
from .events import DAY_MILLIS, Event, Fields, join, text

DEEPEST_NESTING = 100
LONGEST_ID = 256
LONGEST_TYPE = 256
LONG_LINE_FILLER = b"lorem ipsum "

BLANK_LINES = (b"", b"   ", b"\t", "\u00a0\u3000".encode(), b" \t ")


@dataclass
class Valid:
    """Makes valid events of a day to be spoilt; their ids are used nowhere else."""

    draw: random.Random
    day: int

    def fields(self, event_type: str = "screen_view", at: int | None = None) -> Fields:
        """Fields of a fresh event in the plain form, at a time of the day unless told."""
        moment = self.day * DAY_MILLIS + self.draw.randrange(DAY_MILLIS) if at is None else at
        written = {
            "event_id": text(f"x{self.draw.getrandbits(96):024x}"),
            "user_id": text(f"u-{self.draw.randrange(1000):06d}"),
            "event_type": text(event_type),
            "event_timestamp": _iso(moment),
            "session_id": text(f"s{self.draw.randrange(1000)}"),
            "platform": text("web"),
        }
        return written | _OWN_FIELDS.get(event_type, {})

    def line(self, event_type: str = "screen_view", /, **changes: str) -> bytes:
        """A line with some fields (JSON text) replaced."""
        return join(self.fields(event_type) | changes)


_OWN_FIELDS = {
    events.PURCHASE: {"purchase_amount": "4.99", "currency": '"USD"'},
    events.TASK_RESULT: {"task_id": '"task-01"', "task_result": '"success"'},
    events.LESSON_START: {"course_id": '"spanish"', "lesson_id": '"spanish-01"'},
    events.ASSIGNMENT: {"ab_test_id": '"onboarding_v2"', "ab_group": '"control"'},
}


def _iso(at: int) -> str:
    return events.timestamp(at, _PLAIN_FORM)


class _PlainForm(random.Random):
    """A stream that never chooses an unusual form."""

    def random(self) -> float:
        """The middle of the range, where every choice is the plain one."""
        return 0.5


_PLAIN_FORM = _PlainForm()


def invalid_encoding(valid: Valid, variant: int) -> bytes:
    """Bytes that are not strict UTF-8, or an escape of half a surrogate pair."""
    spoils = (
        b"\xff\xfe",
        b"\xc0\xaf",  # overlong form
        b"\xed\xa0\x80",  # encoded surrogate
        b"caf\xe9",  # Latin-1
        b"\xe8\xaa",  # cut in a character
        b"\\ud83d",
        b"\\ude00\\ud83d",  # pair in the wrong order
    )
    line = valid.line(screen_name='"?spoil?"')
    return line.replace(b"?spoil?", spoils[variant % len(spoils)])


def malformed_json(valid: Valid, variant: int) -> bytes:
    """Anything but exactly one JSON object."""
    good = valid.line()
    deep = DEEPEST_NESTING + 50
    spoilt = (
        good[: len(good) // 2],
        good + b" trailing",
        good + good,
        b"[" + good + b"]",
        b"42",
        b"null",
        good.replace(b'"', b"'"),
        good.replace(b'"web"', b'"we\x00b"'),
        good[:-1] + b",}",
        valid.line(score="NaN"),
        valid.line(level="007"),
        valid.line(deep="[" * deep + "]" * deep),
        b"2026-03-01 08:15:30 ERROR client log line in the wrong file",
    )
    return spoilt[variant % len(spoilt)]


def duplicate_key(valid: Valid, variant: int) -> bytes:
    """An object that names a key twice, at the top or below, escaped or not."""
    good = valid.line()[:-1]
    endings = (
        b',"user_id":"u-000001"}',
        b',"user\\u005fid":"u-000001"}',
        b',"device":{"model":"a","model":"a"}}',
        b',"steps":[{"x":1,"y":2,"x":3}]}',
    )
    return good + endings[variant % len(endings)]


def missing_field(valid: Valid, variant: int) -> bytes:
    """A needed field that is absent, null or blank; some lines have later faults as well."""
    spoilt = (
        lambda: _without(valid.fields(), "event_id"),
        lambda: _without(valid.fields(), "user_id"),
        lambda: _without(valid.fields(), "event_type"),
        lambda: _without(valid.fields(), "event_timestamp"),
        lambda: valid.line(user_id="null"),
        lambda: valid.line(event_id='"   "'),
        lambda: valid.line(event_type='"\u3000"'),
        lambda: _without(valid.fields(events.PURCHASE), "purchase_amount"),
        lambda: _without(valid.fields(events.TASK_RESULT), "task_id"),
        lambda: valid.line(events.TASK_RESULT, task_result='""'),
        lambda: valid.line(events.ASSIGNMENT, ab_test_id="null"),
        lambda: _without(valid.fields(events.LESSON_START), "lesson_id"),
        lambda: valid.line(user_id="null", event_timestamp='"yesterday"', session_id="[]"),
    )
    return spoilt[variant % len(spoilt)]()


def invalid_type(valid: Valid, variant: int) -> bytes:
    """A field of a type or form its rule does not name."""
    spoilt = (
        lambda: valid.line(user_id='{"id":7}'),
        lambda: valid.line(event_id="[1]"),
        lambda: valid.line(user_id="true"),
        lambda: valid.line(user_id="0"),
        lambda: valid.line(user_id='"undefined"'),
        lambda: valid.line(event_type="7"),
        lambda: valid.line(event_type='"screen\\u0000view"'),
        lambda: valid.line(event_type=text("t" * (LONGEST_TYPE + 1))),
        lambda: valid.line(event_id=text("e" * (LONGEST_ID + 1))),
        lambda: valid.line(user_id='"a\\u0000b"'),
        lambda: valid.line(session_id="{}"),
        lambda: valid.line(platform="3"),
        lambda: valid.line(course_id='{"name":"spanish"}'),
        lambda: valid.line(event_timestamp="false"),
        lambda: valid.line(events.PURCHASE, purchase_amount="true"),
        lambda: valid.line(events.PURCHASE, currency="840"),
        lambda: valid.line(events.TASK_RESULT, task_result="1"),
        lambda: valid.line(events.ASSIGNMENT, ab_group="[]", event_timestamp='"never"'),
    )
    return spoilt[variant % len(spoilt)]()


def invalid_timestamp(valid: Valid, variant: int) -> bytes:
    """A string that is no date-time."""
    wrong = (
        "2026-03-01",
        "08:15:30",
        "2026-03-01T08:15:60Z",
        "2026-02-30T08:15:30Z",
        "2026-03-01T25:00:00Z",
        "yesterday",
        "01.03.2026 08:15:30",
        "2026-03-01T08:15Z",
        "2026-03-01T08:15:30.1234567890Z",
    )
    return valid.line(event_timestamp=text(wrong[variant % len(wrong)]))


def timestamp_out_of_range(valid: Valid, variant: int) -> bytes:
    """A date-time before 2000 or from 2100 on."""
    wrong = (
        '"1999-12-31T23:59:59.999Z"',
        '"2100-01-01T00:00:00Z"',
        "0",
        "1772352000",  # epoch seconds taken for milliseconds
        "4102444800000",
        '"1970-01-01 00:00:00"',
    )
    return valid.line(event_timestamp=wrong[variant % len(wrong)])


def invalid_amount(valid: Valid, variant: int) -> bytes:
    """A number or string that is no sum of money."""
    wrong = ("9.999", '"abc"', '"9,99"', '"NaN"', '"Infinity"', "1e12", "-1000000000000.00", "1e-3")
    return valid.line(events.PURCHASE, purchase_amount=wrong[variant % len(wrong)])


def unsupported_currency(valid: Valid, variant: int) -> bytes:
    """A currency that is not the configured one."""
    wrong = ('"EUR"', '"gbp"', '"US$"', '"JPY"')
    return valid.line(events.PURCHASE, currency=wrong[variant % len(wrong)])


def outside_day(valid: Valid, variant: int) -> bytes:
    """A valid event out of order for its prefix whatever ``lateness-days`` (0..7) is."""
    days = (1, -8, -30, 2)[variant % 4]
    at = (valid.day + days) * DAY_MILLIS + valid.draw.randrange(DAY_MILLIS)
    return join(valid.fields(at=at))


def line_too_long(valid: Valid, length: int) -> bytes:
    """A valid event but for its length in bytes."""
    line = valid.line(essay='"?"')
    filler = LONG_LINE_FILLER * (length // len(LONG_LINE_FILLER) + 1)
    return line.replace(b"?", filler[: length - len(line) + 1])


def conflicting_duplicate(event: Event, variant: int) -> Event:
    """Another event under the same id, at the same time or later on the same day."""
    changes: dict = {"screen_name": f"{event.screen_name}-v2"}
    if event.event_type == events.PURCHASE and variant % 2 == 0:
        changes = {"cents": event.cents + 100}
    elif event.event_type == events.TASK_RESULT and variant % 2 == 0:
        changes = {"is_success": not event.is_success}
    if variant % 3:
        last = (event.day + 1) * DAY_MILLIS - 1
        changes["at"] = min(event.at + 1 + 1000 * (variant % 7), last)
    return event.changed(**changes)


def _without(written: Fields, name: str) -> bytes:
    return join({key: value for key, value in written.items() if key != name})


LINE_FAULTS: dict[str, Callable[[Valid, int], bytes]] = {
    function.__name__: function
    for function in (
        invalid_encoding,
        malformed_json,
        duplicate_key,
        missing_field,
        invalid_type,
        invalid_timestamp,
        timestamp_out_of_range,
        invalid_amount,
        unsupported_currency,
        outside_day,
    )
}
"""Reasons a single line can have, but for its length; the function makes one line of it."""


def line_for(reason: str, seed_stream: random.Random, day: int, variant: int) -> bytes:
    """One line that is rejected for a reason."""
    return LINE_FAULTS[reason](Valid(seed_stream, day), variant)
