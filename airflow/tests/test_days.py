"""Which day a run loads, by Airflow's own timetable, on the days on which clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pendulum
import pytest
from airflow.sdk.exceptions import AirflowFailException
from airflow.serialization.encoders import coerce_to_core_timetable
from airflow.timetables.base import DataInterval, TimeRestriction

from include import days

YEARS = {
    "UTC": 2026,
    "Asia/Tokyo": 2026,
    # Clocks skip 02:00; in Lord Howe half an hour of it, in Casablanca after Ramadan.
    "Europe/Berlin": 2026,
    "America/New_York": 2026,
    "Australia/Lord_Howe": 2026,
    "Africa/Casablanca": 2026,
    # The hour before, and the hour after.
    "Europe/London": 2026,
    "Pacific/Apia": 2020,
    # Midnight, or the hour before it: the day begins at 01:00, or ends at 23:00.
    "America/Sao_Paulo": 2018,
    "America/Santiago": 2026,
    "America/Nuuk": 2026,
    "Asia/Beirut": 2026,
    "Asia/Tehran": 2022,
    "Africa/Cairo": 2026,
}
"""Zones, each with a year in which its clocks change as the comment says."""


@pytest.fixture
def now(monkeypatch):
    """Sets the time of days and of Airflow's timetable."""
    times = []
    monkeypatch.setattr(days, "now", lambda: times[-1])
    monkeypatch.setattr("airflow.timetables.interval.utcnow", lambda: pendulum.instance(times[-1]))
    return times.append


def _changes(zone: ZoneInfo, year: int) -> list[date]:
    """Days at whose end clocks differ from its begin; the middle of a year without any."""
    midnights = [datetime(year, 1, 1, tzinfo=zone) + timedelta(days=n) for n in range(365)]
    found = [a.date() for a, b in pairwise(midnights) if a.utcoffset() != b.utcoffset()]
    return found or [date(year, 7, 1)]


def _event_date(interval: DataInterval) -> str:
    return days.event_date(
        {
            "params": {"date": None},
            "data_interval_start": interval.start,
            "data_interval_end": interval.end,
        }
    )


@pytest.mark.parametrize(("name", "year"), YEARS.items())
def test_changeOfClocks_everyDayIsLoadedOnceWheneverTheSchedulerStarts(
    monkeypatch, now, name, year
):
    monkeypatch.setenv("AIRFLOW__EDTECH__DAY_TIMEZONE", name)
    now(datetime(year, 1, 1, tzinfo=UTC))
    zone = ZoneInfo(name)
    timetable = coerce_to_core_timetable(days.timetable())
    newest = TimeRestriction(earliest=None, latest=None, catchup=False)
    for change in _changes(zone, year):
        # Day after day without a restart: each is loaded once it is over.
        start = datetime.combine(change - timedelta(days=3), time(), zone)
        every = TimeRestriction(earliest=pendulum.instance(start), latest=None, catchup=True)
        intervals, loaded = [None], []
        for _ in range(7):
            run = timetable.next_dagrun_info(
                last_automated_data_interval=intervals[-1], restriction=every
            )
            intervals.append(run.data_interval)
            now(run.run_after)
            loaded.append(_event_date(run.data_interval))
        assert loaded == [str(start.date() + timedelta(days=n)) for n in range(7)]

        # A scheduler that starts at any hour, and a run by hand without a day, find the same.
        for night in range(1, 7):
            before, interval, following = intervals[night - 1 : night + 2]
            instant = interval.end
            while instant < following.end:
                now(instant)
                run = timetable.next_dagrun_info(
                    last_automated_data_interval=before, restriction=newest
                )
                by_hand = timetable.infer_manual_data_interval(run_after=instant)
                assert run.data_interval == by_hand == interval, instant
                instant += timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Asia/Tokyo", "0 2 * * *"),
        ("Europe/London", "0 2 * * *"),
        ("Europe/Berlin", "0 5 * * *"),
        ("Australia/Lord_Howe", "0 5 * * *"),
    ],
)
def test_schedule_byDefault_isAtTwoWhereNoClockSkipsIt(monkeypatch, zone, expected):
    monkeypatch.setenv("AIRFLOW__EDTECH__DAY_TIMEZONE", zone)

    assert days.timetable().expression == expected


@pytest.mark.parametrize("schedule", ["0 2 * * *", "30 2 * * 0-6", "0 * * * *"])
def test_schedule_thatClocksSkip_isRefused(monkeypatch, now, schedule):
    monkeypatch.setenv("AIRFLOW__EDTECH__DAY_TIMEZONE", "Europe/Berlin")
    monkeypatch.setenv("AIRFLOW__EDTECH__SCHEDULE", schedule)
    now(datetime(2026, 3, 30, tzinfo=UTC))

    with pytest.raises(ValueError, match=r"clocks in Europe/Berlin skip 02:.0 on 2027-03-28"):
        days.timetable()


def test_schedule_none_isByHand(monkeypatch):
    monkeypatch.setenv("AIRFLOW__EDTECH__SCHEDULE", "")

    assert days.timetable() is None


def test_eventDate_ofAnIntervalWithoutLength_saysWhatToGive(monkeypatch):
    """As Airflow makes it in a skipped hour, and for a run by hand of a DAG without a schedule."""
    instant = pendulum.datetime(2026, 3, 29, 1)

    with pytest.raises(AirflowFailException, match=r"which day\? .+ has no length .+2026-03-29T01"):
        _event_date(DataInterval.exact(instant))


@pytest.mark.parametrize(
    ("zone", "first_moment"),
    [
        ("UTC", datetime(2026, 3, 2, tzinfo=UTC)),
        ("Asia/Tokyo", datetime(2026, 3, 1, 15, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 2, 5, tzinfo=UTC)),
    ],
)
def test_dayThatIsNotOver_isRefusedUnlessForced(monkeypatch, now, zone, first_moment):
    monkeypatch.setenv("AIRFLOW__EDTECH__DAY_TIMEZONE", zone)
    day = {"params": {"date": "2026-03-01"}}
    span = {"params": {"from": "2026-02-01", "to": "2026-03-01"}}
    now(first_moment)
    assert (days.event_date(day), days.range_to(span)) == ("2026-03-01", "2026-03-01")

    now(first_moment - timedelta(seconds=1))
    for refused in (lambda: days.event_date(day), lambda: days.range_from(span)):
        with pytest.raises(AirflowFailException, match=f"2026-03-01 is not over in {zone}"):
            refused()
    for context in (day, span):
        context["params"]["force"] = True
    assert (days.event_date(day), days.range_to(span)) == ("2026-03-01", "2026-03-01")


def test_eventDate_givenAsParameter_wins():
    start = datetime(2026, 3, 1, tzinfo=UTC)

    assert days.event_date({"params": {"date": "2020-02-29"}, "data_interval_start": start}) == (
        "2020-02-29"
    )


def test_eventDate_ofNeither_saysWhatToGive():
    with pytest.raises(AirflowFailException, match=r"start it with a parameter: .+2026-03-01"):
        days.event_date({"params": {"date": None}})


@pytest.mark.parametrize(
    ("lateness", "first_day", "expected"),
    [
        ("0", "", "2026-03-05"),
        ("2", "", "2026-03-03"),
        ("2", "2026-03-04", "2026-03-04"),
        ("2", "2026-03-09", "2026-03-05"),
    ],
)
def test_firstDate_goesBackAsFarAsEventsMayBeLate(monkeypatch, lateness, first_day, expected):
    monkeypatch.setenv("AIRFLOW__EDTECH__LATENESS_DAYS", lateness)
    monkeypatch.setenv("AIRFLOW__EDTECH__FIRST_DAY", first_day)

    assert days.first_date({"params": {"date": "2026-03-05"}}) == expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"SOURCE_PRESET": "segment"}, "2026-03-02"),
        ({"SOURCE_PRESET": "segment", "LATENESS_DAYS": "5"}, "2026-03-02"),
        ({"SOURCE_PRESET": "segment", "FIRST_DAY": "2026-03-04"}, "2026-03-04"),
        # Its folders reach back as far as lateness_days says.
        ({"SOURCE_PRESET": "xapi"}, "2026-03-05"),
        ({"SOURCE_PRESET": "xapi", "LATENESS_DAYS": "2"}, "2026-03-03"),
        # The end of the day lies in the next folder of UTC, its begin in the one before.
        ({"SOURCE_PRESET": "xapi", "DAY_TIMEZONE": "America/New_York"}, "2026-03-04"),
        ({"SOURCE_PRESET": "xapi", "DAY_TIMEZONE": "Europe/Moscow"}, "2026-03-05"),
        ({"DAY_TIMEZONE": "America/New_York"}, "2026-03-05"),
    ],
)
def test_firstDate_ofASource_goesBackAsFarAsItsFolders(monkeypatch, settings, expected):
    for key, value in settings.items():
        monkeypatch.setenv(f"AIRFLOW__EDTECH__{key}", value)

    assert days.first_date({"params": {"date": "2026-03-05"}}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("source.layout.days.back = 1", "2026-03-04"),
        ("source { preset = segment, layout.days { back = 0 } }", "2026-03-05"),
        ('source.layout { objects = ["{yyyyMMdd}"], zone = Asia/Tokyo }', "2026-03-04"),
        ('metrics-file = "/var/x.prom"', "2026-03-05"),
    ],
)
def test_firstDate_ofASettingsFile(monkeypatch, tmp_path, text, expected):
    file = tmp_path / "edtech.conf"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("AIRFLOW__EDTECH__JOB_CONFIG", str(file))

    assert days.first_date({"params": {"date": "2026-03-05"}}) == expected


def test_range_whoseLastFolderIsNotOver_isRefusedUnlessForced(monkeypatch, now):
    """The day in Moscow is over three hours before the folder of UTC."""
    monkeypatch.setenv("AIRFLOW__EDTECH__DAY_TIMEZONE", "Europe/Moscow")
    monkeypatch.setenv("AIRFLOW__EDTECH__SOURCE_PRESET", "segment")
    span = {"params": {"from": "2026-03-01", "to": "2026-03-05"}}
    now(datetime(2026, 3, 5, 23, 59, tzinfo=UTC))
    with pytest.raises(AirflowFailException, match="the folder of 2026-03-05 is not over in UTC"):
        days.range_to(span)

    assert days.range_to({"params": span["params"] | {"force": True}}) == "2026-03-05"
    now(datetime(2026, 3, 6, tzinfo=UTC))
    assert days.range_to(span) == "2026-03-05"


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"from": "2026-03-02", "to": "2026-03-01"}, "from 2026-03-02 lies after to 2026-03-01"),
        ({"from": None, "to": "2026-03-01"}, "from = None: must be a day such as 2026-03-01"),
        ({"from": "2026-03-01", "to": "x"}, "to = 'x': must be a day such as 2026-03-01"),
    ],
)
def test_range_thatIsNone_isRefused(params, message):
    with pytest.raises(AirflowFailException, match=message):
        days.range_from({"params": params})
