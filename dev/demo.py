"""The end of ``make demo``: a look at what was published, as an analyst's user sees it.

Run as ``python -m dev.demo`` with the variables of ``.local/env``.
"""

import os
import sys

from dev.stack.services import ServiceError
from dev.stack.services.clickhouse import ask_table

LOOKS = {
    "days published, from the ledger": """
        SELECT event_date, lines_read, accepted, duplicates, rejected, blank_lines,
               rows_by_table['raw.sessions'] AS sessions
        FROM ops.loads WHERE status = 'published'
          AND (event_date, load_id) IN
              (SELECT event_date, argMax(load_id, seq) FROM ops.publications GROUP BY event_date)
        ORDER BY event_date""",
    "raw.events": """
        SELECT event_timestamp, user_id, session_id, event_type, platform, screen_name, properties
        FROM raw.events WHERE event_date = '2026-03-01'
        ORDER BY event_timestamp, event_id LIMIT 5""",
    "rejected lines by reason, all days": """
        SELECT reason, sum(lines) AS lines, count() AS days
        FROM (
            SELECT event_date, arrayJoin(mapKeys(rejected_by_reason)) AS reason,
                   rejected_by_reason[reason] AS lines
            FROM ops.loads WHERE status = 'published'
              AND (event_date, load_id) IN
                  (SELECT event_date, argMax(load_id, seq) FROM ops.publications
                   GROUP BY event_date))
        GROUP BY reason ORDER BY reason""",
    "active users: DAU, WAU, MAU (a window is complete when all its days are published)": """
        SELECT event_date, dau, wau, mau, round(dau_wau_ratio, 3) AS dau_wau_ratio, is_wau_complete,
               is_mau_complete
        FROM marts.active_users ORDER BY event_date""",
    "where active users come from": """
        SELECT * FROM marts.user_lifecycle ORDER BY period, period_start""",
    "task success by day": """
        SELECT event_date, task_attempts, task_successes, round(success_rate, 3) AS success_rate,
               users_attempted, users_succeeded
        FROM marts.daily_task_results ORDER BY event_date""",
    "tasks tried most": """
        SELECT task_id, attempts, round(success_rate, 3) AS success_rate, users, users_succeeded,
               round(first_attempt_success_rate, 3) AS first_attempt_success_rate,
               round(attempts_per_completed_task, 2) AS attempts_per_completed_task
        FROM marts.task_effectiveness ORDER BY attempts DESC, task_id LIMIT 5""",
    "retention of the first cohorts": """
        SELECT cohort_date, day_number, cohort_size, retained_users,
               round(retention_rate, 3) AS retention_rate,
               round(on_or_after_rate, 3) AS on_or_after_rate
        FROM marts.retention
        WHERE day_number IN (0, 1, 3, 7) AND cohort_date <= '2026-03-03'
        ORDER BY cohort_date, day_number""",
    "retention over all mature cohorts": """
        SELECT day_number, mature_cohorts, eligible_users, retained_users,
               round(weighted_rate, 3) AS weighted_rate, round(mean_rate, 3) AS mean_rate
        FROM marts.retention_summary WHERE mature_cohorts > 0 ORDER BY day_number""",
    "revenue by week and month": """
        SELECT period, period_start, revenue, active_users, payers, round(arpu, 3) AS arpu,
               round(arppu, 2) AS arppu, round(payer_share, 4) AS payer_share, is_complete
        FROM marts.revenue_by_period ORDER BY period DESC, period_start""",
    "LTV of the first cohorts": """
        SELECT cohort_date, day_number, cohort_size, cumulative_revenue, round(ltv, 3) AS ltv
        FROM marts.ltv WHERE day_number IN (0, 3, 7) AND cohort_date <= '2026-03-03'
        ORDER BY cohort_date, day_number""",
    "conversion of the first cohorts": """
        SELECT cohort_date, window_days, cohort_size, converted_users,
               round(conversion_rate, 4) AS conversion_rate, is_mature
        FROM marts.conversion WHERE cohort_date <= '2026-03-02'
        ORDER BY cohort_date, window_days""",
    "A/B tests: differences with their 95 % intervals": """
        SELECT ab_test_id, metric, ab_group, users, round(mean, 4) AS mean,
               round(absolute_difference, 4) AS difference, round(ci_low, 4) AS ci_low,
               round(ci_high, 4) AS ci_high, round(p_value_adjusted, 4) AS p_adjusted,
               is_significant, srm_ok
        FROM marts.ab_test_results ORDER BY ab_test_id, metric, ab_group""",
}


def main() -> int:
    """Prints one small table for each look."""
    url = os.environ["CLICKHOUSE_URL"]
    user = os.environ.get("CLICKHOUSE_READER_USER") or os.environ.get("CLICKHOUSE_USER", "default")
    password = os.environ.get("CLICKHOUSE_READER_PASSWORD") or os.environ.get(
        "CLICKHOUSE_PASSWORD", ""
    )
    for title, query in LOOKS.items():
        try:
            answer = ask_table(url, user, password, query)
        except ServiceError as error:
            print(f"error: {title}: {error}", file=sys.stderr)
            return 1
        print(f"\n{title}\n{answer}", end="")
    print('\nMore: make sql Q="SELECT count() FROM raw.events"')
    return 0


if __name__ == "__main__":
    sys.exit(main())
