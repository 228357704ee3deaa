"""The dashboards in a real Superset on a real ClickHouse, with and without a browser.

The history is that of ``make bench-dbt``, EDTECH_DAYS days of EDTECH_USERS active users each, with
a day missing; by default 45 days × 200 users, by ``make test-dashboards`` 365 × 20,000.
"""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from local.bench import history
from local.dashboards import assets, browser
from local.dashboards.__main__ import import_assets
from local.dashboards.server import USER, Superset
from local.services import ServiceError
from local.services.clickhouse import ask
from local.services.state import ROOT, State, read_pairs

DAYS = int(os.environ.get("EDTECH_DAYS", "45"))
USERS = int(os.environ.get("EDTECH_USERS", "200"))
FIRST = history.FIRST
LAST = FIRST + timedelta(days=DAYS - 1)
MISSING = LAST - timedelta(days=3)
QUERY_SECONDS = 1.0
PICTURES = os.environ.get("EDTECH_PICTURES", "")
"""A folder for pictures of the dashboards; none are taken without it."""

LEDGER = """
    INSERT INTO store.load_log
    SELECT
        load_id, 1, event_date, 'published', 's3://bucket/events/', 1, 1000, '',
        112, 1, 100, 5, 6, 0, 0,
        map('malformed_json', 4, 'missing_field', 2), map('raw.events', 100),
        now64(6) - INTERVAL 10 SECOND, now64(6), '', map('read', 4.5, 'write', 3.25), '0.1.0'
    FROM ops.publications"""


class Dashboards:
    """All services with the history, and the dashboards imported."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.make("up")
        self.env = read_pairs(state.env_file)
        os.environ.update(self.env)
        history.write(DAYS, USERS)
        self.sql(
            f"ALTER TABLE ops.publications DELETE WHERE event_date = '{MISSING}'"
            " SETTINGS mutations_sync = 2"
        )
        self.sql(LEDGER)
        self.make("dbt", "ARGS=--quiet")
        self.superset = Superset(state)
        self.superset.start()
        self.client = self.superset.client()
        import_assets(self.client)
        listed = self.client.get("chart/?q=(page_size:100)")["result"]
        self.charts = {chart["slice_name"]: chart["id"] for chart in listed}

    def make(self, *arguments: str) -> None:
        without = {name: value for name, value in os.environ.items() if name != "CLICKHOUSE_URL"}
        done = subprocess.run(
            ["make", "--no-print-directory", *arguments, f"STATE={self.state.directory}"],
            cwd=ROOT,
            env=without,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def sql(self, statement: str) -> str:
        env = self.env
        user, password = env["CLICKHOUSE_USER"], env["CLICKHOUSE_PASSWORD"]
        return ask(env["CLICKHOUSE_URL"], user, password, statement)

    def rows(self, title: str) -> list[dict]:
        """What the query of a chart answers, not from a cache."""
        answer = self.client.get(f"chart/{self.charts[title]}/data/?force=true")["result"]
        assert [one["error"] for one in answer] == [None] * len(answer), title
        return answer[0]["data"]


@pytest.fixture(scope="module")
def dashboards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboards]:
    state = State(tmp_path_factory.mktemp("dashboards") / "state")
    try:
        yield Dashboards(state)
    finally:
        subprocess.run(["make", "clean-data", f"STATE={state.directory}"], cwd=ROOT, check=True)


def titles() -> list[str]:
    files = assets.read().items()
    return [content["slice_name"] for name, content in files if name.startswith("charts/")]


@pytest.mark.parametrize("title", titles())
def test_query_of_every_chart_answers_with_rows_within_a_second(
    dashboards: Dashboards, title: str
) -> None:
    dashboards.rows(title)
    began = time.monotonic()
    rows = dashboards.rows(title)
    seconds = time.monotonic() - began
    print(f"{seconds:5.2f} s  {len(rows):5} rows  {title}")
    values = [value for row in rows for value in row.values() if value is not None]
    assert values, f"{title}: {len(rows)} rows without a value"
    assert seconds <= QUERY_SECONDS


def test_export_after_import_gives_the_same_files(dashboards: Dashboards) -> None:
    exported = assets.unbundle(dashboards.client.export_assets())
    committed = assets.read()
    assert sorted(exported) == sorted(committed)
    for name, content in committed.items():
        assert exported[name] == content, name


def test_missing_day_is_a_gap_and_not_a_zero(dashboards: Dashboards) -> None:
    for title, figure, axis in (
        ("Active users", "dau", "event_date"),
        ("Task success by day", "success_rate", "event_date"),
        ("Revenue by day", "revenue", "event_date"),
    ):
        by_day = {day(row[axis]): row for row in dashboards.rows(title)}
        assert len(by_day) == DAYS, title
        assert [when for when, row in by_day.items() if row[figure] is None] == [MISSING], title


def test_windows_over_the_missing_day_are_gaps(dashboards: Dashboards) -> None:
    by_day = {day(row["event_date"]): row for row in dashboards.rows("Active users")}
    gaps = [when for when, row in by_day.items() if row["wau"] is None]
    first = [FIRST + timedelta(days=n) for n in range(6)]
    assert gaps == first + [MISSING + timedelta(days=n) for n in range(4)]


def test_immature_retention_cells_are_empty(dashboards: Dashboards) -> None:
    for row in dashboards.rows("Retention of the last 30 cohorts"):
        cohort = date.fromisoformat(row["cohort"].split(" ")[0])
        when = cohort + timedelta(days=row["day_number"])
        assert (row["retention_rate"] is None) == (when > LAST or when == MISSING), row


def test_completeness_names_the_day_before_the_gap(dashboards: Dashboards) -> None:
    for row in dashboards.rows("Data complete through"):
        assert day(row["complete_through"]) == MISSING - timedelta(days=1)
        assert day(row["last_day"]) == LAST
        assert row["missing_days"] == str(MISSING)


def test_verdicts_claim_no_more_than_their_interval(dashboards: Dashboards) -> None:
    for row in dashboards.rows("Effects and verdicts"):
        verdict = row["verdict"]
        # Both groups of the history are alike: nothing may be claimed beyond the interval's sign.
        if row["interval_95"] is None:
            assert verdict.startswith("No verdict"), row
        elif row["interval_95"].startswith("-") and " … +" in row["interval_95"]:
            assert verdict.startswith("Not shown: anything from"), row
        else:
            assert verdict.startswith(("Higher", "Lower", "Not shown", "No verdict")), row


def day(value: object) -> date:
    """A day as the interface gives it: milliseconds, or text."""
    if isinstance(value, int | float):
        return date(1970, 1, 1) + timedelta(milliseconds=value)
    return date.fromisoformat(str(value)[:10])


# Counts what is painted on each canvas since it was last wiped: circles are points, rectangles bars
# and cells.
COUNT_MARKS = """
(() => {
  const proto = CanvasRenderingContext2D.prototype;
  for (const [name, kind] of [['arc', 'circles'], ['rect', 'rectangles']]) {
    const original = proto[name];
    proto[name] = function (...a) {
      if (a.every(Number.isFinite)) {
        this.canvas.dataset[kind] = 1 + Number(this.canvas.dataset[kind] || 0);
      }
      return original.apply(this, a);
    };
  }
  const clear = proto.clearRect;
  proto.clearRect = function (...a) {
    this.canvas.dataset.circles = 0;
    this.canvas.dataset.rectangles = 0;
    return clear.apply(this, a);
  };
})();
"""


@pytest.fixture(scope="module")
def page(dashboards: Dashboards) -> Iterator:
    with contextlib.ExitStack() as stack:
        try:
            context = stack.enter_context(browser.opened(1400, 2400))
        except ServiceError as error:
            pytest.skip(f"no browser: {error}")
        context.add_init_script(COUNT_MARKS)
        page = context.new_page()
        page.goto(dashboards.superset.address() + "/login/")
        page.fill("input[name=username]", USER)
        page.fill("input[type=password]", dashboards.superset.login())
        page.keyboard.press("Enter")
        page.wait_for_url("**/welcome/**")
        yield page


@pytest.mark.parametrize("name", [n for n in assets.read() if n.startswith("dashboards/")])
def test_dashboard_draws_every_chart_in_a_browser(dashboards: Dashboards, page, name: str) -> None:
    board = assets.read()[name]
    page.goto(f"{dashboards.superset.address()}/superset/dashboard/{board['slug']}/")
    expected = sorted(
        part["meta"]["sliceName"]
        for part in board["position"].values()
        if isinstance(part, dict) and part["type"] == "CHART"
    )
    page.wait_for_function(
        "n => document.querySelectorAll('.dashboard-component-chart-holder canvas,"
        " .dashboard-component-chart-holder table').length >= n",
        arg=len(expected),
        timeout=60_000,
    )
    page.wait_for_load_state("networkidle")
    # Bars grow for a second.
    page.wait_for_timeout(2000)
    shown = page.locator(".dashboard-component-chart-holder .header-title").all_inner_texts()
    assert sorted(text.strip() for text in shown) == expected
    assert page.locator("[role=alert], .ant-alert-error").all_inner_texts() == []
    marks = page.evaluate(
        "() => [...document.querySelectorAll('.dashboard-component-chart-holder canvas')].map("
        "c => Number(c.dataset.circles || 0) + Number(c.dataset.rectangles || 0))"
    )
    assert all(mark > 0 for mark in marks), marks
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{board['slug']}.png")
