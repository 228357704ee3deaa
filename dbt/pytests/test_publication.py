"""How dbt publishes the history marts: all of a consistent state, or nothing."""

import json
import random
import shutil
import threading
from pathlib import Path

from dev.stack.services.state import ROOT
from loads import HISTORY_MARTS, iso
from recount import Recount, assert_equal


def test_wrong_daily_mart_and_doubled_user_publish_nothing_and_are_shown(marts):
    marts.load(0, {"u1": [500], "u2": []})
    marts.dbt("build")
    before, state = marts.dump(), marts.rows("published_loads")

    load = marts.load(1, {"u1": []})
    marts.sql(
        f"ALTER TABLE store.marts_daily_activity UPDATE dau = 7 WHERE load_id = {load}"
        " SETTINGS mutations_sync = 2"
    )
    marts.sql(
        "INSERT INTO store.staging_user_day"
        f" SELECT * FROM store.staging_user_day WHERE load_id = {load}"
    )
    said = marts.dbt_fails("build")
    assert "Failure in test audit_daily_activity" in said
    assert "audit_daily_activity: 1 row\n" in said
    assert "    event_date = 2026-01-13, stored.dau = 7, stored.event_count = 1" in said, said
    assert "events.dau = 1" in said, said
    assert (
        "    figure = event_count, event_date = 2026-01-13, of_day = 1.00, of_users = 2.00" in said
    )
    assert "not published: marts keep what they had" in said
    assert marts.dump() == before
    assert marts.rows("published_loads") == state

    load = marts.load(1, {"u1": []})
    marts.dbt("build")
    assert marts.rows("published_loads")[1]["load_id"] == load
    assert [row["dau"] for row in marts.rows("active_users")] == [2, 1]


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
    said = marts.dbt("build")
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
    said = run.communicate()[0]
    publisher.join()
    assert run.returncode == 0, said
    assert published > 10

    loads = {row["event_date"]: row["load_id"] for row in marts.rows("published_loads")}
    recount = Recount(
        {day: {f"u{n}": [100] for n in range(users_of[loads[iso(day)]])} for day in range(30)}
    )
    for mart in HISTORY_MARTS[:9]:
        assert_equal(marts.rows(mart), getattr(recount, mart)())


def test_second_run_at_once_is_refused_and_a_dead_one_replaced(marts):
    marts.load(0, {"u1": []})
    marts.sql(
        "CREATE TABLE dbt_work.run_lock (nothing UInt8) ENGINE = MergeTree ORDER BY nothing"
        " COMMENT 'the-other-run'"
    )
    said = marts.dbt_fails("build")
    assert "another run of dbt builds in dbt_work (the-other-run, last heartbeat" in said
    assert "drop dbt_work.run_lock" in said

    said = marts.dbt("build", "--vars", "{lock_minutes: 0}")
    assert "run the-other-run is dead since" in said
    assert marts.sql("SELECT count() FROM system.tables WHERE name = 'run_lock'") == "0\n"


def test_each_mart_says_which_run_and_days_it_is_of(published):
    days = [row["event_date"] for row in published.rows("published_loads")]
    comments = published.sql(
        "SELECT DISTINCT extract(comment, 'dbt run .+') FROM system.tables"
        " WHERE database = 'marts' AND engine = 'MergeTree'"
    ).splitlines()
    assert len(comments) == 1
    assert comments[0].endswith(f", of {len(days)} days, {days[0]} to {days[-1]}")


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
