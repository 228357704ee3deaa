"""The step of a backfill against an EMR API server."""

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from include import settings
from include.emr import AddBackfillStep


@pytest.fixture(scope="module")
def emr(aws):
    return aws("emr")


@pytest.fixture
def dag_run():
    """A run that was triggered now, and has started."""
    now = datetime.now(UTC)
    return SimpleNamespace(run_after=now, start_date=now)


@pytest.fixture
def add(aws_connection, dag_run):
    """Runs the operator as a task of that run."""
    pushed = {}
    context = {
        "params": {},
        "ti": SimpleNamespace(xcom_push=lambda key, value: pushed.update({key: value})),
        "dag_run": dag_run,
    }

    def run(cluster: str, first: str, last: str, **params: object) -> str:
        task = AddBackfillStep(task_id="add_step", first=first, last=last, cluster=cluster)
        return task.execute(context | {"params": params})

    return run


def _cluster(emr, name: str) -> str:
    return emr.run_job_flow(
        Name=name,
        ReleaseLabel="emr-spark-8.0.0",
        Instances={"KeepJobFlowAliveWhenNoSteps": True},
    )["JobFlowId"]


def _names(emr, cluster: str) -> list[str]:
    return [step["Name"] for step in emr.list_steps(ClusterId=cluster)["Steps"]]


def test_retry_whileTheStepIsLive_addsNone(emr, add):
    cluster = _cluster(emr, "live")

    first = add("live", "1998-01-01", "1998-01-31")

    assert add("live", "1998-01-01", "1998-01-31") == first
    assert _names(emr, cluster) == ["edtech-analytics backfill 1998-01-01 1998-01-31"]


def _clear(dag_run: SimpleNamespace) -> None:
    """As Airflow does when a task of a run that has ended is cleared."""
    dag_run.start_date = datetime.now(UTC)


def _start_another(dag_run: SimpleNamespace) -> None:
    dag_run.run_after = dag_run.start_date = datetime.now(UTC)


@pytest.mark.parametrize(
    ("then", "steps"),
    [(lambda dag_run: None, 1), (_clear, 1), (_start_another, 2)],
    ids=["retry", "taskCleared", "laterRun"],
)
def test_stepThatCompleted_isAddedAgainByALaterRunOnly(emr, add, dag_run, request, then, steps):
    name = request.node.callspec.id
    cluster = _cluster(emr, name)
    first = add(name, "2026-03-01", "2026-03-02")
    emr.get_waiter("step_complete").wait(
        ClusterId=cluster, StepId=first, WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )

    then(dag_run)

    assert (add(name, "2026-03-01", "2026-03-02") == first) == (steps == 1)
    assert _names(emr, cluster) == ["edtech-analytics backfill 2026-03-01 2026-03-02"] * steps


def test_otherRangeAndForce_areOtherSteps(emr, add):
    cluster = _cluster(emr, "other")

    add("other", "1998-01-01", "1998-01-31")
    add("other", "1998-01-01", "1998-02-01")
    add("other", "1998-01-01", "1998-01-31", force=True)

    assert sorted(_names(emr, cluster)) == [
        "edtech-analytics backfill 1998-01-01 1998-01-31",
        "edtech-analytics backfill 1998-01-01 1998-01-31 --force",
        "edtech-analytics backfill 1998-01-01 1998-02-01",
    ]


@pytest.mark.parametrize("count", [0, 2])
def test_clusterThatIsNotOne_isRefused(emr, add, count):
    name = f"{count} of them"
    for _ in range(count):
        _cluster(emr, name)

    message = f"{count} clusters that take steps are named '{name}', one is needed"
    with pytest.raises(AirflowException, match=message):
        add(name, "2026-03-01", "2026-03-02")


@pytest.fixture
def step_with(monkeypatch, tmp_path):
    """A step like that of conf/emr with more arguments."""

    def write(*arguments: str) -> None:
        (step,) = json.loads(Path(settings.read().emr_step).read_text(encoding="utf-8"))
        file = tmp_path / "step.json"
        file.write_text(json.dumps([step | {"Args": [*step["Args"], *arguments]}]), "utf-8")
        monkeypatch.setenv("AIRFLOW__EDTECH__EMR_STEP", str(file))

    return write


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("SOURCE_PRESET", "segment", "sets source.preset = '', the nightly loads 'segment'"),
        ("DAY_TIMEZONE", "Asia/Tokyo", "sets day.timezone = 'UTC', the nightly loads 'Asia/Tokyo'"),
        ("LATENESS_DAYS", "2", "sets lateness-days = '0', the nightly loads '2'"),
    ],
)
def test_stepOfOtherDays_isRefused(emr, add, monkeypatch, key, value, message):
    name = f"other {key}"
    cluster = _cluster(emr, name)
    monkeypatch.setenv(f"AIRFLOW__EDTECH__{key}", value)

    with pytest.raises(AirflowFailException, match=message):
        add(name, "2026-03-01", "2026-03-02")
    assert _names(emr, cluster) == []


@pytest.mark.parametrize(
    ("arguments", "settings_file", "message"),
    [
        (["--set", "source.preset=segment"], "", "source.preset = 'segment', the nightly loads ''"),
        (["--set", "source.preset=edx"], "source.preset = segment", "'edx', .* loads 'segment'"),
        ([], 'source.layout.objects = ["{yyyyMMdd}"]', "names no settings file, .* has a source"),
        (
            [],
            "dimensions.country = country",
            "no settings file, .* has dimensions or metrics",
        ),
        ([], "metrics {\n}", "no settings file, .* has dimensions or metrics"),
    ],
)
def test_stepOfAnotherSource_isRefused(
    add, step_with, monkeypatch, tmp_path, arguments, settings_file, message
):
    step_with(*arguments)
    _job_config(monkeypatch, tmp_path, settings_file)

    with pytest.raises(AirflowFailException, match=message):
        add("none", "2026-03-01", "2026-03-02")


@pytest.mark.parametrize(
    ("arguments", "settings_file"),
    [
        (["--set", "source.preset=segment"], "source.preset = segment"),
        (["--config", "/home/hadoop/edtech.conf"], "source.preset = segment, source.events = []"),
        (["--config", "/home/hadoop/edtech.conf"], "dimensions { country = country }"),
        (["--set", "max-rejected-lines=9"], "# metrics {}\nmetrics-file = /tmp/metrics"),
    ],
)
def test_stepOfTheSameSource_isAdded(
    emr, add, step_with, monkeypatch, tmp_path, request, arguments, settings_file
):
    name = request.node.name
    cluster = _cluster(emr, name)
    step_with(*arguments)
    _job_config(monkeypatch, tmp_path, settings_file)

    add(name, "2026-03-01", "2026-03-02")

    (step,) = emr.list_steps(ClusterId=cluster)["Steps"]
    assert step["Config"]["Args"][-2:] == arguments


def test_stepWithAPreset_whereTheSettingsFileIsNotKnownHere_isAdded(
    emr, add, step_with, monkeypatch
):
    cluster = _cluster(emr, "unknown settings")
    step_with("--set", "source.preset=segment")
    monkeypatch.setenv("AIRFLOW__EDTECH__JOB_CONFIG", "/opt/only/on/the/cluster.conf")

    add("unknown settings", "2026-03-01", "2026-03-02")

    assert len(_names(emr, cluster)) == 1


def _job_config(monkeypatch, tmp_path, text: str) -> None:
    file = tmp_path / "edtech.conf"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("AIRFLOW__EDTECH__JOB_CONFIG", str(file))
