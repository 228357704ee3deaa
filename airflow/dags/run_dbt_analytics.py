"""
### Builds, tests and publishes the history marts

`load_raw_data` and `backfill_raw_data` start it after every load that succeeded. One run goes on at
a time; the others wait in the queue, and none is dropped. Each run recomputes the whole history.

It is one `dbt build`: the models are built and tested in a working schema, and published
in `marts` only when all tests have passed. One invocation of dbt decides that, so there is one
task, not one for each model.

**When it fails**: readers see the marts of the run before. The task's log shows the failed test and
some of its rows. Fix the cause, then clear the task.
"""

from airflow.sdk import DAG

from include import policy
from include.dbt import RunDbt

with DAG(
    dag_id="run_dbt_analytics",
    doc_md=__doc__,
    description="The history marts, published when all their tests have passed.",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    default_args=policy.default_args(),
    tags=[*policy.TAGS, "dbt"],
    params={"from": None, "to": None},
) as dag:
    check_connection = RunDbt(task_id="check_connection", command=["debug", "--connection"])

    build_and_publish = RunDbt(
        task_id="build_and_publish", command=["build"], must_say="published: "
    )

    check_connection >> build_and_publish
