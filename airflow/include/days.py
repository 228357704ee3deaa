"""Which day, or range of days, a run is about. These are macros of the DAGs' templates.

Airflow's own ``ds`` is not used: a run started by hand or by another DAG may have none, and what it
means depends on the timetable.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from jinja2 import pass_context

from include import settings


@pass_context
def event_date(context: Mapping) -> str:
    """The day to load: the run's parameter ``date``, else the day before the scheduled one."""
    return _event_date(context).isoformat()


@pass_context
def first_date(context: Mapping) -> str:
    """The first day whose events may have come with those of ``event_date``."""
    known = settings.read()
    last = _event_date(context)
    first = last - timedelta(days=known.lateness_days)
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
    if given:
        return _date("date", given)
    start = context.get("data_interval_start")
    if start is None:
        raise ValueError(
            "which day? this run has no data interval; "
            'start it with a parameter: {"date": "2026-03-01"}'
        )
    return start.astimezone(ZoneInfo(settings.read().day_timezone)).date()


def _range(context: Mapping) -> tuple[date, date]:
    first, last = (_date(name, context["params"].get(name)) for name in ("from", "to"))
    if first > last:
        raise ValueError(f"from {first} lies after to {last}: exchange them")
    return first, last


def _date(name: str, text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise ValueError(f"{name} = {text!r}: must be a day such as 2026-03-01") from None
