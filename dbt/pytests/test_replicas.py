"""The history marts on real replicas (make test-replicas): each shows a run that it holds whole."""

import os
import re
import subprocess
import time
from contextlib import contextmanager

import pytest

from dev.stack.services import ServiceError
from dev.stack.services.clickhouse import ask
from dev.stack.services.state import ROOT
from loads import STORES, Marts
from polling import polling
from test_publication import SHOWN, SLOWLY, mark, publish

URLS = [url for url in os.environ.get("CLICKHOUSE_REPLICAS", "").split(",") if url]
# The days of these tests, and those of the job's.
OF_TESTS = "toYear(event_date) = 2026 OR event_date >= '2036-01-01'"
PATIENCE_SECONDS = 90

pytestmark = pytest.mark.skipif(
    len(URLS) < 2, reason="CLICKHOUSE_REPLICAS names no servers: make test-replicas"
)


def of_user(name: str) -> tuple[str, str]:
    """A user with the rights of that name where there is one, else the administrator."""
    part = f"{name}_" if os.environ.get(f"REPLICAS_{name}_USER") else ""
    if not part:
        print(f"no user {name.lower()} on the replicas: the administrator does its work")
    return os.environ[f"REPLICAS_{part}USER"], os.environ.get(f"REPLICAS_{part}PASSWORD", "")


class ReplicatedMarts(Marts):
    """A store on replicas, and dbt on the first of them."""

    def __init__(self, folder) -> None:
        user = os.environ["REPLICAS_USER"]
        password = os.environ.get("REPLICAS_PASSWORD", "")
        dbt, dbt_password = of_user("DBT")
        self.reader = of_user("READER")
        self.env = {
            "CLICKHOUSE_URL": URLS[0],
            "CLICKHOUSE_USER": user,
            "CLICKHOUSE_PASSWORD": password,
            "CLICKHOUSE_DBT_USER": dbt,
            "CLICKHOUSE_DBT_PASSWORD": dbt_password,
        }
        self.target = folder
        # A block that is inserted twice is taken once: no two runs may write the same loads.
        self.loads = int(time.time())
        self.project = ROOT / "dbt"
        everywhere = {"CLICKHOUSE_URL": ",".join(URLS)}
        subprocess.run(
            [ROOT / "bin" / "edtech", "init", "--set", "clickhouse.cluster=main"],
            env=os.environ | self.env | everywhere,
            check=True,
        )
        others = f"SELECT count() FROM ops.publications WHERE NOT ({OF_TESTS})"
        assert self.sql(others) == "0\n", (
            "the replicas hold days that no test has made: give servers for tests alone"
        )
        for table in (*(f"store.{table}" for table in STORES), "ops.publications", "ops.shown"):
            self.sql(f"TRUNCATE TABLE {table}")

    def on(self, number: int, statement: str) -> str:
        return ask(
            URLS[number], self.env["CLICKHOUSE_USER"], self.env["CLICKHOUSE_PASSWORD"], statement
        )

    def read_on(self, number: int, statement: str) -> str:
        return ask(URLS[number], *self.reader, statement)

    def fetches(self, number: int, are_on: bool) -> None:
        """Whether a server takes the rows of runs that others have."""
        for table in self.sql("SELECT name FROM system.tables WHERE database = 'runs'").split():
            self.on(number, f"SYSTEM {'START' if are_on else 'STOP'} FETCHES runs.{table}")


@pytest.fixture(scope="module")
def marts(tmp_path_factory):
    marts = ReplicatedMarts(tmp_path_factory.mktemp("replicas"))
    load = marts.load(0, {"u1": [500], "u2": []})
    wait(lambda: marts.sql("SELECT max(load_id) FROM ops.shown") == f"{load}\n")
    said = marts.dbt("build")
    assert "published: " in said, said
    return marts


def wait(is_so) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.2)


@contextmanager
def readers(marts, *, may_fail: bool = False):
    """Two marts in one query on each server, quickly and slowly; yields by server what was seen."""
    seen: list[dict[str, int]] = [{} for _ in URLS]

    def look(number: int, settings: str) -> None:
        try:
            answer = marts.read_on(number, SHOWN + settings).strip()
        except ServiceError as error:
            if not (may_fail and "does not answer" in str(error)):
                raise
        else:
            seen[number][answer] = seen[number].get(answer, 0) + 1

    each_server = [(number, settings) for number in range(len(URLS)) for settings in ("", SLOWLY)]
    with polling(look, each_server, pause=0.05):
        yield seen
    mixed = [each for one in seen for each in one if not is_one_run(each)]
    print(f"replicas: polls {[sum(one.values()) for one in seen]}, of two runs at once: {mixed}")
    assert not mixed


def is_one_run(answer: str) -> bool:
    """Both marts have the number of one run; a run of the wider form has another column, too."""
    match = re.fullmatch(r"\[\((?:9,)?(\d+)\)\]\t\[(\d+)\]", answer)
    return match is not None and match[1] == match[2]


def shows(marts, number: int, run: int) -> bool:
    return marts.read_on(number, SHOWN).strip() in (f"[({run})]\t[{run}]", f"[(9,{run})]\t[{run}]")


def publish_run(marts, run: int) -> str:
    mark(marts, run)
    said = publish(marts)
    assert "published: " in said, said
    assert shows(marts, 0, run)
    return said


def test_every_run_is_seen_whole_on_each_replica(marts):
    publish_run(marts, 1)
    wait(lambda: shows(marts, 1, 1))
    with readers(marts) as seen:
        for run in range(2, 8):
            publish_run(marts, run)
        wait(lambda: shows(marts, 1, 7))
    assert all(len(one) > 5 for one in seen), seen


def test_replica_that_lags_shows_its_run_until_it_has_the_rest(marts):
    publish_run(marts, 20)
    wait(lambda: shows(marts, 1, 20))
    columns = "SELECT name FROM system.columns WHERE database = 'marts' AND table = 'active_users'"
    with readers(marts):
        marts.fetches(1, are_on=False)
        try:
            # Two runs later nothing of what the other one shows is dropped.
            publish_run(marts, 21)
            publish_run(marts, 22)
            marts.sql("ALTER TABLE dbt_work.active_users ADD COLUMN extra UInt8 DEFAULT 9 FIRST")
            said = publish_run(marts, 23)
            assert "a replica does not show run" in said
            assert "columns and comments of 1 marts change with the next run" in said
            assert shows(marts, 1, 20)
            assert "extra" not in marts.on(1, columns)
        finally:
            marts.fetches(1, are_on=True)
        wait(lambda: shows(marts, 1, 23))
        publish_run(marts, 24)
        wait(lambda: shows(marts, 1, 24))
        for number in range(len(URLS)):
            wait(lambda number=number: "extra" in marts.on(number, columns))


@pytest.mark.skipif(
    not (os.environ.get("REPLICA_STOP") and os.environ.get("REPLICA_START")),
    reason="REPLICA_STOP and REPLICA_START, commands that take a server's number, are not set",
)
def test_replica_that_is_killed_comes_back_with_whole_runs(marts):
    def command(name: str) -> None:
        subprocess.run(f"{os.environ[name]} 2", shell=True, check=True)

    publish_run(marts, 30)
    wait(lambda: shows(marts, 1, 30))
    with readers(marts, may_fail=True):
        for run in (31, 33):
            command("REPLICA_STOP")
            try:
                publish_run(marts, run)
                publish_run(marts, run + 1)
            finally:
                command("REPLICA_START")
            wait(lambda run=run: shows(marts, 1, run + 1))
