"""What the load waits for, asked of an S3 API server."""

from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag

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


def _sees() -> bool:
    """Whether the sensor of the DAG, as it is configured, sees the day's events."""
    dag = DagBag(str(BUNDLE / "dags" / "load_raw_data.py")).dags["load_raw_data"]
    sensor = dag.get_task("wait_for_events")
    context = {"params": {"date": "2026-03-01"}}
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
