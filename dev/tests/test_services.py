"""The local services as they are: real processes, real ports, real rights."""

import os
import signal
import stat
import time
import urllib.parse
from pathlib import Path

import boto3
import pytest

from dev.stack.services import ServiceError, commands
from dev.stack.services.__main__ import main
from dev.stack.services.clickhouse import ClickHouse, ask
from dev.stack.services.process import Service
from dev.stack.services.s3 import S3
from dev.stack.services.state import MARKER, ROOT, State, read_pairs, write_pairs
from dev.stack.services.users import ROW_POLICIES, STORE, statements

DAY = "2026-03-01"
STORE_DDL = """CREATE TABLE store.raw_events
(event_date Date, load_id UInt64, _task UInt64, event_id String)
ENGINE = MergeTree PARTITION BY (event_date, load_id) ORDER BY event_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"""
PUBLICATIONS_DDL = """CREATE TABLE ops.publications
(event_date Date, seq UInt64, load_id UInt64) ENGINE = MergeTree ORDER BY (event_date, seq)"""
INVOKER_VIEW_DDL = """CREATE VIEW raw.events SQL SECURITY INVOKER
AS SELECT event_date, event_id FROM store.raw_events WHERE (event_date, load_id) IN
(SELECT event_date, argMax(load_id, seq) FROM ops.publications GROUP BY event_date)"""
NO_PLACE = (
    r"\((ACCESS_STORAGE_FOR_INSERTION_NOT_FOUND|ACCESS_STORAGE_READONLY|THERE_IS_NO_PROFILE)\)"
)
"""How the embedded server, whose users all come from its users file, refuses what it understood."""
VIEW_DDL = """CREATE VIEW {name} DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT event_date, event_id FROM store.raw_events"""


class Services:
    """A running set of services, asked as one of its users."""

    def __init__(self, state: State) -> None:
        self.state = state
        commands.up(state)

    @property
    def env(self) -> dict[str, str]:
        return read_pairs(self.state.env_file)

    def sql(self, user: str, statement: str, **settings: object) -> str:
        env = self.env
        prefix = "CLICKHOUSE" if user == "admin" else f"CLICKHOUSE_{user.upper()}"
        password = "" if user == "default" else env[f"{prefix}_PASSWORD"]
        url = f"{env['CLICKHOUSE_URL']}/?{urllib.parse.urlencode(settings)}"
        return ask(url, user, password, statement).strip()

    def bucket(self):
        env = self.env
        resource = boto3.resource(
            "s3",
            endpoint_url=env["S3_ENDPOINT"],
            region_name=env["AWS_REGION"],
            aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        )
        return resource.Bucket("edtech-events")

    def pids(self) -> tuple[int | None, int | None]:
        return ClickHouse(self.state).service.pid(), S3(self.state).service.pid()

    def create_schema(self) -> None:
        for database in ("store", "stage", "raw", "staging", "marts", "ops", "runs", "dbt_work"):
            self.sql("admin", f"CREATE DATABASE {database}")
        self.sql("admin", STORE_DDL)
        for hidden in ("store.raw_rejected_events", "store.load_log"):
            self.sql("admin", f"CREATE TABLE {hidden} AS store.raw_events")
        self.sql("admin", PUBLICATIONS_DDL)
        self.sql("admin", "CREATE TABLE ops.mart_runs (seq UInt64) ENGINE = MergeTree ORDER BY seq")
        self.sql("admin", INVOKER_VIEW_DDL)
        for view in ("raw.rejected_events", "ops.rejected_events"):
            self.sql("admin", VIEW_DDL.format(name=view))
        self.sql("admin", VIEW_DDL.format(name="marts.daily_activity"))
        self.sql("admin", f"INSERT INTO store.raw_events VALUES ('{DAY}', 1, 1, 'a')")
        self.sql("admin", f"INSERT INTO ops.publications VALUES ('{DAY}', 1, 1)")


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    state = State(tmp_path_factory.mktemp("services") / "state")
    try:
        running = Services(state)
        running.create_schema()
        yield running
    finally:
        commands.clean(state)


@pytest.fixture
def other(tmp_path):
    state = State(tmp_path / "other")
    try:
        yield Services(state)
    finally:
        commands.clean(state)


def test_up_whenAlreadyRunning_leavesTheProcessesAlone(services, capsys):
    before = services.pids(), services.env

    assert main(["up", "--state", str(services.state.directory)]) == 0

    assert (services.pids(), services.env) == before
    assert services.env["CLICKHOUSE_URL"] in capsys.readouterr().out
    assert main(["status", "--state", str(services.state.directory)]) == 0


def test_envFile_isPrivateAndNamesEverySetting(services):
    assert stat.S_IMODE(services.state.env_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(services.state.directory.stat().st_mode) == 0o700
    assert sorted(services.env) == [
        "AWS_ACCESS_KEY_ID",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "CLICKHOUSE_DBT_PASSWORD",
        "CLICKHOUSE_DBT_USER",
        "CLICKHOUSE_LOADER_PASSWORD",
        "CLICKHOUSE_LOADER_USER",
        "CLICKHOUSE_PASSWORD",
        "CLICKHOUSE_READER_PASSWORD",
        "CLICKHOUSE_READER_USER",
        "CLICKHOUSE_TCP_PORT",
        "CLICKHOUSE_URL",
        "CLICKHOUSE_USER",
        "EVENTS_URI",
        "S3_ENDPOINT",
    ]
    assert services.env["EVENTS_URI"] == "s3a://edtech-events/events"
    assert not [value for value in services.env.values() if set(value) & set(" \"'$`\\#;&")]


def test_secrets_areOnNoCommandLineAndInNoLog(services):
    secrets = services.state.secrets().values()
    shown = [Path(f"/proc/{pid}/cmdline").read_text() for pid in services.pids()]
    shown += [path.read_text() for path in services.state.directory.glob("*.log")]

    assert not [secret for secret in secrets if any(secret in text for text in shown)]


@pytest.mark.parametrize("user", ["admin", "loader", "dbt", "reader"])
def test_snapshotPerQuery_isOnAndConstantForEveryUser(services, user):
    setting = "enable_shared_storage_snapshot_in_query"

    assert services.sql(user, f"SELECT getSetting('{setting}')") == "true"
    with pytest.raises(ServiceError, match=f"Setting {setting} should not be changed"):
        services.sql(user, f"SELECT 1 SETTINGS {setting} = 0")


def test_default_canNeitherReadNorStopTheServer(services):
    with pytest.raises(ServiceError, match="Quota for user `default`"):
        services.sql("default", "SYSTEM STOP LISTEN HTTP")
    with pytest.raises(ServiceError, match=r"\(ACCESS_DENIED\)|\(QUOTA_EXCEEDED\)"):
        services.sql("default", "SELECT * FROM store.raw_events")

    assert services.sql("admin", "SELECT 1") == "1"


def test_loader_aWholeLoad_stagesMovesAndSweeps(services):
    partition = f"PARTITION ('{DAY}', 7)"
    insert = f"INSERT INTO stage.raw_events_7 VALUES ('{DAY}', 7, {{task}}, 'b')"
    services.sql(
        "loader",
        "CREATE TABLE stage.raw_events_7 AS store.raw_events "
        "SETTINGS non_replicated_deduplication_window = 1000",
    )
    for token, task in (("7/1/0", 1), ("7/1/0", 1), ("7/2/0", 2)):
        services.sql("loader", insert.format(task=task), insert_deduplication_token=token)
    assert services.sql("loader", "SELECT count() FROM stage.raw_events_7") == "2"

    services.sql(
        "loader",
        "ALTER TABLE stage.raw_events_7 DELETE WHERE _task = 2 SETTINGS mutations_sync = 2",
    )
    assert services.sql("loader", "SELECT _task FROM stage.raw_events_7") == "1"

    services.sql(
        "loader", f"ALTER TABLE stage.raw_events_7 MOVE {partition} TO TABLE store.raw_events"
    )
    assert services.sql("loader", "SELECT count() FROM store.raw_events WHERE load_id = 7") == "1"

    services.sql("loader", f"ALTER TABLE store.raw_events DROP {partition}")
    assert services.sql("loader", "SELECT count() FROM store.raw_events WHERE load_id = 7") == "0"
    services.sql("loader", "TRUNCATE TABLE stage.raw_events_7")
    services.sql("loader", "DROP TABLE stage.raw_events_7 SYNC")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count() FROM raw.rejected_events",
        "SELECT count() FROM system.parts",
        "SELECT count() FROM system.settings",
        "SELECT count() FROM system.mutations",
        "SELECT generateSnowflakeID()",
    ],
)
def test_loader_whatALoadLooksUp_isAllowed(services, statement):
    assert services.sql("loader", statement).isdigit()


def test_dbt_rowsOfARun_areShownByAView(services):
    view = """
        VIEW marts.ltv SQL SECURITY INVOKER AS
        SELECT n FROM runs.ltv WHERE run_seq IN (SELECT max(seq) FROM ops.mart_runs)
    """
    services.sql("admin", "CREATE TABLE marts.ltv (n UInt8) ENGINE = MergeTree ORDER BY n")
    for statement in (
        "CREATE DATABASE IF NOT EXISTS dbt_work",
        "CREATE TABLE dbt_work.ltv ENGINE = MergeTree ORDER BY n AS SELECT 1 AS n",
        "CREATE TABLE runs.ltv (run_seq UInt64, n UInt8) ENGINE = MergeTree"
        " PARTITION BY run_seq ORDER BY n",
        "INSERT INTO runs.ltv SELECT 1, * FROM dbt_work.ltv",
        "INSERT INTO runs.ltv SELECT 2, n + 1 FROM dbt_work.ltv",
        "INSERT INTO ops.mart_runs VALUES (2)",
        f"CREATE OR REPLACE {view}",
        "ALTER TABLE runs.ltv DROP PARTITION 1",
        "ALTER TABLE dbt_work.ltv ADD COLUMN m UInt8",
        "DROP TABLE dbt_work.ltv",
        "CREATE VIEW dbt_work.v AS SELECT 1 AS n",
        "DROP VIEW dbt_work.v",
    ):
        services.sql("dbt", statement)

    assert services.sql("reader", "SELECT n FROM marts.ltv") == "2"
    services.sql("dbt", "DROP VIEW marts.ltv")
    services.sql("dbt", "DROP TABLE runs.ltv")
    assert services.sql("dbt", "SELECT count() FROM store.raw_events") == "1"
    assert services.sql("dbt", "SELECT count() FROM raw.events") == "1"


def test_reader_viewsOverStore_areRead(services):
    assert services.sql("reader", "SELECT * FROM raw.events") == f"{DAY}\ta"
    assert services.sql("reader", "SELECT * FROM marts.daily_activity") == f"{DAY}\ta"


def test_rowPolicies_areOnEveryTableThatLoadsPublish(services):
    found = services.sql(
        "admin",
        "SELECT concat(database, '.', table) FROM system.row_policies"
        " WHERE apply_to_list = ['reader'] AND NOT apply_to_all ORDER BY 1",
    )

    assert found.split() == sorted(f"store.{ddl.stem}" for ddl in STORE.glob("*.sql"))


def test_rowPolicies_statement_isOneThatTheServerUnderstands(services):
    text = ROW_POLICIES.read_text(encoding="utf-8")
    statement = text[text.index("CREATE") : text.rindex(";")]

    formatted = services.sql("admin", f"SELECT formatQuerySingleLine($${statement}$$)")

    assert formatted.startswith(
        "CREATE ROW POLICY OR REPLACE published ON store.* FOR SELECT USING"
    )


@pytest.mark.parametrize("table", ["raw.events", "store.raw_events"])
def test_reader_unpublishedRows_areNeverSeen(services, table):
    day = "2026-03-02" if table == "raw.events" else "2026-03-03"
    ask_ids = f"SELECT groupArray(event_id) FROM {table} WHERE event_date = '{day}'"
    everything = f"SELECT count() FROM store.raw_events WHERE event_date = '{day}'"
    publish = f"INSERT INTO ops.publications VALUES ('{day}', {{seq}}, {{load}})"
    services.sql("loader", f"INSERT INTO store.raw_events VALUES ('{day}', 1, 1, 'old')")
    services.sql("loader", f"INSERT INTO store.raw_events VALUES ('{day}', 2, 1, 'new')")

    seen = [services.sql("reader", ask_ids)]
    for seq, load in ((1, 1), (2, 2), (3, 1)):
        services.sql("loader", publish.format(seq=seq, load=load))
        seen.append(services.sql("reader", ask_ids))

    assert seen == ["[]", "['old']", "['new']", "['old']"]
    assert services.sql("reader", f"{everything} AND load_id = 2") == "0"
    assert [services.sql(user, everything) for user in ("admin", "loader", "dbt")] == ["2"] * 3
    services.sql("admin", f"ALTER TABLE store.raw_events DROP PARTITION ('{day}', 1)")
    services.sql("admin", f"ALTER TABLE store.raw_events DROP PARTITION ('{day}', 2)")


@pytest.mark.parametrize(
    ("user", "statement"),
    [
        ("loader", "CREATE TABLE store.other (n UInt8) ENGINE = MergeTree ORDER BY n"),
        ("loader", "DROP TABLE store.raw_events"),
        ("loader", "TRUNCATE TABLE store.raw_events"),
        ("loader", "ALTER TABLE store.raw_events ADD COLUMN n UInt8"),
        ("loader", "DROP VIEW raw.events"),
        ("loader", "CREATE VIEW raw.other AS SELECT 1"),
        ("loader", "CREATE TABLE ops.other (n UInt8) ENGINE = MergeTree ORDER BY n"),
        ("loader", "CREATE DATABASE other"),
        ("loader", "CREATE USER other"),
        ("loader", "SELECT * FROM system.users"),
        ("dbt", "INSERT INTO store.raw_events (event_id) VALUES ('x')"),
        ("dbt", "DROP VIEW marts.daily_activity"),
        ("dbt", "RENAME TABLE marts.daily_activity TO marts.other"),
        ("dbt", "CREATE TABLE marts.daily_other (n UInt8) ENGINE = MergeTree ORDER BY n"),
        ("dbt", "SELECT * FROM raw.rejected_events"),
        ("dbt", "SELECT * FROM ops.rejected_events"),
        ("dbt", "DROP DATABASE dbt_work"),
        ("reader", "SELECT * FROM store.raw_rejected_events"),
        ("reader", "SELECT * FROM store.load_log"),
        ("reader", "SELECT * FROM raw.rejected_events"),
        ("reader", "SELECT * FROM ops.rejected_events"),
        ("reader", "INSERT INTO raw.events VALUES ('2026-03-01', 'x')"),
        ("reader", "DROP VIEW raw.events"),
        ("reader", "CREATE TABLE marts.other (n UInt8) ENGINE = MergeTree ORDER BY n"),
        ("reader", "SELECT * FROM file('/etc/hostname', 'LineAsString')"),
        ("reader", "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')"),
    ],
)
def test_statementOutsideTheGrants_isDenied(services, user, statement):
    with pytest.raises(ServiceError, match=r"Not enough privileges.*\(ACCESS_DENIED\)"):
        services.sql(user, statement)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "conf" / "clickhouse").rglob("*.sql")), ids=lambda path: path.name
)
def test_fileForAServerOfOnesOwn_everyStatement_isUnderstood(services, path):
    assert statements(path)
    for statement in statements(path):
        with pytest.raises(ServiceError, match=NO_PLACE):
            services.sql("admin", statement)


def test_wrongPassword_isNamedWithUserAndServer(services):
    url = services.env["CLICKHOUSE_URL"]

    with pytest.raises(ServiceError) as refused:
        ask(url, "loader", "wrong", "SELECT 1")

    assert str(refused.value).startswith(f"ClickHouse at {url}, user loader: Code: 516.")


def test_data_surviveDownAndKillAndPortsAndPasswordsStay(other):
    other.sql("admin", "CREATE TABLE default.t (n UInt8) ENGINE = MergeTree ORDER BY n")
    other.sql("admin", "INSERT INTO default.t VALUES (1)", async_insert=0)
    other.bucket().put_object(Key="events/dt=2026-03-01/a.jsonl", Body=b"{}")
    env, pids = other.env, other.pids()

    commands.down(other.state)
    assert other.pids() == (None, None)
    assert not [pid for pid in pids if os.path.exists(f"/proc/{pid}/exe")]
    commands.up(other.state)
    other.sql("admin", "INSERT INTO default.t VALUES (2)", async_insert=0)
    for pid in other.pids():
        os.kill(pid, signal.SIGKILL)
    while any(other.pids()):
        time.sleep(0.01)
    commands.up(other.state)

    assert other.env == env
    assert other.sql("admin", "SELECT n FROM default.t ORDER BY n") == "1\n2"
    assert [item.key for item in other.bucket().objects.all()] == ["events/dt=2026-03-01/a.jsonl"]


def test_twoSets_sideBySide_shareNeitherPortsNorPasswordsNorData(services, other):
    other.sql("admin", "CREATE DATABASE only_here")

    assert services.sql("admin", "EXISTS DATABASE only_here") == "0"
    same = [name for name, value in services.env.items() if other.env[name] == value]
    assert sorted(same) == [
        "AWS_ACCESS_KEY_ID",
        "AWS_REGION",
        "CLICKHOUSE_DBT_USER",
        "CLICKHOUSE_LOADER_USER",
        "CLICKHOUSE_READER_USER",
        "CLICKHOUSE_USER",
        "EVENTS_URI",
    ]

    # Where it is told to, it has the passwords, and still nothing else.
    of_other, of_services = str(other.state.directory), str(services.state.directory)
    assert main(["up", "--state", of_other, "--passwords-of", of_services]) == 0
    differing = [name for name, value in services.env.items() if other.env[name] != value]
    assert sorted(differing) == ["CLICKHOUSE_TCP_PORT", "CLICKHOUSE_URL", "S3_ENDPOINT"]
    assert other.sql("loader", "SELECT currentUser()") == "loader"
    assert other.sql("admin", "EXISTS DATABASE only_here") == "1"
    assert services.sql("admin", "EXISTS DATABASE only_here") == "0"


def test_upWithThePasswordsOfNoServices_isRefused(tmp_path, capsys):
    none = str(tmp_path / "none")
    assert main(["up", "--state", str(tmp_path / "state"), "--passwords-of", none]) == 1
    assert capsys.readouterr().err == (
        f"error: no services in {none} whose passwords could be used\n"
    )


def test_downAndClean_withoutState_areNoErrorAndCreateNothing(tmp_path, capsys):
    missing = tmp_path / "missing"

    assert main(["down", "--state", str(missing)]) == 0
    assert main(["clean", "--state", str(missing)]) == 0

    assert f"nothing to remove: there is no {missing}" in capsys.readouterr().out
    assert not missing.exists()


def test_clean_directoryOfSomebodyElse_isRefused(tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("")

    assert main(["clean", "--state", str(tmp_path)]) == 1

    assert (tmp_path / "thesis.txt").exists()
    assert capsys.readouterr().err == (
        f"error: {tmp_path} exists and was not made by the local services "
        f"(it has no file {MARKER}); name another directory with --state\n"
    )


def test_stop_pidOfAnotherProcess_isLeftAlone(tmp_path):
    service = Service("s3", tmp_path)
    write_pairs(service.pid_file, {"pid": str(os.getpid()), "start_time": "1"})

    assert service.stop() is False


def test_up_whenAServerDies_saysWhichAndShowsTheEndOfItsLog(tmp_path, monkeypatch, capsys):
    java = tmp_path / "java" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text("#!/bin/sh\necho no memory left\nexit 3\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "java"))
    state = State(tmp_path / "state")
    try:
        assert main(["up", "--state", str(state.directory)]) == 1
        assert capsys.readouterr().err == (
            "error: s3 ended while it was starting; "
            f"the end of its log {state.directory / 's3.log'}:\n  no memory left\n"
        )
    finally:
        commands.clean(state)
