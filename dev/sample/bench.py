"""Days for measurements: about 320 bytes a line, one process for each object of a large one.

Ids of events, sessions and users are random UUIDs, as an app sends them: text that hardly
compresses. A day has at most 100,000 users. Lines come from templates, so the day is less lifelike
than ``generate`` makes it, but the mix of types, the sessions, the repeats and the few bad lines
are there, and so is the truth.
"""

import argparse
import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .events import DAY_MILLIS, PURCHASE
from .faults import LINE_FAULTS, Valid
from .learners import PLATFORMS, stream
from .objects import compressed
from .storage import Storage, storage
from .truth import EPOCH, REASONS, iso

OBJECT_BYTES = 64_000_000
LINE_BYTES = 320
EVENTS_PER_USER, MOST_USERS = 20, 100_000
MEAN_SESSION_EVENTS = 12
GAP_MILLIS = 40_000
DUPLICATE_SHARE = 0.001
REJECTED_SHARE = 0.0005
PLAIN_SHARE, TASK_SHARE, PURCHASE_SHARE, PUSH_SHARE = 0.70, 0.20, 0.04, 0.05
QUICK_GZIP = 1

# Every second plain line has its user's country, the others the version: a line stays as short.
COUNTRIES = tuple(f',"country":"{first}{second}"' for first in "ABCDE" for second in "FGHIJKLMNO")
VERSIONS = tuple(f',"app_version":"4.{minor}.0"' for minor in range(12))
PLAIN_TYPES = ("screen_view", "lesson_start", "lesson_complete", "hint_used", "video_play")
# Six names each: in Cyrillic none, that of one line in nine, and that of about half of all lines.
SCREENS = {
    "ascii": ("home", "catalogue", "lesson", "profile", "leaderboard", "settings"),
    "usual": ("home", "catalogue", "lesson", "profile", "leaderboard", "урок"),
    "cyrillic": ("главная", "каталог", "lesson", "профиль", "leaderboard", "урок"),
}
# What a plain line of these types has besides; .5, which every way to load writes alike.
LESSONS = tuple(
    f',"course_id":"course-{n // 10}","lesson_id":"lesson-{n // 10}{n % 10}"' for n in range(40)
)
OF_TYPE = {
    "lesson_start": LESSONS,
    "lesson_complete": tuple(
        f'{lesson},"minutes":{minutes}.5' for minutes, lesson in enumerate(LESSONS)
    ),
    "video_play": (',"finished":true', ',"finished":true', ',"finished":false'),
}
NOTHING = ("",)
HEAVY_USER = 0
PRICES = ("9.99", "14.99", "4.99", "1.99", "79.99", "-4.99")
TASKS = 500

HEAD = (
    '{"event_id":"%s","user_id":"%s","event_type":"%s","event_timestamp":"%s%s%s.%03dZ",'
    '"session_id":"%s","platform":"%s"'
)
TAILS = {
    "plain": ',"screen_name":"%s"%s%s}',
    "task_result": ',"screen_name":"task","task_id":"task-%03d","task_result":"%s"%s}',
    "purchase": ',"screen_name":"shop","purchase_amount":%s,"currency":"USD","kind":"one_off"}',
    "ab_test_assignment": ',"ab_test_id":"onboarding_v2","ab_group":"%s"}',
}


@dataclass(frozen=True)
class Slice:
    """One object of the day: its number, how many lines, and its part of the day's time."""

    seed: int
    day: int
    number: int
    lines: int
    users: int
    heavy: int
    screens: str
    start: int
    end: int
    out: Path | None
    gzipped: bool
    clean: bool

    @property
    def name(self) -> str:
        """The object's name."""
        return f"part-{self.number:05d}.jsonl" + (".gz" if self.gzipped else "")


def generate(options: argparse.Namespace) -> dict:
    """Writes the days and returns their truth."""
    first = (options.first - EPOCH).days
    slices = [part for day in range(first, first + options.days) for part in _slices(options, day)]
    with ProcessPoolExecutor(min(options.processes, len(slices))) as pool:
        written = list(pool.map(_write, slices))
    days: dict[int, list[tuple[Slice, Written]]] = {}
    for part, one in zip(slices, written, strict=True):
        days.setdefault(part.day, []).append((part, one))
    for day, parts in days.items():
        _storage(options.out).keep_only(iso(day), {part.name for part, _ in parts})
    lines, size = options.events * options.days, sum(one.size for one in written)
    stored = sum(one.stored for one in written)
    print(f"{lines} lines, {size:,} bytes in {len(slices)} objects, {stored} written")
    truth = {iso(day): _truth([one for _, one in parts]) for day, parts in days.items()}
    return {"seed": options.seed, "days": truth}


@cache
def _storage(out: Path | None) -> Storage:
    """One for each process: a client of S3 takes longer to make than a small day to write."""
    return storage(out)


def _truth(parts: list["Written"]) -> dict:
    counts: Counter[str] = Counter()
    active, payers = 0, 0
    for part in parts:
        counts.update(part.counts)
        # Users as the bits of one integer: a union of 100,000 users costs nothing.
        active |= int.from_bytes(part.active, "little")
        payers |= int.from_bytes(part.payers, "little")
    return _report(counts, active, payers)


def _slices(options: argparse.Namespace, day: int) -> list[Slice]:
    if options.heavy_user > options.events:
        raise SystemExit(
            f"--heavy-user {options.heavy_user} is more than the day's --events {options.events}"
        )
    count = -(-options.events * LINE_BYTES // OBJECT_BYTES)
    users = min(max(1, options.events // EVENTS_PER_USER), MOST_USERS)
    cuts, heavy = (
        [total * n // count for n in range(count + 1)]
        for total in (options.events, options.heavy_user)
    )
    return [
        Slice(
            seed=options.seed,
            day=day,
            number=n,
            lines=cuts[n + 1] - cuts[n],
            users=users,
            heavy=heavy[n + 1] - heavy[n],
            screens=options.screens,
            start=DAY_MILLIS * n // count,
            end=DAY_MILLIS * (n + 1) // count,
            out=options.out,
            gzipped=options.gzip,
            clean=options.clean,
        )
        for n in range(count)
    ]


@dataclass
class Written:
    """What a process did: counts, and the users as bits of a byte string."""

    counts: Counter
    active: bytes
    payers: bytes
    size: int
    stored: bool


def _write(part: Slice) -> Written:
    draw = stream(part.seed, "bench", part.day, part.number)
    counts: Counter[str] = Counter()
    rejected = 0 if part.clean else int(part.lines * REJECTED_SHARE)
    repeated = 0 if part.clean else int(part.lines * DUPLICATE_SHARE)
    accepted = part.lines - rejected - repeated
    active, payers = bytearray(part.users), bytearray(part.users)
    timed = _accepted(part, draw, accepted, counts, active, payers)
    for at, line in draw.sample(timed, repeated):
        timed.append((at + 1, line))
    timed.sort()
    lines = [line for _, line in timed]
    for n in range(rejected):
        reason = list(LINE_FAULTS)[n % len(LINE_FAULTS)]
        bad = LINE_FAULTS[reason](Valid(draw, part.day), n)
        # Bytes that are not UTF-8 travel through the text as surrogates.
        lines.insert(draw.randrange(len(lines) + 1), bad.decode("utf-8", "surrogateescape"))
        counts["rejected:" + reason] += 1
    counts.update(accepted=accepted, duplicates=repeated, lines_read=len(lines))
    data = ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape")
    if part.gzipped:
        data = compressed(data, QUICK_GZIP)
    stored = _storage(part.out).put(iso(part.day), part.name, data)
    return Written(counts, _bits(active), _bits(payers), len(data), stored)


def _accepted(
    part: Slice,
    draw: random.Random,
    wanted: int,
    counts: Counter,
    active: bytearray,
    payers: bytearray,
) -> list[tuple[int, str]]:
    """Lines with the time they are sorted by. One long loop: calls would double its time."""
    timed: list[tuple[int, str]] = []
    user_ids, session_id = _user_ids(part.seed, part.users), ""
    date_text = iso(part.day) + "T"
    clock = [f"{minute // 60:02d}:{minute % 60:02d}:" for minute in range(24 * 60)]
    seconds = [f"{second:02d}" for second in range(60)]
    uniform, last, screens = draw.random, part.end - 1, SCREENS[part.screens]
    plain, task, purchase, cents = 0, 0, 0, 0
    successes, assigned, sessions, left = 0, 0, 0, 0
    for serial in range(wanted):
        if not left:
            left = 1 + int(uniform() * 2 * MEAN_SESSION_EVENTS)
            user = int(part.users * uniform() * uniform())
            if serial < part.heavy:
                user, left = HEAVY_USER, min(left, part.heavy - serial)
            active[user] = 1
            platform = PLATFORMS[user % 3]
            at = part.start + int(uniform() * (part.end - part.start))
            sessions += 1
            session_id = _uuid(draw)
        else:
            at = min(at + int(uniform() * GAP_MILLIS), last)
        left -= 1
        choice = uniform()
        if choice < PLAIN_SHARE:
            kind = PLAIN_TYPES[int(choice * 50) % 5]
            besides = OF_TYPE.get(kind, NOTHING)
            tail = TAILS["plain"] % (
                screens[int(choice * 997) % 6],
                besides[int(choice * 10_000) % len(besides)],
                COUNTRIES[user % 50] if serial & 1 else VERSIONS[user % 12],
            )
            plain += 1
        elif choice < PLAIN_SHARE + TASK_SHARE:
            kind = "task_result"
            succeeded = int(choice * 100_000) % 100 < 62
            tail = TAILS[kind] % (
                int(choice * 1e6) % TASKS,
                "success" if succeeded else "failure",
                LESSONS[int(choice * 1e6) % TASKS % len(LESSONS)],
            )
            task += 1
            successes += succeeded
        elif choice < PLAIN_SHARE + TASK_SHARE + PURCHASE_SHARE:
            kind = PURCHASE
            price = PRICES[int(choice * 100_000) % 6]
            tail = TAILS[kind] % price
            purchase += 1
            cents += int(price.replace(".", ""))
            if price[0] != "-":
                payers[user] = 1
        elif choice < PLAIN_SHARE + TASK_SHARE + PURCHASE_SHARE + PUSH_SHARE:
            kind = "push_received"
            tail = TAILS["plain"] % ("home", "", VERSIONS[user % 12])
            plain += 1
        else:
            kind = "ab_test_assignment"
            tail = TAILS[kind] % ("control", "treatment")[user & 1]
            assigned += 1
        second, milli = divmod(at, 1000)
        minute, second = divmod(second, 60)
        head = HEAD % (
            _uuid(draw),
            user_ids[user],
            kind,
            date_text,
            clock[minute],
            seconds[second],
            milli,
            session_id,
            platform,
        )
        timed.append((at, head + tail))
    counts.update(plain=plain, task_attempts=task, task_successes=successes, sessions=sessions)
    counts.update(purchase_count=purchase, revenue_cents=cents, assignment_events=assigned)
    return timed


@cache
def _user_ids(seed: int, users: int) -> list[str]:
    """Those of every day and object."""
    draw = stream(seed, "bench users")
    return [_uuid(draw) for _ in range(users)]


def _uuid(draw: random.Random) -> str:
    digits = f"{draw.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _bits(flags: bytearray) -> bytes:
    digits = flags[::-1].translate(bytes([48, 49]) + bytes(254)).decode()
    return int(digits, 2).to_bytes((len(flags) + 7) // 8, "little")


def _report(counts: Counter, active: int, payers: int) -> dict:
    rejected = {reason: counts["rejected:" + reason] for reason in REASONS}
    named = ("sessions", "revenue_cents", "purchase_count", "task_attempts", "task_successes")
    return {
        "lines_read": counts["lines_read"],
        "late": 0,
        "blank_lines": 0,
        "accepted": counts["accepted"],
        "duplicates": counts["duplicates"],
        "rejected": sum(rejected.values()),
        "other_day": 0,
        "rejected_by_reason": rejected,
        "dau": active.bit_count(),
        "payers": payers.bit_count(),
        "event_count": counts["accepted"],
        "plain_events": counts["plain"],
        "assignment_events": counts["assignment_events"],
        **{name: counts[name] for name in named},
    }
