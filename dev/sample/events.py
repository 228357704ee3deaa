"""One event, and the ways a client may write it as a JSON line.

Values are kept as JSON text, so that a number stays as it is written and a fault can be put in.
Two lines of one event differ in form only: the load has to count the second as a duplicate.
"""

import json
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone

DAY_MILLIS = 86_400_000

PURCHASE = "purchase"
TASK_RESULT = "task_result"
ASSIGNMENT = "ab_test_assignment"
LESSON_START = "lesson_start"
LESSON_COMPLETE = "lesson_complete"
VIDEO_PLAY = "video_play"
SUCCESS = "success"

EPOCH_MILLIS_SHARE = 0.08
OTHER_ZONE_SHARE = 0.08
UNUSUAL_FORM_SHARE = 0.05
ZONE_MINUTES = (180, -300, 330)

Fields = dict[str, str]
"""Field name → JSON text of its value, in the order it is written."""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened. ``at`` is epoch milliseconds; '' means absent.

    ``country``, ``app_version``, ``minutes`` and ``is_finished`` say what ``properties`` mean.
    ``minutes`` is in hundredths; None where there are none, or no number.
    """

    event_id: str
    user_id: str
    event_type: str
    at: int
    has_integer_ids: bool = False
    session_id: str = ""
    platform: str = ""
    screen_name: str = ""
    course_id: str = ""
    lesson_id: str = ""
    cents: int | None = None
    task_id: str = ""
    is_success: bool = False
    ab_test_id: str = ""
    ab_group: str = ""
    country: str = ""
    app_version: str = ""
    minutes: int | None = None
    is_finished: bool = False
    properties: Fields = field(default_factory=dict)

    @property
    def day(self) -> int:
        """Days since 1970-01-01, UTC: the event date."""
        return self.at // DAY_MILLIS

    def changed(self, **changes: object) -> "Event":
        """The same event with other values."""
        return replace(self, **changes)


def text(value: str, escaped: bool = False) -> str:
    """JSON text of a string; escaped means plain ASCII with \\u sequences."""
    return json.dumps(value, ensure_ascii=escaped)


def fields(event: Event, draw: random.Random) -> Fields:
    """The fields of an event in one of the forms the contract allows."""
    result = {
        "event_id": _identifier(event.event_id, event.has_integer_ids, draw),
        "user_id": _identifier(event.user_id, event.has_integer_ids, draw),
        "event_type": text(event.event_type),
        "event_timestamp": timestamp(event.at, draw),
    }
    _put_optional(result, "session_id", event.session_id, draw)
    _put_optional(result, "platform", event.platform, draw)
    _put_optional(result, "screen_name", event.screen_name, draw)
    _put_optional(result, "course_id", event.course_id, draw)
    _put_optional(result, "lesson_id", event.lesson_id, draw)
    if event.event_type == PURCHASE:
        result["purchase_amount"] = amount(event.cents, draw)
        currency = draw.choice(('"USD"', '"USD"', '"usd"', "null", ""))
        if currency:
            result["currency"] = currency
    elif event.event_type == TASK_RESULT:
        result["task_id"] = text(event.task_id)
        result["task_result"] = text(SUCCESS if event.is_success else "failure")
    elif event.event_type == ASSIGNMENT:
        result["ab_test_id"] = text(event.ab_test_id)
        _put_optional(result, "ab_group", event.ab_group, draw)
    result.update(event.properties)
    return result


def line(event: Event, draw: random.Random) -> bytes:
    """An event as a line, without its line end."""
    written = fields(event, draw)
    if draw.random() < UNUSUAL_FORM_SHARE:
        names = list(written)
        draw.shuffle(names)
        # A lone CR is white space between tokens, not a line end.
        gap = draw.choice((" ", "\t", "  ", " \r "))
        return join({name: written[name] for name in names}, gap)
    return join(written)


def join(written: Fields, gap: str = "") -> bytes:
    """Fields as one JSON object."""
    body = f",{gap}".join(f'"{name}":{gap}{value}' for name, value in written.items())
    return f"{{{body}}}".encode()


def timestamp(at: int, draw: random.Random) -> str:
    """JSON text of a time: mostly ISO with Z, sometimes epoch millis, another zone or precision."""
    choice = draw.random()
    if choice < EPOCH_MILLIS_SHARE:
        return str(at)
    moment = datetime.fromtimestamp(at // 1000, UTC)
    fraction = f".{at % 1000:03d}"
    if choice < EPOCH_MILLIS_SHARE + OTHER_ZONE_SHARE:
        minutes = draw.choice(ZONE_MINUTES)
        zone = "{}{:02d}{}{:02d}".format(
            "-" if minutes < 0 else "+",
            abs(minutes) // 60,
            draw.choice((":", "")),
            abs(minutes) % 60,
        )
        moment = moment.astimezone(timezone(timedelta(minutes=minutes)))
        return f'"{moment:%Y-%m-%dT%H:%M:%S}{fraction}{zone}"'
    if choice > 1 - UNUSUAL_FORM_SHARE:
        # No zone means UTC; digits after the microseconds are cut.
        return draw.choice(
            (
                f'"{moment:%Y-%m-%d %H:%M:%S}{fraction}"',
                f'"{moment:%Y-%m-%dT%H:%M:%S}{fraction}000999Z"',
            )
        )
    return f'"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"'


def amount(cents: int, draw: random.Random) -> str:
    """JSON text of a sum of money, exact; mostly a number, sometimes a string or an exponent."""
    sign = "-" if cents < 0 else ""
    plain = f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
    if cents % 1000 == 0 and draw.random() < 0.5:
        return f"{cents // 1000}e1"
    if draw.random() < UNUSUAL_FORM_SHARE:
        return f"{plain}0"
    return f'"{plain}"' if draw.random() < 0.2 else plain


def _identifier(value: str, is_integer: bool, draw: random.Random) -> str:
    return value if is_integer and draw.random() < 0.5 else text(value)


def _put_optional(result: Fields, name: str, value: str, draw: random.Random) -> None:
    if value:
        result[name] = text(value)
    elif draw.random() < 0.3:
        result[name] = draw.choice(("null", '""', '"  "'))
