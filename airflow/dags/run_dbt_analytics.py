"""
### Builds, tests and publishes the history marts

Started by `load_raw_data` and `backfill_raw_data` after every load that succeeded, one run at a
time; further ones wait in the queue, none is dropped. Each run recomputes the whole history.

All of it is one `dbt build`: models are built and tested in a working schema, and exchanged into
`marts` only when every one of them has passed. That decision belongs to one invocation of dbt, so
it is one task, not one a model.

**When it fails**: readers see the marts of the run before. The failed test and some of its rows
stand in the task's log; mend, then clear the task.
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
