"""spark-submit of a command of the job."""

import os
from pathlib import Path

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from include import access, process, settings

MAIN = "edtech.analytics.cli.Main"

HELD = "Error code is: 3."
"""How the operator reports the job's exit code for held days. A retry would end the same way."""


class SubmitJob(SparkSubmitOperator):
    """Runs a command of the job where the connection ``edtech_spark`` says.

    A retry may start a second driver while the first still runs. Then both finish, and readers see
    the load that started last (docs/publication.md).

    The run's parameter ``force`` becomes ``--force``.

    :param command: the command with its options, without settings. (templated)
    """

    def __init__(self, *, command: list[str], **kwargs) -> None:
        known = settings.read()
        config = ["--config", known.job_config] if known.job_config else []
        super().__init__(
            conn_id=access.SPARK,
            application=known.job_jar,
            java_class=MAIN,
            name="edtech-analytics",
            application_args=[
                *command,
                *config,
                *_set("events-uri", known.events_uri),
                *_set("day.timezone", known.day_timezone),
                *_set("lateness-days", known.lateness_days),
                *(_set("source.preset", known.source_preset) if known.source_preset else []),
                *_set("clickhouse.password", known.clickhouse_password),
            ],
            conf={
                # YARN would start a failed driver again by itself; retries are Airflow's.
                "spark.yarn.maxAppAttempts": "1",
                # A driver on a cluster does not see the worker's variables.
                "spark.yarn.appMasterEnv.LC_ALL": process.UTF8,
                "spark.kubernetes.driverEnv.LC_ALL": process.UTF8,
            },
            spark_binary=known.spark_binary,
            properties_file=known.spark_properties or None,
            # Durable would look for the driver of the try before, but a load is never resumed.
            durable=False,
            **kwargs,
        )

    def execute(self, context) -> None:
        loader = access.clickhouse(access.LOADER)
        self.application_args = [
            *self.application_args,
            *_set("clickhouse.url", ",".join(access.clickhouse_urls(loader))),
            *_set("clickhouse.user", loader.login),
            *_set("s3.endpoint", access.s3_endpoint()),
            *(["--force"] if context["params"].get("force") else []),
        ]
        # spark-submit inherits them. env_vars would become --conf on YARN and Kubernetes, which
        # everybody can read in the list of processes.
        os.environ.update(access.aws_environment())
        _use_archive(settings.read().class_archive)
        if loader.password:
            os.environ["CLICKHOUSE_PASSWORD"] = loader.password
        try:
            super().execute(context)
        except AirflowException as failed:
            if HELD in str(failed):
                raise AirflowFailException(
                    "a day is held until somebody has looked at it: the lines above say which day "
                    f"and what to do; {failed}"
                ) from failed
            raise


def _use_archive(file: str) -> None:
    """Names the class archive to the JVM of spark-submit.

    Not as ``spark.driver.extraJavaOptions``, which would replace those of the properties file.
    """
    if file and Path(file).is_file():
        options = os.environ.get("SPARK_SUBMIT_OPTS", "")
        # Another archive than this JVM's, or this jar's, is not worth a word.
        archive = f'-XX:SharedArchiveFile="{file}" -Xlog:cds*=off'
        os.environ["SPARK_SUBMIT_OPTS"] = f"{options} {archive}".strip()


def _set(key: str, value: object) -> list[str]:
    return ["--set", f"{key}={value}"]
