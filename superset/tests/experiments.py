"""What the dashboard of experiments may say, from the marts."""

import json

from loaded import Dashboards

KEY = ("ab_test_id", "metric", "ab_group")
LOOKED = "(still running: interval for daily looks)"


def results(dashboards: Dashboards) -> dict[tuple[str, str, str], dict]:
    """The rows of ab_test_results by test, metric and group."""
    answer = dashboards.sql("SELECT * FROM marts.ab_test_results FORMAT JSONEachRow").splitlines()
    return {tuple(row[k] for k in KEY): row for row in map(json.loads, answer)}


def of_segments(dashboards: Dashboards, dimension: str) -> dict[tuple[str, str, str, str], dict]:
    """The rows by segment by test, metric, group and what the dashboard calls the value."""
    answer = dashboards.sql(
        "SELECT * EXCEPT users, toUInt32(users) AS users FROM marts.ab_test_results_by_segment"
        f" WHERE dimension = '{dimension}' FORMAT JSONEachRow"
    )
    rows = map(json.loads, answer.splitlines())
    return {(*(row[k] for k in KEY), row["value"] or "(none)"): row for row in rows}


def effect(row: dict, is_final: bool) -> str:
    """What an interval and its adjusted p tell: by the fixed ones at the end of a test only."""
    kind = "" if is_final else "sequential_"
    if row["p_value"] is None:
        return "No verdict"
    if row[f"{kind}p_value_adjusted"] >= 0.05:
        return "Not shown"
    return "Higher than" if row["absolute_difference"] > 0 else "Lower than"


def first_curve(dashboards: Dashboards) -> tuple[str, list[list[float | None]]]:
    """The name of the comparison that is drawn where none is chosen, and its figures by day."""
    (first,) = dashboards.sql(
        "SELECT ab_test_id, metric, ab_group, control_group FROM marts.ab_test_results"
        " WHERE ab_group != control_group AND ifNull(srm_ok, true)"
        " ORDER BY role = 'primary' DESC, metric = 'task_success_rate' DESC, users DESC,"
        " ab_test_id, metric, ab_group LIMIT 1"
    ).splitlines()
    test, metric, group, control = first.split("\t")
    assert metric == "task_success_rate"
    answer = dashboards.sql(
        "SELECT 100 * absolute_difference, 100 * ci_low, 100 * ci_high, 100 * sequential_ci_low,"
        f" 100 * sequential_ci_high FROM marts.ab_test_history WHERE ab_test_id = '{test}'"
        f" AND metric = '{metric}' AND ab_group = '{group}' ORDER BY as_of"
        " FORMAT JSONCompactEachRow"
    )
    name = f"{group} − {control}, task success rate (percentage points), {test}"
    return name, [json.loads(line) for line in answer.splitlines()]
