"""The end of ``make demo``: the published figures on one screen, and what to type next.

Run as ``python -m dev.demo`` with the variables of ``.local/env``. ``--tables`` prints the other
tables, one after the other.
"""

import argparse
import os
import sys
from dataclasses import dataclass

from dev.stack.services import ServiceError
from dev.stack.services.clickhouse import ask_table

SCREEN_LINES = 60
# A blank line, the title, and the frame of the table: head, and the lines above and below the rows.
LINES_AROUND_ROWS = 5


@dataclass(frozen=True)
class Look:
    """A question with a title. At most ``rows`` rows of its answer are shown."""

    title: str
    query: str
    rows: int


PUBLISHED = """
    WHERE status = 'published' AND (event_date, load_id) IN
        (SELECT event_date, argMax(load_id, seq) FROM ops.publications GROUP BY event_date)"""

SCREEN = (
    Look(
        "Published days: lines read, and distinct users of 1, 7 and 30 days. A ratio needs all days"
        " of its window.",
        f"""
        SELECT event_date, lines_read, accepted, duplicates, rejected, dau, wau, mau,
            round(dau_wau_ratio, 3) AS dau_wau_ratio
        FROM (
            SELECT event_date, lines_read, accepted, duplicates, rejected
            FROM ops.loads {PUBLISHED}
        ) AS loads
        INNER JOIN marts.active_users USING (event_date)
        ORDER BY event_date""",
        rows=10,
    ),
    Look(
        "Retention: users of a cohort who are active again n days after their first day",
        """
        SELECT day_number, mature_cohorts, eligible_users, retained_users,
            round(weighted_rate, 3) AS retention_rate
        FROM marts.retention_summary WHERE day_number IN (1, 3, 7) ORDER BY day_number""",
        rows=3,
    ),
    Look(
        "Revenue: per active user (arpu) and per payer (arppu), for complete weeks and months",
        """
        SELECT period, period_start, revenue, active_users, payers, round(arpu, 2) AS arpu,
            round(arppu, 2) AS arppu, is_complete
        FROM marts.revenue_by_period ORDER BY period DESC, period_start""",
        rows=5,
    ),
    Look(
        "Metrics of one's own on the last day, as dev/sample/company.conf has them",
        """
        SELECT metric, users, events, total, round(user_share, 3) AS user_share,
            round(per_active_user, 2) AS per_active_user, round(per_user, 2) AS per_user
        FROM marts.daily_metrics
        WHERE event_date = (SELECT max(event_date) FROM marts.published_loads)
        ORDER BY metric""",
        rows=3,
    ),
    Look(
        "A/B tests: each group against its control, with the 95 % interval of the difference; while"
        " a test runs, the wider one for daily looks",
        """
        SELECT ab_test_id, metric, ab_group, users, round(absolute_difference, 3) + 0 AS difference,
            round(if(is_final, ci_low, sequential_ci_low), 3) + 0 AS low,
            round(if(is_final, ci_high, sequential_ci_high), 3) + 0 AS high,
            multiIf(
                srm_ok = false, 'broken split: no verdict',
                isNull(is_significant), 'no verdict',
                is_final AND not is_significant, 'no difference shown',
                not is_final AND not is_significant_sequential, 'none shown yet',
                absolute_difference > 0, 'significantly higher', 'significantly lower'
            ) AS verdict
        FROM marts.ab_test_results
        WHERE isNotNull(absolute_difference)
            AND metric IN ('task_success_rate', 'purchase_conversion', 'revenue_per_user')
        ORDER BY ab_test_id, metric, ab_group""",
        rows=6,
    ),
)

NEXT = """
Next:
  make dashboards                                 the same figures as charts, in Superset
  make sql Q="SELECT count() FROM raw.events"     any question in SQL
  make demo-tables                                more tables of these days
  make test                                       every test, on services of its own
"""

TABLES = (
    Look(
        "raw.events: one row per accepted event",
        """
        SELECT event_timestamp, user_id, session_id, event_type, platform, screen_name, properties
        FROM raw.events WHERE event_date = (SELECT min(event_date) FROM marts.published_loads)
        ORDER BY event_timestamp, event_id""",
        rows=5,
    ),
    Look(
        "Rejected lines by reason, all days",
        f"""
        SELECT reason, sum(lines) AS lines, count() AS days
        FROM (
            SELECT event_date, arrayJoin(mapKeys(rejected_by_reason)) AS reason,
                rejected_by_reason[reason] AS lines
            FROM ops.loads {PUBLISHED}
        )
        GROUP BY reason ORDER BY reason""",
        rows=30,
    ),
    Look(
        "Sessions by day",
        """
        SELECT event_date, session_count, round(avg_session_seconds, 1) AS avg_session_seconds
        FROM marts.daily_activity ORDER BY event_date""",
        rows=31,
    ),
    Look(
        "User lifecycle: who is active, compared with the period before",
        "SELECT * FROM marts.user_lifecycle ORDER BY period, period_start",
        rows=40,
    ),
    Look(
        "Task success by day",
        """
        SELECT event_date, task_attempts, task_successes, round(success_rate, 3) AS success_rate,
            users_attempted, users_succeeded
        FROM marts.daily_task_results ORDER BY event_date""",
        rows=31,
    ),
    Look(
        "The tasks with the most attempts",
        """
        SELECT task_id, attempts, round(success_rate, 3) AS success_rate, users, users_succeeded,
            round(first_attempt_success_rate, 3) AS first_attempt_success_rate,
            round(attempts_per_completed_task, 2) AS attempts_per_completed_task
        FROM marts.task_effectiveness ORDER BY attempts DESC, task_id""",
        rows=5,
    ),
    Look(
        "Retention of the first cohorts",
        """
        SELECT cohort_date, day_number, cohort_size, retained_users,
            round(retention_rate, 3) AS retention_rate,
            round(on_or_after_rate, 3) AS on_or_after_rate
        FROM marts.retention WHERE day_number IN (0, 1, 3, 7) ORDER BY cohort_date, day_number""",
        rows=12,
    ),
    Look(
        "LTV of the first cohorts: revenue per user, added up since their first day",
        """
        SELECT cohort_date, day_number, cohort_size, cumulative_revenue, round(ltv, 3) AS ltv
        FROM marts.ltv WHERE day_number IN (0, 3, 7) ORDER BY cohort_date, day_number""",
        rows=9,
    ),
    Look(
        "Conversion of the first cohorts: share of users with a purchase in their first days",
        """
        SELECT cohort_date, window_days, cohort_size, converted_users,
            round(conversion_rate, 4) AS conversion_rate, is_mature
        FROM marts.conversion ORDER BY cohort_date, window_days""",
        rows=6,
    ),
    Look(
        "A/B tests in full",
        """
        SELECT ab_test_id, metric, ab_group, users, round(mean, 4) AS mean,
            round(absolute_difference, 4) AS difference, round(ci_low, 4) AS ci_low,
            round(ci_high, 4) AS ci_high, round(p_value_adjusted, 4) AS p_adjusted,
            is_significant, srm_ok
        FROM marts.ab_test_results ORDER BY ab_test_id, metric, ab_group""",
        rows=60,
    ),
)


def main(arguments: list[str] | None = None) -> int:
    """Prints the screen, or the other tables; 1 when ClickHouse does not answer a question."""
    parser = argparse.ArgumentParser(prog="python -m dev.demo", description=__doc__)
    parser.add_argument("--tables", action="store_true", help="print the other tables")
    options = parser.parse_args(arguments)
    url = os.environ["CLICKHOUSE_URL"]
    user = os.environ.get("CLICKHOUSE_READER_USER") or os.environ.get("CLICKHOUSE_USER", "default")
    password = os.environ.get("CLICKHOUSE_READER_PASSWORD") or os.environ.get(
        "CLICKHOUSE_PASSWORD", ""
    )
    for look in TABLES if options.tables else SCREEN:
        try:
            answer = ask_table(url, user, password, f"{look.query} LIMIT {look.rows}")
        except ServiceError as error:
            print(f"error: {look.title}: {error}", file=sys.stderr)
            return 1
        print(f"\n{look.title}\n{answer}", end="")
    if not options.tables:
        print(NEXT, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
