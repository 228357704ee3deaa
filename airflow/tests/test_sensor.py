"""What the load waits for, asked of an S3 API server."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.exceptions import AirflowFailException

from include import access, days, settings
from include.events import WaitForEvents

BUNDLE = Path(__file__).resolve().parents[1]

DAY = "events/dt=2026-03-01/"


@pytest.fixture
def bucket(aws):
    """Puts objects into the bucket, which is empty before."""
    s3 = aws("s3")
    s3.create_bucket(Bucket="my-bucket")

    def put(*keys: str) -> None:
        for key in keys:
            s3.put_object(Bucket="my-bucket", Key=key, Body=b"{}")

    yield put
    for found in s3.list_objects_v2(Bucket="my-bucket").get("Contents", []):
        s3.delete_object(Bucket="my-bucket", Key=found["Key"])


@pytest.fixture
def configure(monkeypatch):
    """Sets keys of the section [edtech]."""

    def set_keys(**values: str) -> None:
        for key, value in values.items():
            monkeypatch.setenv(f"AIRFLOW__EDTECH__{key.upper()}", str(value))

    return set_keys


@pytest.fixture
def now(monkeypatch):
    """Sets the time."""
    return lambda *time: monkeypatch.setattr(days, "now", lambda: datetime(*time, tzinfo=UTC))


def _sees(**params: object) -> bool:
    """Whether the sensor of the DAG, as it is configured, sees the day's events."""
    dag = DagBag(str(BUNDLE / "dags" / "load_raw_data.py")).dags["load_raw_data"]
    sensor = dag.get_task("wait_for_events")
    context = {"params": {"date": "2026-03-01", **params}}
    sensor.render_template_fields(context, dag.get_template_env())
    return sensor.poke(context)


@pytest.mark.parametrize(
    ("keys", "seen"),
    [
        ((), False),
        (("events/dt=2026-03-02/a.jsonl", "events/dt=2026-02-28/a.jsonl"), False),
        # What the job leaves out: the folder itself, markers, what is still being written.
        ((DAY, f"{DAY}_SUCCESS", f"{DAY}.a.jsonl", f"{DAY}_temporary/0/a.jsonl"), False),
        ((f"{DAY}a.jsonl",), True),
        ((f"{DAY}hour=07/a.jsonl.gz",), True),
    ],
)
def test_dayWithoutMarker_isSeenWithItsFirstObject(aws_connection, bucket, keys, seen):
    bucket(*keys)

    assert _sees() == seen


@pytest.mark.parametrize(
    ("keys", "seen"),
    [
        ((f"{DAY}a.jsonl", f"{DAY}_SUCCESS_not"), False),
        (("events/dt=2026-03-02/_SUCCESS",), False),
        ((f"{DAY}a.jsonl", f"{DAY}_SUCCESS"), True),
    ],
)
def test_dayWithMarker_isSeenWhenItIsThere(aws_connection, bucket, monkeypatch, keys, seen):
    monkeypatch.setenv("AIRFLOW__EDTECH__COMPLETION_MARKER", "_SUCCESS")
    bucket(*keys)

    assert _sees() == seen


@cache
def _sensor() -> WaitForEvents:
    """One for all tests of sources: its client takes most of their time, settings are read anew."""
    return WaitForEvents(task_id="wait", event_date="2026-03-01", aws_conn_id=access.AWS)


def _looks(**params: object) -> bool:
    """Whether the sensor alone, with the settings of now, sees the day's events."""
    return _sensor().poke({"params": params})


# Of each preset: names of objects of 2026-03-01, then names that are not.
NAMES = {
    "amplitude": (
        ["187520/187520_2026-03-01_17#1.json.gz", "187520_2026-03-01_0#22.json.gz"],
        ["187520/187520_2026-03-02_17#1.json.gz", "187520/187520_2026-03-01_17.json.gz"],
    ),
    "edx": (
        ["server-1/tracking.log-20260301-1399012345.gz", "tracking.log-20260301"],
        ["server-1/tracking.log-20260302-1399012345.gz", "server-1/tracking.log"],
    ),
    "firehose": (
        ["2026/03/01/07/stream-1-2026-03-01-07-00-00-5f3c", "2026/03/01/23/x"],
        ["2026/03/02/00/stream-1-2026-03-01-23-59-00-5f3c", "2026/03/01/x"],
    ),
    "ga4": (["events_20260301-000000000000.json.gz", "events_20260301"], ["events_20260302"]),
    "mixpanel": (
        ["year=2026/month=03/day=01/9.json.gz", "3/mp_master_event/2026/03/01/full_day/1"],
        ["year=2026/month=03/day=02/9.json.gz", "mp_master_event/2026/03/01/1"],
    ),
    "posthog": (
        ["2026/03/01/a.jsonl.gz", "2026-03-01/a.jsonl.gz"],
        ["2026/03/01/a.parquet", "2026-02-28/a.jsonl.gz"],
    ),
    "rudderstack": (
        ["rudder-logs/1Zb/2026-03-01/1.json.gz", "rudder-logs/1Zb/03-01-2026/1.json.gz"],
        ["rudder-logs/1Zb/01-03-2026/1.json.gz"],
    ),
    "segment": (
        ["segment-logs/aB c+é%#[1]?/1772323200000/1.s.gz"],
        ["segment-logs/aBc/1772409600000/1.s.gz", "segment-logs/aBc/1772323200000/_tmp.gz"],
    ),
    "snowplow": (
        ["2026-03-01-120000-abc.us_east.gz", "date=2026-03-01/a/b.gz"],
        ["2026-03-02-120000-abc.gz", "date=2026-03-01/_tmp/b.gz"],
    ),
    "xapi": (["dt=2026-03-01/a/b"], ["dt=2026-03-01/.part", "dt=2026-03-02/a"]),
}


def test_names_areOfEveryPreset():
    assert sorted(NAMES) == sorted(f.stem for f in settings.PROJECT.glob("conf/sources/*.conf"))


@pytest.mark.parametrize("preset", NAMES)
def test_dayOfAPreset_isSeenWithAnyOfItsObjects(aws_connection, bucket, aws, configure, preset):
    configure(source_preset=preset)
    matching, others = NAMES[preset]
    bucket(*(f"events/{name}" for name in others), *matching, f"{DAY}_SUCCESS")
    assert not _looks()

    for name in matching:
        bucket(f"events/{name}")
        assert _looks()
        aws("s3").delete_object(Bucket="my-bucket", Key=f"events/{name}")


def test_sensorOfTheDag_takesThePreset(aws_connection, bucket, configure):
    configure(source_preset="ga4")
    bucket(f"{DAY}a.jsonl")
    assert not _sees()

    bucket("events/events_20260301.json.gz")
    assert _sees()


def test_templateThatBeginsWithAWildcard_isWarnedOf(aws_connection, bucket, configure, capsys):
    configure(source_preset="amplitude", events_uri="s3://my-bucket/a#[b]/")
    bucket("a#[b]/1/1_2026-03-01_0#1.json.gz")

    assert _looks()
    assert "begins with a wildcard: each look lists all objects of s3://my-bucket/a#[b]/" in (
        capsys.readouterr().out
    )


def test_settingsFile_namesThePresetAndOtherObjects(aws_connection, bucket, configure, tmp_path):
    file = tmp_path / "edtech.conf"
    file.write_text(
        'source.preset = segment, source.layout.objects = ["mine/{yyyy}/{MM}-{dd}/[x]*"]',
        encoding="utf-8",
    )
    bucket("events/segment-logs/a/1772323200000/1.gz", "events/mine/2026/03-01/x1")
    configure(job_config="/opt/only/on/the/cluster.conf", source_config=file)
    assert not _looks()

    bucket("events/mine/2026/03-01/[x]1")
    assert _looks()
    configure(job_config=file, source_config="")
    assert _looks()


def test_settingsFileThatCannotBeReadHere_leavesTheNativeLayout(aws_connection, bucket, configure):
    configure(job_config="/opt/only/on/the/cluster.conf")
    bucket(f"{DAY}a.jsonl")

    assert _sees()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("source.layout.objects = [", "edtech.conf: its source.layout cannot be read here"),
        ('source.layout.objects = ["{yyyy}/*"]', "'{yyyy}/\\*': must hold one whole date"),
        ("source.layout.zone = Mars", "source.layout.zone: .*Mars"),
        ("source.layout.days.back = many", "source.layout.days.back = 'many': must be a whole"),
        ("source = 3", "edtech.conf: its source.layout cannot be read here"),
        ("source.preset = nobody", "edtech.conf: its source.layout cannot be read here"),
    ],
)
def test_layoutThatCannotBeUsed_failsWithoutARetry(configure, tmp_path, text, message):
    file = tmp_path / "edtech.conf"
    file.write_text(text, encoding="utf-8")
    configure(job_config=file)

    with pytest.raises(AirflowFailException, match=message):
        _looks()


@pytest.mark.parametrize(
    ("preset", "marker"),
    [
        ("firehose", "2026/03/01/_SUCCESS"),
        ("posthog", "2026-03-01/_SUCCESS"),
        ("mixpanel", "year=2026/month=03/day=01/_SUCCESS"),
    ],
)
def test_marker_liesInTheFolderOfTheDate(aws_connection, bucket, configure, preset, marker):
    configure(source_preset=preset, completion_marker="_SUCCESS")
    bucket(*(f"events/{name}" for name in NAMES[preset][0]), "events/_SUCCESS")
    assert not _looks()

    bucket(f"events/{marker}")
    assert _looks()


@pytest.mark.parametrize("preset", ["amplitude", "segment", "ga4"])
def test_marker_whereDatesHaveNoFolder_isRefused(aws_connection, configure, preset):
    configure(source_preset=preset, completion_marker="_SUCCESS")

    with pytest.raises(AirflowFailException, match="completion_marker = '_SUCCESS': no template"):
        _looks()


def test_dayEastOfTheFolders_isWaitedForUntilItsFolderIsOver(
    aws_connection, bucket, configure, now
):
    """The day in Moscow is over three hours before the folder of UTC."""
    configure(source_preset="firehose", day_timezone="Europe/Moscow")
    bucket(f"events/{NAMES['firehose'][0][0]}")

    now(2026, 3, 1, 23, 59)
    assert not _looks()
    assert _looks(force=True)
    now(2026, 3, 2)
    assert _looks()


def test_dayWestOfTheFolders_isWaitedForUntilTheNextFolderHasAnObject(
    aws_connection, bucket, configure, now
):
    """The last five hours of the day in New York lie in the next folder of UTC."""
    configure(source_preset="firehose", day_timezone="America/New_York")
    bucket(f"events/{NAMES['firehose'][0][0]}")

    now(2026, 3, 2, 10)
    assert not _looks()
    assert _looks(force=True)
    bucket("events/2026/03/02/00/x")
    assert _looks()


def test_dayWestOfTheFolders_isSeenWhenTheNextFolderIsOverAndEmpty(
    aws_connection, bucket, configure, now
):
    configure(source_preset="firehose", day_timezone="America/New_York")
    bucket(f"events/{NAMES['firehose'][0][0]}")

    now(2026, 3, 3)
    assert _looks()
