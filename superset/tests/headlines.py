"""The headline figures of the dashboards, each by the shortest way that the marts allow."""


def over(days: int, figure: str, last: str = "day") -> str:
    """A figure, or NULL where one of so many days is not published."""
    published = f"""
        (SELECT count() FROM marts.published_loads
         WHERE event_date BETWEEN {last} - {days - 1} AND {last})"""
    return f"if({published} = {days}, {figure}, NULL)"


def retention(day_number: int) -> str:
    cells = f"""
        (SELECT sum(retained_users) / sum(cohort_size) FROM marts.retention
         WHERE day_number = {day_number} AND cohort_date + {day_number} BETWEEN day - 6 AND day)"""
    return over(7, over(7, cells, f"day - {day_number}"))


def of_day(table: str, figure: str) -> str:
    return f"(SELECT max(toNullable({figure})) FROM {table} WHERE event_date = day)"


def of_load(figure: str) -> str:
    return f"""
        (SELECT argMax(toNullable({figure}), finished_at) FROM ops.loads
         WHERE event_date = day AND status = 'published')"""


def new_users(days: int) -> str:
    return f"""
        (SELECT sum(new_users) FROM marts.user_lifecycle
         WHERE period = 'day' AND period_start BETWEEN day - {days - 1} AND day)"""


HEADLINES = {
    "DAU": of_day("marts.active_users", "dau"),
    "WAU (7 days)": over(7, of_day("marts.active_users", "wau")),
    "MAU (30 days)": over(30, of_day("marts.active_users", "mau")),
    "New users": over(2, new_users(1)),
    "New users in 7 days": over(8, new_users(7)),
    "Attempts": of_day("marts.daily_task_results", "task_attempts"),
    "Success rate": of_day("marts.daily_task_results", "task_successes / task_attempts"),
    "Users who tried": of_day("marts.daily_task_results", "users_attempted"),
    "Users with a success": of_day("marts.daily_task_results", "users_succeeded / users_attempted"),
    "Day 1 retention": retention(1),
    "Day 7 retention": retention(7),
    "Day 30 retention": retention(30),
    "Revenue": of_day("marts.daily_revenue", "toFloat64(revenue)"),
    "Revenue in 7 days": over(
        7,
        "(SELECT sum(toFloat64(revenue)) FROM marts.daily_revenue"
        " WHERE event_date BETWEEN day - 6 AND day)",
    ),
    "ARPU": of_day("marts.daily_revenue", "toFloat64(revenue) / dau"),
    "Payer share": of_day("marts.daily_revenue", "payers / dau"),
    "Accepted lines": of_load("accepted"),
    "Rejected lines": of_load("rejected"),
    "Seconds of the load": of_load("dateDiff('millisecond', started_at, finished_at) / 1000"),
}
"""Expressions over the marts by the title of the tile; the day is called ``day``."""
