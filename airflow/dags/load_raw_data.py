"""
### Loads a day of events from S3 into ClickHouse

Runs every night at 02:00 in the zone of the day, or at 05:00 where the clocks skip 02:00 in spring.
It waits for the objects of the day before, loads and publishes them with Spark, and starts
`run_dbt_analytics`.

With `lateness_days = L` it also loads the L days before that one, and with a source of its own
(`source_preset`, `job_config`) as many as its folders reach back. Days that late events have not
changed are skipped.

**By hand**: trigger it with `{"date": "2026-03-01"}`. `"force": true` also loads what has not
changed, replaces a day that was rolled back, and loads a day that is not over.

**When it fails**: a day is published whole or not at all, so readers see what they saw before. The
last line of the failed task's log says what to do; then clear that task. Every task is safe to
repeat. A day with far fewer lines than its weekday usually has is held: the task fails without a
retry, and `release` publishes the day as it is. When only an earlier day is held, the task succeeds
with a warning in its log, and dbt starts for the day that was published.
"""

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, Param

from include import days, policy, settings
from include.events import WaitForEvents
from include.spark import SubmitJob

known = settings.read()

with DAG(
    dag_id="load_raw_data",
    doc_md=__doc__,
    description="A day of events from S3 into ClickHouse, published as one.",
    schedule=days.timetable(),
    catchup=False,
    max_active_runs=1,
    default_args=policy.default_args(),
    tags=[*policy.TAGS, "spark"],
    params={
        "date": Param(None, type=["null", "string"], format="date", description="the day to load"),
        "force": Param(False, type="boolean", description="also when unchanged, held or not over"),
    },
    user_defined_macros={"event_date": days.event_date, "first_date": days.first_date},
) as dag:
    wait_for_events = WaitForEvents(
        task_id="wait_for_events",
        doc_md="Waits for the completion marker, or for any object that the job would read.",
        event_date="{{ event_date() }}",
        **policy.waiting(known.wait_seconds),
    )

    load_day = SubmitJob(
        task_id="load_day",
        command=["load", "--since={{ first_date() }}", "--date={{ event_date() }}"],
    )

    trigger_dbt = TriggerDagRunOperator(
        task_id="trigger_dbt",
        doc_md="One run of dbt for every try: a second one costs minutes, a missing one a day.",
        trigger_dag_id="run_dbt_analytics",
        trigger_run_id="load_{{ event_date() }}__{{ run_id }}__{{ ti.try_number }}",
        logical_date=None,
        conf={"from": "{{ first_date() }}", "to": "{{ event_date() }}"},
    )

    wait_for_events >> load_day >> trigger_dbt
