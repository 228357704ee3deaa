"""What the files of the dashboards promise by themselves."""

import json
import re

from deploy import assets

FILES = assets.read()


def test_every_chart_says_what_it_shows_and_is_on_a_dashboard() -> None:
    placed: dict[str, set[str]] = {}
    for name, content in FILES.items():
        if name.startswith("dashboards/"):
            placed[name] = {
                part["meta"]["uuid"]
                for part in content["position"].values()
                if isinstance(part, dict) and part["type"] == "CHART"
            }
    charts = {n: c for n, c in FILES.items() if n.startswith("charts/")}
    assert {c["uuid"] for c in charts.values()} == set().union(*placed.values())
    complete = next(
        c["uuid"] for c in charts.values() if c["slice_name"] == "Data complete through"
    )
    assert [name for name, uuids in placed.items() if complete not in uuids] == []
    assert [name for name, chart in charts.items() if not chart["description"]] == []


def test_definitions_beside_the_charts_are_those_of_the_charts() -> None:
    # Superset 6.1 shows a chart's description only where it is edited.
    described = {c["uuid"]: c["description"] for n, c in FILES.items() if n.startswith("charts/")}
    for name, content in FILES.items():
        if name.startswith("dashboards/"):
            parts = [part for part in content["position"].values() if isinstance(part, dict)]
            shown = [part["meta"]["code"] for part in parts if part["type"] == "MARKDOWN"]
            charts = [described[p["meta"]["uuid"]] for p in parts if p["type"] == "CHART"]
            assert sorted(shown) == sorted(charts), name


def test_files_read_marts_and_ops_only_and_hold_no_password() -> None:
    for name, content in FILES.items():
        if name.startswith("datasets/"):
            assert content["schema"] in ("marts", "ops"), name
            for database in ("raw.", "staging.", "store.", "ops.rejected_events"):
                assert database not in (content["sql"] or ""), name
        text = json.dumps(content)
        assert re.findall(r"(?<![\w.:/])/(?:home|root|tmp|work|opt|var|Users)/", text) == [], name
        for secret in ("password", "SECRET"):
            assert secret not in text, name
    connections = assets.connections(FILES)
    assert [FILES[name]["sqlalchemy_uri"] for name in connections] == [assets.PLACEHOLDER_URI]
