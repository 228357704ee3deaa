"""A backfill as a step of a running EMR cluster."""

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from airflow.providers.amazon.aws.hooks.emr import EmrHook
from airflow.providers.amazon.aws.operators.base_aws import AwsBaseOperator
from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from include import access, settings, source

TAKES_STEPS = ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"]
LIVE = ["PENDING", "RUNNING", "CANCEL_PENDING"]
DONE = ["COMPLETED"]


class AddBackfillStep(AwsBaseOperator[EmrHook]):
    """Adds the step of ``conf/emr/step.json`` for a range of days, unless the cluster has it.

    The cluster has it when a step of that name is waiting or running, or has completed since this
    run was triggered. So no second step comes of a retry after a lost answer, of the task cleared
    in a run that has ended, or of another run for the same range while the step is live.

    Returns the step's id, and the cluster's as ``cluster_id``.

    :param first: first day. (templated)
    :param last: last day. (templated)
    :param cluster: name of the cluster; its id is looked up. (templated)
    """

    aws_hook_class = EmrHook
    template_fields: Sequence[str] = aws_template_fields("first", "last", "cluster")

    def __init__(self, *, first: str, last: str, cluster: str, **kwargs) -> None:
        super().__init__(aws_conn_id=access.AWS, **kwargs)
        self.first = first
        self.last = last
        self.cluster = cluster

    def execute(self, context) -> str:
        known = settings.read()
        step = backfill_step(Path(known.emr_step), self.first, self.last)
        _require_same_days(step, known)
        if context["params"].get("force"):
            step = forced(step)
        cluster_id = self._cluster_id()
        context["ti"].xcom_push(key="cluster_id", value=cluster_id)
        # Not start_date, which changes when a task of a run that has ended is cleared.
        for found in self._steps(cluster_id, step["Name"], context["dag_run"].run_after):
            self.log.info("the cluster %s has this step already: %s", cluster_id, found)
            return found
        answer = self.hook.conn.add_job_flow_steps(JobFlowId=cluster_id, Steps=[step])
        return answer["StepIds"][0]

    def _cluster_id(self) -> str:
        pages = self.hook.conn.get_paginator("list_clusters").paginate(ClusterStates=TAKES_STEPS)
        ids = [c["Id"] for page in pages for c in page["Clusters"] if c["Name"] == self.cluster]
        if len(ids) != 1:
            raise AirflowException(
                f"{len(ids)} clusters that take steps are named {self.cluster!r}, one is needed: "
                "create it as conf/emr/README.md says, or name another in the parameter cluster"
            )
        return ids[0]

    def _steps(self, cluster_id: str, name: str, since) -> Iterator[str]:
        pages = self.hook.conn.get_paginator("list_steps").paginate(
            ClusterId=cluster_id, StepStates=LIVE + DONE
        )
        for page in pages:
            for step in page["Steps"]:
                status = step["Status"]
                if step["Name"] == name and (
                    status["State"] in LIVE or status["Timeline"]["CreationDateTime"] >= since
                ):
                    yield step["Id"]


def backfill_step(path: Path, first: str, last: str) -> dict:
    """The step of a file for other days, in the form of EMR's API.

    The file has another form, that of ``aws emr add-steps --steps file://…``.
    """
    (step,) = json.loads(path.read_text(encoding="utf-8"))
    arguments = list(step["Args"])
    for option, value in (("--from", first), ("--to", last)):
        arguments[arguments.index(option) + 1] = value
    return {
        "Name": f"edtech-analytics backfill {first} {last}",
        "ActionOnFailure": step["ActionOnFailure"],
        "HadoopJarStep": {"Jar": step["Jar"], "Args": arguments},
    }


def _require_same_days(step: dict, known: settings.Settings) -> None:
    """With other settings the step would make other days of the same events."""
    arguments = step["HadoopJarStep"]["Args"]
    written = dict(
        setting.split("=", 1) for option, setting in pairwise(arguments) if option == "--set"
    )
    is_elsewhere = "--config" in arguments
    wanted_source = source.written()
    wanted_values = [
        ("day.timezone", "UTC", known.day_timezone),
        ("lateness-days", "0", str(known.lateness_days)),
    ]
    if known.source_preset or wanted_source.is_whole:
        wanted_values.append(("source.preset", "", wanted_source.preset))
    for key, default, wanted in wanted_values:
        # What a --config file says is not known here.
        found = written.get(key, wanted if is_elsewhere else default)
        if found != wanted:
            raise AirflowFailException(
                f"{known.emr_step} sets {key} = {found!r}, the nightly loads {wanted!r}: "
                "the same days would come out differently; set the same in both"
            )
    needs_file = {
        "a source": wanted_source.has_own_source,
        "dimensions or metrics": wanted_source.has_measures,
    }
    for what, is_there in needs_file.items():
        if is_there and not is_elsewhere:
            raise AirflowFailException(
                f"{known.emr_step} names no settings file, and that of the nightly loads has {what}"
                ": give the step the same file with --config, as conf/emr/README.md says"
            )


def forced(step: dict) -> dict:
    """The same with ``--force``, and a name of its own."""
    jar = step["HadoopJarStep"]
    return step | {
        "Name": f"{step['Name']} --force",
        "HadoopJarStep": jar | {"Args": [*jar["Args"], "--force"]},
    }
