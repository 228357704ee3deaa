"""Names of a day's objects, as ``source.layout.objects`` writes them (docs/sources.md).

The job checks templates and refuses what is wrong with them; here they are only understood.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from typing import NamedTuple
from zoneinfo import ZoneInfo

_PIECE = re.compile(r"(\*(?=\*\*/)|\*\*/|\*\*|\*|\{[^{}]*\})")
_WORD = re.compile(r"(yyyy|MM|dd|HH|epoch-ms|epoch-s)")

# A wildcard takes no part of a name that begins with _ or . at its first character.
_SHOWN = r"(?!(?<![^/])[_.])"
_WILDCARDS = {
    "*": rf"(?:{_SHOWN}[^/])*",
    "**": rf"(?:{_SHOWN}[\s\S])*",
    "**/": rf"(?:{_SHOWN}[^/]+/)*",
}
_HOUR = "[0-9]{2}"
_CALENDAR = {"yyyy": "%Y", "MM": "%m", "dd": "%d"}
_PER_SECOND = {"epoch-s": 1, "epoch-ms": 1000}
_STAMP = "(?<![0-9])(?P<stamp>[0-9]{9,13})(?![0-9])"
_WHOLE = (set(_CALENDAR), {"epoch-s"}, {"epoch-ms"})


@dataclass(frozen=True)
class Names:
    """The names of one date, below ``events_uri``."""

    prefix: str
    """What all of them begin with; '' = anything. Of a stamp it is midnight."""
    folder: str
    """The innermost folder that is known and of this date only, with its slash; '' = none."""
    pattern: re.Pattern
    stamps: range
    """The stamps of the date, where names hold one."""

    def match(self, name: str) -> bool:
        """Whether a name is one of them. A name that ends with a slash is a folder."""
        found = self.pattern.fullmatch(name)
        if found is None or name.endswith("/"):
            return False
        stamp = found.groupdict().get("stamp")
        return stamp is None or int(stamp) in self.stamps


class _Piece(NamedTuple):
    pattern: str
    text: str | None
    """None = it stands for many texts."""
    word: str = ""
    """Which part of the date it is."""


def names(template: str, day: date, zone: ZoneInfo) -> Names:
    """The names of a date of that zone. Raises ValueError for a template that has no such names."""
    pieces = [piece for part in _PIECE.split(template) for piece in _pieces(part, day, zone)]
    words = [piece.word for piece in pieces]
    if {word for word in words if word} not in _WHOLE:
        raise ValueError(f"{template!r}: must hold one whole date, such as {{yyyy-MM-dd}}")
    constant = [piece.text for piece in takewhile(lambda piece: piece.text is not None, pieces)]
    prefix = "".join(constant)
    end_of_folder = prefix.rfind("/") + 1
    has_date = not any(words[len(constant) :])
    end_of_date = len("".join(constant[: _last(words) + 1]))
    return Names(
        prefix=prefix,
        folder=prefix[:end_of_folder] if has_date and end_of_folder > end_of_date else "",
        pattern=re.compile("".join(piece.pattern for piece in pieces)),
        stamps=_stamps(day, zone, next(word for word in words if word)),
    )


def _pieces(part: str, day: date, zone: ZoneInfo) -> Iterator[_Piece]:
    if part in _WILDCARDS:
        yield _Piece(_WILDCARDS[part], None)
    elif part.startswith("{"):
        for word in _WORD.split(part[1:-1]):
            yield _word(word, day, zone)
    else:
        yield _Piece(re.escape(part), part)


def _word(word: str, day: date, zone: ZoneInfo) -> _Piece:
    """A word in braces, or the text between two of them."""
    if word == "HH":
        return _Piece(_HOUR, None)
    if word in _PER_SECOND:
        return _Piece(_STAMP, str(_stamps(day, zone, word).start), word)
    if re.search(r"[^\W\d_]", word) and word not in _CALENDAR:
        raise ValueError(f"{{{word}}}: known are yyyy, MM, dd, HH, epoch-ms and epoch-s")
    text = day.strftime(_CALENDAR[word]) if word in _CALENDAR else word
    return _Piece(re.escape(text), text, word if word in _CALENDAR else "")


def _last(words: list[str]) -> int:
    return max(at for at, word in enumerate(words) if word)


def _stamps(day: date, zone: ZoneInfo, word: str) -> range:
    per_second = _PER_SECOND.get(word, 1)
    midnights = (datetime.combine(day + timedelta(days=n), time(), zone) for n in (0, 1))
    return range(*(int(midnight.timestamp()) * per_second for midnight in midnights))
