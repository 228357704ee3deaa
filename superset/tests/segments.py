"""Figures by segment and metric, each by the shortest way that the marts allow."""

import json

from loaded import Dashboards, day

Cells = dict[tuple[str, str], float]
"""By day and series."""

OTHER = "(other)"
LARGEST = 10
COHORTS = {
    "Retention by segment": (
        "day_number, retained_users, eligible_users FROM marts.retention_summary",
        "retained_users FROM marts.retention_summary_by_segment",
    ),
    "Conversion by segment": (
        "window_days, sumIf(assumeNotNull(converted_users), is_mature),"
        " sumIf(cohort_size, is_mature) FROM marts.conversion GROUP BY window_days",
        "converted_users FROM marts.conversion_by_segment",
    ),
    "LTV by segment": (
        "day_number, toFloat64(sumIf(assumeNotNull(cumulative_revenue), is_mature)),"
        " sumIf(cohort_size, is_mature) FROM marts.ltv GROUP BY day_number",
        "cumulative_revenue FROM marts.ltv_by_segment",
    ),
}
"""By the title of a chart: what all cohorts come to, and where the same is by segment."""


def cells(rows: list[dict], axis: str = "event_date") -> Cells:
    """What a chart draws."""
    return {
        (str(day(row[axis])), name): value
        for row in rows
        for name, value in row.items()
        if name != axis and value is not None
    }


def told(dashboards: Dashboards, select: str) -> Cells:
    """What the marts say, of a query for day, value and figure."""
    answer = dashboards.sql(f"{select} FORMAT JSONCompactEachRow").splitlines()
    rows = (json.loads(line) for line in answer)
    return {(when, name or "(none)"): float(n) for when, name, n in rows if n is not None}


def dimensions(dashboards: Dashboards) -> list[str]:
    return dashboards.sql("SELECT DISTINCT dimension FROM marts.daily_segments").split()


def largest(dashboards: Dashboards, mart: str, users: str, dimension: str) -> dict[str, str]:
    """The values that have a series of their own, by its name."""
    answer = dashboards.sql(
        f"SELECT value FROM marts.{mart} WHERE dimension = '{dimension}' AND value != '{OTHER}'"
        f" GROUP BY value ORDER BY {users} DESC, value LIMIT {LARGEST} FORMAT TSVRaw"
    )
    return {value or "(none)": value for value in answer.removesuffix("\n").split("\n")}


def has_others(dashboards: Dashboards, mart: str, dimension: str) -> bool:
    answer = dashboards.sql(
        f"SELECT uniqExact(value) > {LARGEST} FROM marts.{mart} WHERE dimension = '{dimension}'"
    )
    return answer.strip() == "1"


def of_cohorts(
    dashboards: Dashboards, title: str, dimension: str
) -> dict[tuple[int, str], tuple[float, int]]:
    """Figure and users by day number and series; those of all others are what the ten leave."""
    of_all, by_segment = COHORTS[title]
    figure, mart = by_segment.split(" FROM marts.")
    key = of_all.partition(",")[0]
    names = largest(dashboards, mart, "max(eligible_users)", dimension)
    kept = dashboards.sql(f"SELECT DISTINCT {key} FROM marts.{mart}").split()
    left = {
        int(n): (float(total), int(users))
        for n, total, users in map(str.split, dashboards.sql(f"SELECT {of_all}").splitlines())
        if n in kept
    }
    found = {}
    for name, value in names.items():
        answer = dashboards.sql(
            f"SELECT {key}, toFloat64({figure}), eligible_users FROM marts.{mart}"
            f" WHERE dimension = '{dimension}' AND value = '{value}'"
        )
        for n, total, users in map(str.split, answer.splitlines()):
            found[int(n), name] = (float(total), int(users))
            rest, others = left[int(n)]
            left[int(n)] = (rest - float(total), others - int(users))
    if has_others(dashboards, mart, dimension):
        found |= {(n, OTHER): cell for n, cell in left.items()}
    else:
        assert {users for _, users in left.values()} == {0}, (title, dimension)
    return {at: cell for at, cell in found.items() if cell[1]}
