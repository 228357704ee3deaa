"""
### Loads a range of days

Trigger it with `{"from": "2026-03-01", "to": "2026-03-31"}`. Each day is published as soon as it is
loaded. Days that have not changed are skipped. A day that fails does not stop the others, but fails
the run; run it again, and only that day is loaded.

On EMR (`"on": "emr"`) it adds the step of `conf/emr/step.json` to the running cluster and waits for
it. A retry finds that step and adds none, and so does a second run for the same range while the
step runs. With `"on": "spark-submit"` the range runs where `load_raw_data` runs.

Then it starts `run_dbt_analytics`.
"""

from datetime import timedelta

from airflow.providers.amazon.aws.sensors.emr import EmrStepSensor
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, Param, task

from include import days, policy, settings
from include.emr import AddBackfillStep
from include.spark import SubmitJob

known = settings.read()

with DAG(
    dag_id="backfill_raw_data",
    doc_md=__doc__,
    description="A range of days, each published as it completes, on EMR or with spark-submit.",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    default_args=policy.default_args(),
    tags=[*policy.TAGS, "spark", "emr"],
    params={
        "from": Param(None, type=["null", "string"], format="date", description="first day"),
        "to": Param(None, type=["null", "string"], format="date", description="last day"),
        "on": Param(known.backfill_on, enum=["emr", "spark-submit"]),
        "cluster": Param(known.emr_cluster, type="string", description="name of the EMR cluster"),
        "force": Param(False, type="boolean", description="also days unchanged, held or not over"),
    },
    user_defined_macros={"range_from": days.range_from, "range_to": days.range_to},
) as dag:

    @task.branch
    def choose_place(params: dict) -> str:
        return "add_step" if params["on"] == "emr" else "load_range"

    add_step = AddBackfillStep(
        task_id="add_step",
        first="{{ range_from() }}",
        last="{{ range_to() }}",
        cluster="{{ params.cluster }}",
    )

    wait_for_step = EmrStepSensor(
        task_id="wait_for_step",
        job_flow_id="{{ ti.xcom_pull('add_step', key='cluster_id') }}",
        step_id="{{ ti.xcom_pull('add_step') }}",
        **policy.waiting(known.backfill_seconds),
    )

    load_range = SubmitJob(
        task_id="load_range",
        command=["backfill", "--from={{ range_from() }}", "--to={{ range_to() }}"],
        execution_timeout=timedelta(seconds=known.backfill_seconds),
    )

    trigger_dbt = TriggerDagRunOperator(
        task_id="trigger_dbt",
        trigger_dag_id="run_dbt_analytics",
        trigger_run_id="backfill__{{ run_id }}__{{ ti.try_number }}",
        logical_date=None,
        conf={"from": "{{ range_from() }}", "to": "{{ range_to() }}"},
        trigger_rule="none_failed_min_one_success",
    )

    place = choose_place()
    place >> add_step >> wait_for_step >> trigger_dbt
    place >> load_range >> trigger_dbt
