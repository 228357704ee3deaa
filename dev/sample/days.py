"""The lines of one ``dt=`` folder, each with the outcome it is meant to have.

A day's lines depend on the seed, the users and the day, never on how many days are made after it.
"""

import hashlib
import random
from dataclasses import dataclass
from enum import StrEnum

from . import behaviour, events, faults
from .behaviour import Setting
from .courses import Courses
from .events import DAY_MILLIS, Event
from .learners import Learner, stream

DUPLICATE_SHARE = 0.01
CONFLICT_SHARE = 0.0005
FAULT_SHARE = 0.0003  # for each reason; with all reasons well below the 1 % that fails a load
BLANK_LINES_PER_DAY = 3
RESEND_MILLIS = 5_000

LINE_TOO_LONG = "line_too_long"
CONFLICTING_DUPLICATE = "conflicting_duplicate"


class Outcome(StrEnum):
    """Where a line has to end. Late lines are accepted or duplicates of the day before."""

    BLANK = "blank"
    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Line:
    """A line and what it is meant to be. ``event_day`` is the day whose load counts it."""

    payload: bytes
    outcome: Outcome
    event_day: int
    is_late: bool = False
    reason: str = ""
    event: Event | None = None
    written_at: int = 0


@dataclass(frozen=True)
class Noise:
    """How untidy the input is: the late share, and the length of the one long line a day."""

    late_share: float
    long_line_bytes: int


class Days:
    """Makes the days of a run in order."""

    def __init__(self, seed: int, users: list[Learner], setting: Setting, noise: Noise):
        self._seed = seed
        self._users = users
        self._setting = setting
        self._noise = noise

    def prefixes(self, count: int):
        """Yields for each of the first days the lines under its ``dt=``, as they arrive."""
        over_midnight: list[Event] = []
        arriving_late: list[Line] = []
        courses = Courses(self._setting.tests)
        for number in range(count):
            absolute = self._setting.first_day + number
            begun = [
                event
                for user in self._users
                if user.join_day <= number
                for event in courses.added(
                    user, number, behaviour.events(user, number, self._setting)
                )
            ]
            todays = over_midnight + [event for event in begun if event.day == absolute]
            over_midnight = [event for event in begun if event.day > absolute]
            todays.sort(key=lambda event: (event.at, event.event_id))
            lines = self._lines(number, absolute, todays)
            on_time = [line for line in lines if not line.is_late]
            yield sorted(arriving_late + on_time, key=lambda line: line.written_at)
            arriving_late = [line for line in lines if line.is_late]
        self.never_arrived = arriving_late

    def _lines(self, number: int, absolute: int, todays: list[Event]) -> list[Line]:
        draw = stream(self._seed, "lines", number)
        lines = []
        conflicts = set(draw.sample(range(len(todays)), _share(todays, CONFLICT_SHARE)))
        for position, event in enumerate(todays):
            if position in conflicts:
                lines += self._conflict(event, draw)
            else:
                lines += self._sent(event, draw)
        return lines + self._bad_lines(number, absolute, len(todays), draw)

    def _sent(self, event: Event, draw: random.Random) -> list[Line]:
        is_late = draw.random() < self._noise.late_share
        lines = [self._line(event, Outcome.ACCEPTED, "first", is_late=is_late)]
        if draw.random() < DUPLICATE_SHARE:
            # Sent again byte by byte, or written anew from the same content.
            form = draw.choice(("first", "first", "again"))
            resent_late = is_late or draw.random() < self._noise.late_share
            lines.append(self._line(event, Outcome.DUPLICATE, form, is_late=resent_late))
        return lines

    def _conflict(self, event: Event, draw: random.Random) -> list[Line]:
        """Two events under one id: the earlier wins, at the same time the smaller SHA-256."""
        other = faults.conflicting_duplicate(event, draw.randrange(6))
        written = [(one, self._write(one, f"conflict-{n}")) for n, one in enumerate((event, other))]
        written.sort(key=lambda pair: (pair[0].at, hashlib.sha256(pair[1]).digest()))
        (winner, winning), (loser, losing) = written
        return [
            Line(winning, Outcome.ACCEPTED, event.day, event=winner, written_at=winner.at),
            Line(
                losing,
                Outcome.REJECTED,
                event.day,
                reason=CONFLICTING_DUPLICATE,
                written_at=loser.at,
            ),
        ]

    def _bad_lines(
        self, number: int, absolute: int, accepted: int, draw: random.Random
    ) -> list[Line]:
        valid = faults.Valid(draw, absolute)
        bad = [
            (payload(valid, number + n), reason)
            for reason, payload in faults.LINE_FAULTS.items()
            for n in range(max(1, round(accepted * FAULT_SHARE)))
        ]
        if self._noise.long_line_bytes:
            bad.append((faults.line_too_long(valid, self._noise.long_line_bytes), LINE_TOO_LONG))
        start = absolute * DAY_MILLIS
        lines = [
            Line(
                payload,
                Outcome.REJECTED,
                absolute,
                reason=reason,
                written_at=start + draw.randrange(DAY_MILLIS),
            )
            for payload, reason in bad
        ]
        for n in range(BLANK_LINES_PER_DAY):
            blank = faults.BLANK_LINES[(number + n) % len(faults.BLANK_LINES)]
            at = start + draw.randrange(DAY_MILLIS)
            lines.append(Line(blank, Outcome.BLANK, absolute, written_at=at))
        return lines

    def _line(self, event: Event, outcome: Outcome, form: str, is_late: bool) -> Line:
        delay = DAY_MILLIS if is_late else 0
        if outcome is Outcome.DUPLICATE:
            delay += RESEND_MILLIS
        return Line(
            self._write(event, form),
            outcome,
            event.day,
            is_late=is_late,
            event=event,
            written_at=event.at + delay,
        )

    def _write(self, event: Event, form: str) -> bytes:
        # A stream of its own for each event: other users and days never change a line.
        return events.line(event, stream(self._seed, form, event.day, event.event_id))


def _share(todays: list[Event], share: float) -> int:
    return min(len(todays), max(1, round(len(todays) * share)))
