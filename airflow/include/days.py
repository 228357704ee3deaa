"""When days are loaded, and which day, or range of days, a run is about.

``timetable`` is the schedule; the rest are macros of the DAGs' templates. Airflow's own ``ds`` is
not used: a run started by hand or by another DAG may have none, and what it means depends on the
timetable.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from airflow.sdk import CronDataIntervalTimetable
from airflow.sdk.exceptions import AirflowFailException
from croniter import croniter_range
from jinja2 import pass_context

from include import settings, source

USUAL = "0 2 * * *"
LATER = "0 5 * * *"
"""Where clocks skip 02:00. No zone skips 05:00: clocks are changed between 22:00 and 04:00."""


def timetable() -> CronDataIntervalTimetable | None:
    """The schedule of the nightly load: the configured one, else 02:00 or, where the clocks of the
    zone skip 02:00, 05:00; None = by hand only.

    A skipped time gets a data interval of no length from Airflow, and a scheduler that starts after
    it never schedules the day before. So ValueError for a configured schedule with such a time.
    """
    known = settings.read()
    if known.schedule == "":
        return None
    zone = ZoneInfo(known.day_timezone)
    schedule = known.schedule or (LATER if _skipped(USUAL, zone) else USUAL)
    if skipped := _skipped(schedule, zone):
        raise ValueError(
            f"Airflow's configuration, section [{settings.SECTION}]: schedule = {schedule!r}: "
            f"clocks in {zone} skip {skipped:%H:%M} on {skipped:%Y-%m-%d}, and the day before "
            f"could be lost: choose another time, such as {LATER!r}"
        )
    return CronDataIntervalTimetable(schedule, timezone=known.day_timezone)


@pass_context
def event_date(context: Mapping) -> str:
    """The day to load: the run's parameter ``date``, else the day before the scheduled one."""
    return _event_date(context).isoformat()


@pass_context
def first_date(context: Mapping) -> str:
    """The first day whose events may have come with those of ``event_date``."""
    known = settings.read()
    last = _event_date(context)
    first = last - timedelta(days=source.layout().back)
    if known.first_day:
        first = min(last, max(first, _date("first_day", known.first_day)))
    return first.isoformat()


@pass_context
def range_from(context: Mapping) -> str:
    """First day of a backfill."""
    return _range(context)[0].isoformat()


@pass_context
def range_to(context: Mapping) -> str:
    """Last day of a backfill."""
    return _range(context)[1].isoformat()


def _event_date(context: Mapping) -> date:
    given = context["params"].get("date")
    day = _date("date", given) if given else _scheduled_date(context)
    _require_over(context, day)
    return day


def _scheduled_date(context: Mapping) -> date:
    """The day in which the run's data interval starts."""
    start, end = context.get("data_interval_start"), context.get("data_interval_end")
    if start is None:
        interval = "this run has no data interval"
    elif start == end:
        interval = f"this run's data interval has no length ({start:%Y-%m-%dT%H:%M%z})"
    else:
        return start.astimezone(_zone()).date()
    raise AirflowFailException(
        f'which day? {interval}; start it with a parameter: {{"date": "2026-03-01"}}'
    )


def _range(context: Mapping) -> tuple[date, date]:
    first, last = (_date(name, context["params"].get(name)) for name in ("from", "to"))
    if first > last:
        raise AirflowFailException(f"from {first} lies after to {last}: exchange them")
    _require_over(context, last)
    _require_over_folder(context, last)
    return first, last


def _require_over(context: Mapping, day: date) -> None:
    """A day is published as a whole, so it has to be over; ``force`` loads what there is of it."""
    today = now().astimezone(_zone()).date()
    if day >= today and not context["params"].get("force"):
        raise AirflowFailException(
            f"{day} is not over in {_zone()}, where today is {today}: run it again when it is, "
            'or with "force": true to load what there is of it'
        )


def _require_over_folder(context: Mapping, day: date) -> None:
    """Of a range; the nightly load waits for it (``events``)."""
    layout = source.layout()
    if not layout.is_over(day, now()) and not context["params"].get("force"):
        raise AirflowFailException(
            f"the folder of {day} is not over in {layout.zone}, the zone of the folders: run it "
            'again when it is, or with "force": true to load what there is of it'
        )


def _date(name: str, text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise AirflowFailException(f"{name} = {text!r}: must be a day such as 2026-03-01") from None


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.read().day_timezone)


def now() -> datetime:
    """The time; tests set another."""
    return datetime.now(UTC)


def _skipped(cron: str, zone: ZoneInfo) -> datetime | None:
    """The first time on the clock of the next two years that the schedule has and the zone skips.

    Two years hold a change of every zone that has any.
    """
    today = now().astimezone(zone).date()
    for day in (today + timedelta(days=n) for n in range(2 * 366)):
        midnight = datetime.combine(day, time())
        next_midnight = midnight + timedelta(days=1)
        if _utc(next_midnight, zone) - _utc(midnight, zone) < timedelta(days=1):
            for wall in croniter_range(midnight, next_midnight, cron):
                if _utc(wall, zone).astimezone(zone).replace(tzinfo=None) != wall:
                    return wall
    return None


def _utc(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)
