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


def test_no_definition_stands_in_a_box_of_its_own() -> None:
    # Superset 6.1 shows no description on a dashboard: the same style sheet does, on each of them.
    boards = {n: c for n, c in FILES.items() if n.startswith("dashboards/")}
    for name, content in boards.items():
        kinds = [part["type"] for part in content["position"].values() if isinstance(part, dict)]
        assert "MARKDOWN" not in kinds, name
    assert len({content["css"] for content in boards.values()}) == 1
    assert "content: attr(aria-label)" in boards["dashboards/Activity.yaml"]["css"]


def test_first_row_of_every_dashboard_is_its_headline_figures() -> None:
    charts = {c["uuid"]: c for n, c in FILES.items() if n.startswith("charts/")}
    compared = []
    for name, content in FILES.items():
        if name.startswith("dashboards/"):
            position = content["position"]
            row = position[position["GRID_ID"]["children"][0]]
            tiles = [charts[position[child]["meta"]["uuid"]] for child in row["children"]]
            assert {t["viz_type"] for t in tiles} <= {"big_number", "big_number_total"}, name
            assert len(tiles) == 4, name
            compared += [tile for tile in tiles if tile["viz_type"] == "big_number"]
            excluded = content["metadata"]["native_filter_configuration"][0]["scope"]["excluded"]
            # They are those of the last day, whatever days the charts below show.
            for child in row["children"] if name != "dashboards/Experiments.yaml" else []:
                assert position[child]["meta"]["chartId"] in excluded, (name, child)
    assert len(compared) == 19
    for tile in compared:
        params = tile["params"]
        # A row a day and the one of 7 rows before; a value of its own for the last day, or
        # Superset takes the last one that is there; gaps kept, or 7 rows are not 7 days.
        assert params["compare_lag"] == 7 and params["time_grain_sqla"] == "P1D", tile["slice_name"]
        assert params["aggregation"] == "raw" and params["show_empty_columns"], tile["slice_name"]
        assert params["metric"] == "latest", tile["slice_name"]


def test_filter_by_values_reaches_the_charts_that_have_its_column() -> None:
    charts = {c["uuid"]: c for n, c in FILES.items() if n.startswith("charts/")}
    columns = {
        c["uuid"]: {column["column_name"] for column in c["columns"]}
        for n, c in FILES.items()
        if n.startswith("datasets/")
    }
    broken_down = []
    for name, content in FILES.items():
        if not name.startswith("dashboards/"):
            continue
        parts = [part for part in content["position"].values() if isinstance(part, dict)]
        placed = [part["meta"] for part in parts if part["type"] == "CHART"]
        for one in content["metadata"]["native_filter_configuration"]:
            if one["filterType"] != "filter_select":
                continue
            column = one["targets"][0]["column"]["name"]
            assert column in columns[one["targets"][0]["datasetUuid"]], name
            reached = {m["uuid"] for m in placed if m["chartId"] not in one["scope"]["excluded"]}
            having = {
                m["uuid"] for m in placed if column in columns[charts[m["uuid"]]["dataset_uuid"]]
            }
            assert reached == having, (name, column)
            if column == "dimension":
                broken_down.append(name)
                # Values of two dimensions in one chart say nothing: one is always chosen.
                assert not one["controlValues"]["multiSelect"], name
                assert one["controlValues"]["enableEmptyFilter"], name
                assert one["defaultDataMask"]["filterState"]["value"] == ["platform"], name
    names = ("Activity", "Experiments", "Money", "Retention")
    assert broken_down == [f"dashboards/{n}.yaml" for n in names]


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
