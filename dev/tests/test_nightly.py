"""The nightly run as it is: a real Airflow, S3, ClickHouse, spark-submit and dbt, and moto's EMR.

One Airflow for all tests; they run in the order in which they stand here, and the last ones look
back at what all of them left: runs, logs, event logs, Airflow's database.
"""

import json
import subprocess
import time
from datetime import UTC, datetime, timedelta

import pytest

from dev.stack.nightly.day import started_by
from dev.stack.services import commands
from dev.stack.services.state import ROOT, State
from nightly_services import GOOD, REFUSED, WAIT_SECONDS, Nightly, Watch

TWICE, BACKFILLED, SECRETLY = "2026-03-02", "2026-03-03", "2026-03-04"
MISSING = "2026-04-01"
CANARIES = (
    "CLICKHOUSE_PASSWORD",
    "CLICKHOUSE_LOADER_PASSWORD",
    "CLICKHOUSE_DBT_PASSWORD",
    "CLICKHOUSE_READER_PASSWORD",
    "AWS_SECRET_ACCESS_KEY",
)
"""Generated for each state: text that stands nowhere unless a secret got there."""
PLANTED = "planted-on-a-command-line"


@pytest.fixture(scope="module")
def nightly(tmp_path_factory):
    state = State(tmp_path_factory.mktemp("nightly") / "state")
    running = None
    try:
        running = Nightly(state)
        yield running
    finally:
        if running:
            running.close()
        else:
            commands.clean(state)


@pytest.fixture(scope="module")
def watch(nightly):
    watching = Watch([PLANTED, *(nightly.env[name] for name in CANARIES)], nightly.sql)
    watching.start()
    yield watching
    watching.ended.set()
    watching.join()


def test_day_throughBothDags_isPublishedWithItsMarts(nightly, watch):
    said = nightly.make("airflow-run", f"DATE={GOOD}")

    assert f"{GOOD} went through both DAGs" in said
    accepted = nightly.sql(f"SELECT count() FROM raw.events WHERE event_date = '{GOOD}'")
    assert int(accepted) == nightly.truth(GOOD)["accepted"]
    dau = nightly.sql(f"SELECT dau FROM marts.active_users WHERE event_date = '{GOOD}'")
    assert int(dau) == nightly.truth(GOOD)["dau"]


def test_missingDay_timesOutAndPublishesNothing(nightly, watch):
    before = nightly.dbt_runs()

    assert nightly.run("load_raw_data", "missing", date=MISSING) == "failed"

    # A timeout is not retried: it is a total. Counted are the tries that there were: the number of
    # a try has been seen to be 2 where no try 1 had ended, after a reschedule.
    (only,) = nightly.client.tries("load_raw_data", "missing", "wait_for_events")
    said = nightly.said("load_raw_data", "missing", "wait_for_events", only["try_number"])
    assert only["state"] == "failed"
    assert "exceeds the specified timeout of 6.0" in said
    tasks = nightly.tasks("load_raw_data", "missing")
    assert tasks["load_day"] == tasks["trigger_dbt"] == ("upstream_failed", 0)
    assert nightly.publications(MISSING) == 0
    assert nightly.dbt_runs() == before
    assert [post for post in nightly.chat.posts if "load_raw_data.wait_for_events failed" in post]


def test_dayThatIsNotOver_failsWithoutARetry(nightly, watch):
    tomorrow = str(datetime.now(UTC).date() + timedelta(days=1))

    assert nightly.run("load_raw_data", "early", date=tomorrow) == "failed"

    assert nightly.tasks("load_raw_data", "early")["wait_for_events"] == ("failed", 1)
    said = nightly.said("load_raw_data", "early", "wait_for_events", 1)
    assert f"{tomorrow} is not over in UTC" in said


def test_refusedDay_isRetriedAndStartsNoDbt(nightly, watch):
    before = nightly.dbt_runs()

    assert nightly.run("load_raw_data", "refused", date=REFUSED) == "failed"

    assert nightly.tasks("load_raw_data", "refused") == {
        "wait_for_events": ("success", 1),
        "load_day": ("failed", 2),
        "trigger_dbt": ("upstream_failed", 0),
    }
    said = nightly.said("load_raw_data", "refused", "load_day", 2)
    assert "2,000 of 2,000 lines are rejected, over max-rejected-ratio" in said
    assert nightly.publications(REFUSED) == 0
    assert nightly.dbt_runs() == before
    posts = [post for post in nightly.chat.posts if "load_raw_data.load_day failed" in post]
    assert len(posts) == 1 and "run refused, try 2" in posts[0]
    assert "error: 2026-03-20 was not loaded: 2,000 of 2,000 lines are rejected" in posts[0]


def test_dayRunAgain_isSkippedAndStartsDbtAgain(nightly, watch):
    (run,) = [r for r in nightly.client.runs("load_raw_data") if GOOD in r["dag_run_id"]]
    run_id = run["dag_run_id"]

    nightly.client.clear("load_raw_data", run_id, "load_day")
    time.sleep(1)

    assert nightly.end("load_raw_data", run_id) == "success"
    assert nightly.publications(GOOD) == 1
    assert "skipped" in nightly.said("load_raw_data", run_id, "load_day", 2)
    assert len(list(started_by(nightly.client, run_id))) == 2


def test_twoLoadsOfADayAtOnce_endAsOne(nightly, watch):
    nightly.aws.client("secretsmanager").create_secret(
        Name="edtech/clickhouse",
        SecretString=json.dumps({"password": nightly.env["CLICKHOUSE_LOADER_PASSWORD"]}),
    )
    nightly.client.trigger("load_raw_data", "first", date=TWICE, force=True)

    # A second driver, as a retry may start one, with its password from Secrets Manager.
    nightly.make(
        "load",
        f"DATE={TWICE}",
        "ARGS=--force --set clickhouse.password=aws-secret:edtech/clickhouse#password",
        AWS_ENDPOINT_URL_SECRETS_MANAGER=nightly.aws.url,
    )

    assert nightly.end("load_raw_data", "first") == "success"
    statuses = nightly.sql(
        f"SELECT status, count() FROM ops.loads WHERE event_date = '{TWICE}' GROUP BY 1 ORDER BY 1"
    )
    assert statuses in ("published\t2", "published\t1\nsuperseded\t1")
    seen = nightly.sql(
        "SELECT count(), uniqExact(event_id) FROM raw.events WHERE event_date = '" + TWICE + "'"
    )
    accepted = nightly.truth(TWICE)["accepted"]
    assert seen == f"{accepted}\t{accepted}"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("aws-secret:none", "there is no such secret in this account and region"),
        ("aws-secret:edtech/clickhouse#user", 'it has no key "user" with one value'),
    ],
)
def test_secretThatAwsHasNot_isNamed(nightly, watch, reference, message):
    said = nightly.make(
        "status",
        f"ARGS=--set clickhouse.password={reference}",
        code=2,
        AWS_ENDPOINT_URL_SECRETS_MANAGER=nightly.aws.url,
    )

    assert f'error: clickhouse.password = "{reference}": {message}' in said


def test_backfillOnEmr_addsTheStepOfTheFileOnceAndWaits(nightly, watch):
    days = {"from": "1998-01-01", "to": "1998-01-31"}
    ended = nightly.run("backfill_raw_data", "emr", **days)
    assert ended == "success", nightly.why("backfill_raw_data", "emr")
    # In a run that has ended, whose start Airflow sets anew: the step lies before it. Live steps:
    # airflow/tests.
    nightly.client.clear("backfill_raw_data", "emr", "add_step")

    ended = nightly.end("backfill_raw_data", "emr")
    assert ended == "success", nightly.why("backfill_raw_data", "emr")
    (written,) = json.loads((ROOT / "conf" / "emr" / "step.json").read_text())
    arguments = written["Args"]
    arguments[arguments.index("--from") + 1] = days["from"]
    arguments[arguments.index("--to") + 1] = days["to"]
    (step,) = nightly.aws.steps()
    assert step["Name"] == "edtech-analytics backfill 1998-01-01 1998-01-31"
    assert step["ActionOnFailure"] == written["ActionOnFailure"]
    assert (step["Config"]["Jar"], step["Config"]["Args"]) == (written["Jar"], arguments)
    assert step["Status"]["State"] == "COMPLETED"
    assert nightly.tasks("backfill_raw_data", "emr")["add_step"] == ("success", 2)
    assert [run for run in nightly.dbt_runs() if run.startswith("backfill__emr__")]


def test_stepThatFails_startsNoDbt(nightly, watch):
    days = {"from": "1999-01-01", "to": "1999-01-31"}

    assert nightly.run("backfill_raw_data", "emr_fails", **days) == "failed"

    tasks = nightly.tasks("backfill_raw_data", "emr_fails")
    assert (tasks["wait_for_step"][0], tasks["trigger_dbt"][0]) == ("failed", "upstream_failed")
    assert not [run for run in nightly.dbt_runs() if "emr_fails" in run]


def test_backfillBySparkSubmit_publishesTheRange(nightly, watch):
    days = {"from": BACKFILLED, "to": SECRETLY, "on": "spark-submit"}

    assert nightly.run("backfill_raw_data", "range", **days) == "success"

    assert [nightly.publications(day) for day in (BACKFILLED, SECRETLY)] == [1, 1]


def test_dbt_ranOnceForEverySuccessfulLoad(nightly, watch):
    """None is lost, though they came faster than dbt runs."""
    for run in nightly.dbt_runs():
        assert nightly.end("run_dbt_analytics", run) == "success", run

    starts = [
        task["try_number"]
        for dag in ("load_raw_data", "backfill_raw_data")
        for run in nightly.client.runs(dag)
        for task in nightly.client.tasks(dag, run["dag_run_id"])
        if task["task_id"] == "trigger_dbt" and task["state"] == "success"
    ]
    assert len(nightly.dbt_runs()) == sum(starts)
    days = nightly.sql("SELECT count() FROM marts.active_users WHERE dau > 0")
    assert days == "4"


def test_night_bySchedule_loadsTheDayBeforeAndWhatCameLate(nightly, watch):
    """Airflow with its schedule, a completion marker and lateness; nobody triggers anything."""
    day = (datetime.now(UTC) - timedelta(hours=2)).date() - timedelta(days=1)
    earlier = day - timedelta(days=1)
    nightly.sample(str(earlier), days=1)
    nightly.make("load", f"DATE={earlier}", "ARGS=--set lateness-days=1")
    nightly.sample(str(day), days=1)
    late = {"event_id": "late", "user_id": "u", "event_type": "app_open"}
    late["event_timestamp"] = f"{earlier}T12:00:00Z"
    nightly.put(f"dt={day}/late.jsonl", json.dumps(late))

    nightly.restart(
        SCHEDULE="0 2 * * *",
        COMPLETION_MARKER="_SUCCESS",
        WAIT_SECONDS="900",
        LATENESS_DAYS="1",
        FIRST_DAY=str(earlier),
    )
    (run_id,) = _wait(
        lambda: [
            run["dag_run_id"]
            for run in nightly.client.runs("load_raw_data")
            if run["run_type"] == "scheduled"
        ]
    )

    # Events are there; whether all of them, only the marker says.
    _wait(
        lambda: nightly.tasks("load_raw_data", run_id)["wait_for_events"][0] == "up_for_reschedule"
    )
    assert nightly.tasks("load_raw_data", run_id)["load_day"][0] is None
    nightly.put(f"dt={day}/_SUCCESS", "")
    ended = nightly.end("load_raw_data", run_id)
    assert ended == "success", nightly.why("load_raw_data", run_id)
    assert [nightly.publications(str(d)) for d in (earlier, day)] == [2, 1]
    where = nightly.sql("SELECT event_date FROM raw.events WHERE event_id = 'late'")
    assert where == str(earlier)
    accepted = nightly.sql(f"SELECT count() FROM raw.events WHERE event_date = '{day}'")
    assert int(accepted) == nightly.truth(str(day), first=str(day))["accepted"]
    (dbt,) = started_by(nightly.client, run_id)
    assert nightly.end("run_dbt_analytics", dbt) == "success"
    last = nightly.sql("SELECT max(event_date) FROM marts.active_users WHERE dau > 0")
    assert last == str(day)


def _wait(seen):
    """What ``seen`` says once it says something."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not (answer := seen()):
        assert time.monotonic() < deadline, "not seen"
        time.sleep(1)
    return answer


def test_canaries_areNowhere(nightly, watch):
    canaries = [nightly.env[name] for name in CANARIES] + [nightly.chat.address]
    home = nightly.airflow.home
    written = {
        str(path): path.read_text(errors="replace")
        for folder in (home, nightly.event_log)
        for path in folder.rglob("*")
        if path.is_file()
    }
    written |= {str(path): path.read_text() for path in nightly.state.directory.glob("*.log")}
    written["Airflow's database"] = nightly.airflow.database.dump()

    # What was searched is what it is meant to be, and the watch sees what there is to be seen.
    subprocess.run(["sleep", "1", "0"], env={"LC_ALL": PLANTED}, check=True)
    assert watch.found == set()
    subprocess.run(["sh", "-c", f"sleep 1 # {PLANTED}"], check=True)
    assert watch.found == {PLANTED}
    assert any("Spark-Submit cmd" in text for text in written.values())
    assert any("SparkListenerEnvironmentUpdate" in text for text in written.values())
    assert "CLICKHOUSE_PASSWORD" in written["Airflow's database"]
    assert watch.commands
    assert {
        place for place, text in written.items() if any(canary in text for canary in canaries)
    } == set()
