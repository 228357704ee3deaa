"""The end of ``make demo``: a look at what the load published, as an analyst's user sees it.

Run as ``python -m local.demo`` with the variables of ``.local/env``.
"""

import os
import sys

from local.services import ServiceError
from local.services.clickhouse import ask

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
    "raw.purchases": """
        SELECT event_timestamp, user_id, purchase_amount, currency
        FROM raw.purchases ORDER BY event_timestamp, event_id LIMIT 5""",
    "raw.task_results": """
        SELECT event_timestamp, user_id, task_id, task_result, is_success
        FROM raw.task_results ORDER BY event_timestamp, event_id LIMIT 5""",
    "raw.sessions": """
        SELECT event_date, session_id, user_id, session_start, session_end, event_count
        FROM raw.sessions ORDER BY session_start, session_id LIMIT 5""",
    "raw.ab_test_assignments": """
        SELECT assignment_timestamp, user_id, ab_test_id, ab_group
        FROM raw.ab_test_assignments ORDER BY assignment_timestamp, event_id LIMIT 5""",
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
}


def main() -> int:
    """Prints one small table for each look."""
    url = os.environ["CLICKHOUSE_URL"].rstrip("/")
    user = os.environ.get("CLICKHOUSE_READER_USER") or os.environ.get("CLICKHOUSE_USER", "default")
    password = os.environ.get("CLICKHOUSE_READER_PASSWORD") or os.environ.get(
        "CLICKHOUSE_PASSWORD", ""
    )
    table = f"{url}/?default_format=PrettyCompactMonoBlock&output_format_pretty_color=0"
    table += "&output_format_pretty_row_numbers=0"
    for title, query in LOOKS.items():
        try:
            answer = ask(table, user, password, query)
        except ServiceError as error:
            print(f"error: {title}: {error}", file=sys.stderr)
            return 1
        print(f"\n{title}\n{answer}", end="")
    print('\nMore: make sql Q="SELECT count() FROM raw.events"')
    return 0


if __name__ == "__main__":
    sys.exit(main())
