"""How dbt publishes the history marts: all of a consistent state, or nothing."""

import json
import random
import shutil
import signal
import threading
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest

from dev.stack.services.state import ROOT
from loads import HISTORY_MARTS, iso
from polling import polling
from recount import Recount, assert_equal


def test_wrong_daily_mart_and_doubled_user_publish_nothing_and_are_shown(published):
    before, state = published.dump(), published.rows("published_loads")
    published.load(0, {"u1": [500], "u2": []})
    load = published.load(1, {"u1": []})
    published.sql(
        f"ALTER TABLE store.marts_daily_activity UPDATE dau = 7 WHERE load_id = {load}"
        " SETTINGS mutations_sync = 2"
    )
    published.sql(
        "INSERT INTO store.staging_user_day"
        f" SELECT * FROM store.staging_user_day WHERE load_id = {load}"
    )
    said = published.dbt_fails("build")
    assert "Failure in test audit_daily_activity" in said
    assert "audit_daily_activity: 1 row\n" in said
    assert "    event_date = 2026-01-13, stored.dau = 7, stored.event_count = 1" in said, said
    assert "events.dau = 1" in said, said
    assert (
        "    figure = event_count, event_date = 2026-01-13, of_day = 1.00, of_users = 2.00" in said
    )
    assert "not published: marts keep what they had" in said
    assert published.dump() == before
    assert published.rows("published_loads") == state

    load = published.load(1, {"u1": []})
    published.build()
    assert published.rows("published_loads")[1]["load_id"] == load
    assert [row["dau"] for row in published.rows("active_users")] == [2, 1]


def test_part_of_the_project_publishes_nothing(published):
    before = published.dump()
    published.load(77, {"u1": []})
    assert "not published: only a part of the project was built" in published.dbt(
        "build", "--select", "+active_users"
    )
    assert published.dump() == before


def with_new_daily_mart(folder: Path) -> Path:
    """The project with one more daily mart that a model reads."""
    project = folder / "dbt"
    shutil.copytree(ROOT / "dbt", project)
    published = project / "models" / "published"
    sources = published / "_sources.yml"
    sources.write_text(
        sources.read_text() + "      - {name: marts_daily_new, description: A new daily mart.}\n"
    )
    (published / "stg_daily_new.sql").write_text("{{ published('marts_daily_new') }}\n")
    (published / "stg_daily_new.yml").write_text(
        "models: [{name: stg_daily_new, columns: [{name: event_date, data_type: Date}]}]\n"
    )
    return project


def test_loads_dropped_while_dbt_reads_them_publish_nothing(marts, tmp_path, monkeypatch):
    """Of every table that a model reads: nobody lists them."""
    marts.load(0, {"u1": [500]})
    marts.sql(
        "CREATE OR REPLACE TABLE store.marts_daily_new (event_date Date, load_id UInt64,"
        " _task UInt64) ENGINE = MergeTree ORDER BY event_date"
    )
    marts.sql(
        "INSERT INTO ops.publications (event_date, seq, load_id, rows)"
        " SELECT event_date, seq - 1, load_id,"
        " map('staging.user_day', toUInt64(2), 'marts.daily_new', toUInt64(1))"
        " FROM ops.publications"
    )
    monkeypatch.setattr(marts, "project", with_new_daily_mart(tmp_path))
    said = marts.build()
    assert "not published: loads were dropped while this run read them" in said, said
    assert "(marts.daily_new, staging.user_day): run it again" in said, said


def test_days_published_while_dbt_runs_are_not_mixed_in(marts):
    """Every load of a day has another number of users, all its own and all paying."""
    users_of: dict[int, int] = {}
    draw = random.Random(3)

    def publish(day: int) -> None:
        users = {f"u{n}": [100] for n in range(draw.randrange(1, 40))}
        users_of[marts.load(day, users)] = len(users)

    for day in range(30):
        publish(day)
    run = marts.start_dbt("build")
    published = 0

    def publish_until_the_run_ends() -> None:
        nonlocal published
        while run.poll() is None:
            publish(draw.randrange(30))
            published += 1

    publisher = threading.Thread(target=publish_until_the_run_ends)
    publisher.start()
    said = run.output()
    publisher.join()
    assert run.poll() == 0, said
    assert published > 10

    loads = {row["event_date"]: row["load_id"] for row in marts.rows("published_loads")}
    recount = Recount(
        {day: {f"u{n}": [100] for n in range(users_of[loads[iso(day)]])} for day in range(30)}
    )
    for mart in HISTORY_MARTS[:9]:
        assert_equal(marts.rows(mart), getattr(recount, mart)())


def test_second_run_at_once_is_refused_and_a_dead_one_replaced(marts, tmp_path):
    marts.load(0, {"u1": []})
    marts.sql(
        "CREATE TABLE dbt_work.run_lock (nothing UInt8) ENGINE = MergeTree ORDER BY nothing"
        " COMMENT 'the-other-run'"
    )
    said = marts.dbt_fails("build")
    assert "another run of dbt builds in dbt_work (the-other-run, last heartbeat" in said
    assert "drop dbt_work.run_lock" in said

    # With a target of its own: dbt parses all anew for other variables, and so would the next run.
    other = ("--vars", "{lock_minutes: 0}", "--target-path", str(tmp_path))
    said = marts.dbt("build", "--select", "published_loads", *other)
    assert "run the-other-run is dead since" in said
    assert marts.sql("SELECT count() FROM system.tables WHERE name = 'run_lock'") == "0\n"


def mark(marts, number: int) -> None:
    """Makes a figure of two of the marts that dbt built the number of a run."""
    for column in ("active_users UPDATE dau", "retention UPDATE cohort_size"):
        marts.sql(f"ALTER TABLE dbt_work.{column} = {number} WHERE 1 SETTINGS mutations_sync = 2")


SHOWN = """
    SELECT (SELECT groupUniqArray(tuple(COLUMNS('^(dau|extra)$'))) FROM marts.active_users),
        (SELECT groupUniqArray(cohort_size) FROM marts.retention)
"""
# Snapshots further apart than the rows of a run and its publication.
SLOWLY = " SETTINGS merge_tree_storage_snapshot_sleep_ms = 300"


@contextmanager
def readers(marts):
    """Both marts in one query, again and again, quickly and slowly; yields what was seen."""
    seen: list[str] = []

    def look(settings: str) -> None:
        answer = marts.read(SHOWN + settings).strip()
        if answer not in seen:
            seen.append(answer)

    with polling(look, [("",), (SLOWLY,)], pause=0.02):
        yield seen


def publish(marts) -> str:
    """Publishes what lies in dbt_work, as the end of a build does."""
    return marts.dbt("run-operation", "publish_marts")


def killed(marts, folder: Path, line: str) -> None:
    """Publishes, and gets SIGKILL after a line of the macros, given by its beginning."""
    project = folder / "killed"
    shutil.copytree(ROOT / "dbt", project, dirs_exist_ok=True)
    macros = project / "macros" / "marts.sql"
    here = str(uuid.uuid4())
    lines = []
    for text in (ROOT / "dbt" / "macros" / "marts.sql").read_text().splitlines():
        lines.append(text)
        if text.strip().startswith(line):
            lines.append(f"{{% do run_query(\"select '{here}', sleep(3)\") %}}")
    macros.write_text("\n".join(lines))
    before, marts.project = marts.project, project
    run = marts.start_dbt("run-operation", "publish_marts")
    marts.project = before
    is_there = f"SELECT count() FROM system.processes WHERE query LIKE '%{here}%' AND user = 'dbt'"
    while run.poll() is None and marts.sql(is_there) == "0\n":
        time.sleep(0.05)
    run.kill()
    said = run.output()
    assert run.poll() == -signal.SIGKILL, said


COUNTED = "{% set rows = count_rows("
ROW_IN = "{% set is_shown = "
VIEW_MADE = "{% do run_query(statement)"


@pytest.fixture
def changed(published):
    """A release that adds a column to a mart that dbt built, and takes one."""
    table = "dbt_work.active_users"
    mark(published, 1)
    publish(published)
    published.sql(f"RENAME TABLE {table} TO {table}_kept")
    published.sql(f"CREATE TABLE {table} AS {table}_kept")
    published.sql(f"INSERT INTO {table} SELECT * FROM {table}_kept")
    column = "ADD COLUMN extra UInt8 DEFAULT 9 COMMENT 'New.' FIRST"
    published.sql(f"ALTER TABLE {table} {column}, DROP COLUMN wau")
    mark(published, 2)
    yield published
    published.sql(f"EXCHANGE TABLES {table} AND {table}_kept")
    published.sql(f"DROP TABLE {table}_kept")


def test_killed_publication_shows_one_run_whole_and_the_next_one_goes_on(changed, tmp_path):
    columns = changed.sql("DESCRIBE marts.active_users")
    with readers(changed) as seen:
        killed(changed, tmp_path, COUNTED)
        assert changed.read(SHOWN) == "[(1)]\t[1]\n"
        assert changed.sql("DESCRIBE marts.active_users") == columns
        killed(changed, tmp_path, ROW_IN)
        assert changed.read(SHOWN) == "[(2)]\t[2]\n"
        publish(changed)
    assert seen == ["[(1)]\t[1]", "[(2)]\t[2]", "[(9,2)]\t[2]"]
    shown = changed.sql("SELECT seq FROM ops.mart_runs ORDER BY seq DESC LIMIT 2").split()
    kept = "SELECT DISTINCT partition FROM system.parts WHERE database = 'runs' AND active"
    assert changed.sql(f"{kept} ORDER BY 1 DESC").split() == shown


def test_tables_published_before_there_were_views_are_taken_along(published, tmp_path):
    names = (*HISTORY_MARTS, "published_loads", "of_an_older_release")
    published.sql(f"CREATE OR REPLACE TABLE dbt_work.{names[-1]} AS dbt_work.ltv")
    mark(published, 1)
    published.sql("TRUNCATE TABLE ops.mart_runs")
    columns = "SELECT table, name, type, comment FROM system.columns WHERE database = 'marts'"
    for name in names:
        # As the version before published.
        published.sql(f"DROP VIEW IF EXISTS marts.{name}")
        published.sql(
            f"ALTER TABLE dbt_work.{name} MODIFY COMMENT 'A mart.\ndbt run {name}, of 1 days'"
        )
        published.sql(f"CREATE TABLE marts.{name} AS dbt_work.{name}")
        published.sql(f"INSERT INTO marts.{name} SELECT * FROM dbt_work.{name}")
    by_tables, columns_before = published.dump(), published.sql(f"{columns} ORDER BY ALL")
    shown = published.read(SHOWN)
    mark(published, 2)

    with readers(published) as seen:
        killed(published, tmp_path, VIEW_MADE)
        kinds = published.sql("SELECT DISTINCT engine FROM system.tables WHERE database = 'marts'")
        assert sorted(kinds.split()) == ["MergeTree", "View"]
        assert published.dump() == by_tables
        publish(published)
    assert seen == [shown.strip(), shown.strip().replace("1", "2")]
    assert published.sql(f"{columns} AND table != '{names[-1]}' ORDER BY ALL") == "".join(
        line for line in columns_before.splitlines(True) if not line.startswith(names[-1])
    )
    assert (
        published.sql(
            "SELECT name FROM system.tables WHERE database = 'marts' AND engine != 'View'"
        )
        == ""
    )
    assert published.sql(f"EXISTS TABLE marts.{names[-1]}") == "0\n"


def test_run_in_view_says_what_each_mart_holds(published):
    names = (*HISTORY_MARTS, "published_loads")
    counts = " UNION ALL ".join(f"SELECT '{n}' AS n, count() AS c FROM marts.{n}" for n in names)
    assert published.sql(f"SELECT n, c FROM ({counts}) ORDER BY n") == published.sql(
        "SELECT pair.1, pair.2 FROM ops.mart_runs ARRAY JOIN rows::Array(Tuple(String, UInt64))"
        " AS pair WHERE seq = (SELECT max(seq) FROM ops.mart_runs) ORDER BY 1"
    )
    no_comment = "WHERE database = 'marts' AND comment = ''"
    assert published.sql(f"SELECT name FROM system.tables {no_comment}") == ""
    but_loads = f"{no_comment} AND table != 'published_loads'"
    assert published.sql(f"SELECT table, name FROM system.columns {but_loads}") == ""


def test_docs_build_and_every_column_is_described_and_typed(published):
    published.dbt("docs", "generate")
    catalog = json.loads((published.target / "catalog.json").read_text())["nodes"]
    manifest = json.loads((published.target / "manifest.json").read_text())["nodes"]
    models = {key: node for key, node in manifest.items() if node["resource_type"] == "model"}
    for key, model in models.items():
        assert model["config"]["contract"]["enforced"], key
        assert "one row per" in model["description"].lower(), f"{key} does not say its grain"
        undescribed = [n for n, c in model["columns"].items() if not c["description"]]
        assert not undescribed, f"{key}: {undescribed}"
        if key in catalog:
            assert list(catalog[key]["columns"]) == list(model["columns"]), key
    assert set(models) <= set(catalog)


def test_freshness_is_that_of_the_publication_not_of_the_days(marts):
    marts.load(0, {"u1": []})
    assert "PASS freshness of ops.publications" in marts.dbt("source", "freshness")
    marts.sql("TRUNCATE TABLE ops.publications")
    marts.insert(
        "ops.publications",
        "event_date, seq, load_id, published_at",
        [(iso(0), 1, 1, "2026-01-01 00:00:00")],
    )
    assert "WARN freshness of ops.publications" in marts.dbt("source", "freshness")
