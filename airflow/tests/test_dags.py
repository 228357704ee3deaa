"""The DAGs as Airflow reads them: imports, policy, order."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag

from include import alerts, emr, policy, settings

BUNDLE = Path(__file__).resolve().parents[1]
STEP = BUNDLE.parent / "conf" / "emr" / "step.json"
HEAVY = {"pandas", "numpy", "pyspark", "pyarrow", "dbt"}
DAGS = {"load_raw_data", "run_dbt_analytics", "backfill_raw_data"}


@pytest.fixture(scope="module")
def dags():
    bag = DagBag(str(BUNDLE))
    assert bag.import_errors == {}
    return bag.dags


def test_bundle_holdsTheThreeDags(dags):
    assert set(dags) == DAGS


@pytest.mark.parametrize("dag_id", sorted(DAGS))
def test_policy_ofEveryDag(dags, dag_id):
    dag = dags[dag_id]

    assert dag.doc_md.strip() and dag.description
    assert "edtech-analytics" in dag.tags
    assert (dag.catchup, dag.max_active_runs) == (False, 1)
    for task in dag.tasks:
        assert task.owner == "analytics", task.task_id
        assert task.retries == 2, task.task_id
        assert task.retry_exponential_backoff, task.task_id
        assert task.retry_delay == timedelta(minutes=5), task.task_id
        assert task.execution_timeout, task.task_id
        assert task.on_failure_callback == [alerts.on_failure], task.task_id


def test_order_ofTasks(dags):
    order = {
        dag_id: {task.task_id: sorted(task.downstream_task_ids) for task in dag.tasks}
        for dag_id, dag in dags.items()
    }

    assert order == {
        "load_raw_data": {
            "wait_for_events": ["load_day"],
            "load_day": ["trigger_dbt"],
            "trigger_dbt": [],
        },
        "run_dbt_analytics": {"check_connection": ["build_and_publish"], "build_and_publish": []},
        "backfill_raw_data": {
            "choose_place": ["add_step", "load_range"],
            "add_step": ["wait_for_step"],
            "wait_for_step": ["trigger_dbt"],
            "load_range": ["trigger_dbt"],
            "trigger_dbt": [],
        },
    }


def test_schedule_isAtTwoForTheDayBefore(dags):
    timetable = dags["load_raw_data"].timetable

    assert (timetable.expression, str(timetable.timezone)) == ("0 2 * * *", "UTC")
    assert not dags["run_dbt_analytics"].timetable.can_be_scheduled
    assert not dags["backfill_raw_data"].timetable.can_be_scheduled


def test_sensor_waitsInTurnsAndForALimitedTime(dags):
    sensor = dags["load_raw_data"].get_task("wait_for_events")

    assert (sensor.mode, sensor.timeout, sensor.poke_interval) == ("reschedule", 12 * 3600, 300)
    assert sensor.bucket_key == "s3://my-bucket/events/dt={{ event_date() }}/[!_.]*"


def test_dbt_neverRunsAfterAFailedLoad(dags):
    assert dags["load_raw_data"].get_task("trigger_dbt").trigger_rule == "all_success"
    backfill = dags["backfill_raw_data"].get_task("trigger_dbt")
    assert backfill.trigger_rule == "none_failed_min_one_success"


def test_dagFiles_importNothingHeavy():
    script = (
        f"import sys; sys.path.insert(0, {str(BUNDLE)!r})\n"
        "import dags.load_raw_data, dags.run_dbt_analytics, dags.backfill_raw_data\n"
        "print(sorted({name.split('.')[0] for name in sys.modules}))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    loaded = set(json.loads(run.stdout.splitlines()[-1].replace("'", '"')))
    assert loaded & HEAVY == set()


def test_settings_allProblemsAtOnce(monkeypatch):
    monkeypatch.setenv("AIRFLOW__EDTECH__EVENTS_URI", "/events")
    monkeypatch.setenv("AIRFLOW__EDTECH__RETRIES", "-1")
    monkeypatch.setenv("AIRFLOW__EDTECH__DAY_TIMEZONE", "Mars")
    monkeypatch.setenv("AIRFLOW__EDTECH__BACKFILL_ON", "moon")
    monkeypatch.setenv("AIRFLOW__EDTECH__SOURCE_PRESET", "nobody")

    with pytest.raises(ValueError) as raised:
        settings.read()

    assert str(raised.value) == (
        "Airflow's configuration, section [edtech]: "
        "retries = '-1': must be a whole number of at least 0; "
        "events_uri = '/events': name the folder of the dt= folders, as s3://bucket/path; "
        "source_preset = 'nobody': must be one of amplitude, edx, firehose, ga4, mixpanel, "
        "posthog, rudderstack, segment, snowplow, xapi; "
        "backfill_on = 'moon': must be emr or spark-submit; "
        "day_timezone = 'Mars': must be an IANA zone such as Europe/Berlin"
    )


@pytest.mark.parametrize("preset", ["", "segment"])
def test_preset_isPassedOnToTheJob(monkeypatch, preset):
    monkeypatch.setenv("AIRFLOW__EDTECH__SOURCE_PRESET", preset)
    bag = DagBag(str(BUNDLE))

    for dag_id, task_id in (("load_raw_data", "load_day"), ("backfill_raw_data", "load_range")):
        arguments = bag.dags[dag_id].get_task(task_id).application_args
        assert [text for text in arguments if text.startswith("source.")] == (
            [f"source.preset={preset}"] if preset else []
        )


def test_settings_areAllInTheDocumentation():
    text = (BUNDLE.parent / "docs" / "nightly.md").read_text(encoding="utf-8")

    assert [n for n in settings.Settings.__dataclass_fields__ if f"`{n}`" not in text] == []


def test_step_ofTheFile_forOtherDays():
    (written,) = json.loads(STEP.read_text(encoding="utf-8"))

    same = emr.backfill_step(STEP, "2026-03-01", "2026-03-31")
    other = emr.backfill_step(STEP, "2026-04-01", "2026-04-02")

    assert same == {
        "Name": written["Name"],
        "ActionOnFailure": written["ActionOnFailure"],
        "HadoopJarStep": {"Jar": written["Jar"], "Args": written["Args"]},
    }
    assert other["Name"] == "edtech-analytics backfill 2026-04-01 2026-04-02"
    changed = zip(written["Args"], other["HadoopJarStep"]["Args"], strict=True)
    assert [pair for pair in changed if pair[0] != pair[1]] == [
        ("2026-03-01", "2026-04-01"),
        ("2026-03-31", "2026-04-02"),
    ]


def test_redaction_isTheSameOnEmr():
    written = json.loads((STEP.parent / "configurations.json").read_text(encoding="utf-8"))
    properties = {entry["Classification"]: entry["Properties"] for entry in written}
    local = (BUNDLE.parent / "conf" / "spark-defaults.conf").read_text(encoding="utf-8")

    regex = properties["spark-defaults"]["spark.redaction.regex"]
    assert [line.split()[1] for line in local.splitlines() if "redaction" in line] == [regex]


def test_defaultArgs_ownerIsConfigurable(monkeypatch):
    monkeypatch.setenv("AIRFLOW__EDTECH__OWNER", "data-team")

    assert policy.default_args()["owner"] == "data-team"
