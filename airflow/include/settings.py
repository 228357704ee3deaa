"""Section ``[edtech]`` of Airflow's configuration: airflow.cfg, or ``AIRFLOW__EDTECH__<KEY>``.

Read while a DAG is parsed, so nothing here asks a database. Secrets are in connections
(``access``), not here.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from airflow.sdk.configuration import conf

SECTION = "edtech"
PROJECT = Path(__file__).resolve().parents[2]
"""Where the bundle lies within a checkout of the project."""


def _newest_jar() -> str:
    """The checkout's job jar, whatever its version; where none is built, where one should be."""
    jars = [*PROJECT.glob("target/edtech-analytics-*-job.jar")]
    return str(
        max(jars, key=lambda jar: jar.stat().st_mtime, default=PROJECT / "target" / "*-job.jar")
    )


@dataclass(frozen=True)
class Settings:
    """Every key with its default. A test checks their table in docs/nightly.md."""

    events_uri: str = ""
    """Folder of all events, as ``s3://bucket/path``."""
    completion_marker: str = ""
    """Object that says that a day is complete, such as ``_SUCCESS``; '' = any object of it does."""
    schedule: str | None = None
    """When a day is loaded, in ``day_timezone``; '' = by hand only, None = ``days`` chooses."""
    day_timezone: str = "UTC"
    """The job's ``day.timezone``, passed on to it."""
    lateness_days: int = 0
    """The job's ``lateness-days``, passed on to it: how many earlier days are loaded again."""
    first_day: str = ""
    """No day before it is loaded again; '' = no such limit."""
    poll_seconds: int = 300
    """Pause between two looks at S3 or EMR."""
    wait_seconds: int = 12 * 3600
    """How long a day's events are waited for, all tries together."""
    load_seconds: int = 6 * 3600
    """How long one try of a load, and of dbt, may take."""
    backfill_seconds: int = 48 * 3600
    """How long a range may take."""
    retries: int = 2
    retry_seconds: int = 300
    """Pause before the first retry; it doubles with each."""
    owner: str = "analytics"
    on_failure: str = "include.alerts.log_failure"
    """Function called with Airflow's context when a task has failed."""
    mail_to: str = ""
    """Addresses for ``include.alerts.send_mail``, separated by commas."""
    job_jar: str = _newest_jar()
    class_archive: str = str(PROJECT / "target" / "edtech-analytics.jsa")
    """File with the classes of a load, for faster starts of a driver on this machine; '' = none. Of
    no use, and of no harm, with another jar, Java or class path than it was made with."""
    job_config: str = ""
    """The job's ``--config`` file, where the driver runs; '' = none."""
    source_preset: str = ""
    """The job's ``source.preset``, passed on to it; '' = that of ``job_config``, if any."""
    source_config: str = ""
    """File in which Airflow reads ``source.layout`` instead of ``job_config``, where it cannot read
    that; '' = ``job_config``."""
    clickhouse_password: str = "env:CLICKHOUSE_PASSWORD"
    """The job's ``clickhouse.password``: where the password is. The loader's connection fills the
    variable of the default, which a driver on a cluster does not see."""
    spark_binary: str = "spark-submit"
    spark_properties: str = str(PROJECT / "conf" / "spark-defaults.conf")
    """Spark's properties file; it names the jars of S3A where Spark does not have them."""
    dbt_binary: str = str(PROJECT / ".venv-dbt" / "bin" / "dbt")
    dbt_project: str = str(PROJECT / "dbt")
    emr_cluster: str = "edtech-analytics"
    """Name of the running cluster that takes the steps."""
    emr_step: str = str(PROJECT / "conf" / "emr" / "step.json")
    backfill_on: str = "emr"
    """Where backfills run unless they say otherwise: ``emr`` or ``spark-submit``."""

    @property
    def events_prefix(self) -> str:
        """``events_uri`` for boto, which knows no ``s3a``; ends with a slash."""
        return self.events_uri.replace("s3a://", "s3://", 1).rstrip("/") + "/"


def read() -> Settings:
    """The settings. Raises ValueError with all problems when there are any."""
    problems: list[str] = []
    values = {f.name: _value(f.name, f.type, problems) for f in fields(Settings)}
    settings = Settings(**{name: value for name, value in values.items() if value is not None})
    if not settings.events_uri.startswith(("s3://", "s3a://")):
        problems.append(
            f"events_uri = {settings.events_uri!r}: name the folder of the dt= folders, "
            "as s3://bucket/path"
        )
    presets = sorted(file.stem for file in PROJECT.glob("conf/sources/*.conf"))
    if settings.source_preset and settings.source_preset not in presets:
        problems.append(
            f"source_preset = {settings.source_preset!r}: must be one of {', '.join(presets)}"
        )
    if settings.backfill_on not in ("emr", "spark-submit"):
        problems.append(f"backfill_on = {settings.backfill_on!r}: must be emr or spark-submit")
    if settings.on_failure == "include.alerts.send_mail" and not settings.mail_to:
        problems.append("mail_to = '': name who gets the mail of on_failure")
    try:
        ZoneInfo(settings.day_timezone)
    except (ZoneInfoNotFoundError, ValueError):
        problems.append(
            f"day_timezone = {settings.day_timezone!r}: must be an IANA zone such as Europe/Berlin"
        )
    if problems:
        raise ValueError(f"Airflow's configuration, section [{SECTION}]: {'; '.join(problems)}")
    return settings


def _value(name: str, kind: type, problems: list[str]) -> object:
    """The configured value; None when there is none."""
    text = conf.get(SECTION, name, fallback=None)
    if text is None or kind is not int:
        return text
    try:
        number = int(text)
    except ValueError:
        number = -1
    if number < 0:
        problems.append(f"{name} = {text!r}: must be a whole number of at least 0")
    return number
