"""Where the objects of a day lie: ``source.layout``, as the job reads it.

Of all the places where the job finds settings these are known here: the preset, and the settings
file above it. Both are read when a task runs.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from airflow.sdk.exceptions import AirflowFailException

from include import settings, template

log = logging.getLogger(__name__)

NATIVE = ("dt={yyyy-MM-dd}/**",)
UTC_ZONE = ZoneInfo("UTC")

_HAS_MEASURES = re.compile(r'(?:^|[{,])\s*"?(dimensions|metrics)"?\s*[.{=:+]', re.MULTILINE)
_MAY_HAVE_SOURCE = re.compile(r"\b(source|include)\b")


@dataclass(frozen=True)
class Layout:
    """A folder of date p holds events of the days from p - ``back`` on."""

    objects: tuple[str, ...]
    """Templates of names; empty = the native layout."""
    zone: ZoneInfo
    """Zone of the dates in names."""
    day_zone: ZoneInfo
    """Zone of the days."""
    back: int

    def is_over(self, folder: date, now: datetime) -> bool:
        """Whether a folder gets no more objects, by the clocks of its zone."""
        return folder < now.astimezone(self.zone).date()

    def ends_in_next_folder(self, day: date) -> bool:
        """Whether the last events of a day lie in the folder of the next date."""
        end = datetime.combine(day + timedelta(days=1), time(), self.day_zone)
        last = end.astimezone(UTC) - timedelta(microseconds=1)
        return self.back > 0 and last.astimezone(self.zone).date() > day

    def names(self, folder: date) -> list[template.Names]:
        """What objects of a date are called. AirflowFailException: a template is none."""
        try:
            return [template.names(text, folder, self.zone) for text in self.objects or NATIVE]
        except ValueError as error:
            raise AirflowFailException(f"source.layout.objects: {error}") from error


@dataclass(frozen=True)
class Written:
    """What is known here of the job's settings."""

    preset: str
    """'' = none."""
    has_own_source: bool
    """Whether the settings file has more below ``source`` than the name of a preset."""
    is_whole: bool
    """False: the job has a settings file that cannot be read here."""
    values: Mapping
    has_measures: bool = False
    """Whether the settings file has ``dimensions`` or ``metrics``."""

    def layout(self) -> Layout:
        known = settings.read()
        day_zone = ZoneInfo(known.day_timezone)
        objects = self._objects()
        zone = self._zone() or (UTC_ZONE if objects else day_zone)
        return Layout(objects, zone, day_zone, self._back(known.lateness_days, zone, day_zone))

    def _objects(self) -> tuple[str, ...]:
        value = self._value("objects") or []
        texts = value.split(",") if isinstance(value, str) else value
        return tuple(str(text).strip() for text in texts)

    def _zone(self) -> ZoneInfo | None:
        name = self._value("zone")
        try:
            return ZoneInfo(name) if name else None
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise AirflowFailException(f"source.layout.zone: {error}") from error

    def _back(self, lateness: int, zone: ZoneInfo, day_zone: ZoneInfo) -> int:
        value = self._value("days.back")
        if value in (None, ""):
            return max(lateness, int(is_ahead(zone, day_zone)))
        if not str(value).isdecimal():
            raise AirflowFailException(
                f"source.layout.days.back = {value!r}: must be a whole number from 0 to 31"
            )
        return int(value)

    def _value(self, key: str):
        return self.values.get(f"source.layout.{key}", None)


def layout() -> Layout:
    """Where the objects of the nightly loads lie."""
    return written().layout()


def written() -> Written:
    """Reads the preset and the settings file. AirflowFailException: one of them is unusable."""
    known = settings.read()
    path = _file(known)
    is_whole = bool(path) or not known.job_config
    text = path.read_text("utf-8") if path else ""
    has_measures = bool(_HAS_MEASURES.search(text))
    if not known.source_preset and not _MAY_HAVE_SOURCE.search(text):
        return Written("", False, is_whole, {}, has_measures)
    # Not needed to parse a DAG.
    from pyhocon import ConfigTree
    from pyhocon.config_parser import ConfigParser

    try:
        given = _parsed(path) if path else ConfigTree()
        preset = known.source_preset or str(given.get("source.preset", ""))
        has_own_source = bool(set(given.get("source", {})) - {"preset"})
        below = _shipped(f"sources/{preset}.conf") if preset else ConfigTree()
        values = below.with_fallback(_shipped("reference.conf"), resolve=False)
        values = given.with_fallback(values, resolve=False)
        ConfigParser.resolve_substitutions(values, accept_unresolved=True)
    # What pyhocon throws depends on the fault, down to AttributeError.
    except Exception as error:
        raise AirflowFailException(
            f"{path or known.source_preset}: its source.layout cannot be read here: {error}; "
            "correct it, or name a file of source.layout alone in source_config"
        ) from error
    return Written(preset, has_own_source, is_whole, values, has_measures)


def _parsed(file: Path):
    from pyhocon import ConfigFactory

    return ConfigFactory.parse_file(file, resolve=False)


@cache
def _shipped(name: str):
    """A file of the project, which does not change while this process runs."""
    return _parsed(settings.PROJECT / "conf" / name)


def _file(known: settings.Settings) -> Path | None:
    """The settings file as far as it can be read here."""
    if known.source_config and not Path(known.source_config).is_file():
        raise AirflowFailException(
            f"source_config = {known.source_config!r}: there is no such file where this task runs"
        )
    path = known.source_config or known.job_config
    if path and not Path(path).is_file():
        log.info(
            "job_config = %r cannot be read here: what it says of source.layout is not known; "
            "where it says anything, name a copy of it in source_config",
            path,
        )
        return None
    return Path(path) if path else None


def is_ahead(zone: ZoneInfo, other: ZoneInfo) -> bool:
    """Whether the clocks of a zone are ahead of another's in some month of 2000 to 2099."""
    return any(
        moment.astimezone(zone).utcoffset() > moment.astimezone(other).utcoffset()
        for moment in _months()
    )


def _months() -> Iterator[datetime]:
    return (
        datetime(year, month, 1, tzinfo=UTC) for year in range(2000, 2100) for month in range(1, 13)
    )
