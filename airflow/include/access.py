"""Addresses, users and passwords, from Airflow's connections, looked up when a task runs.

No secret is an attribute of an operator, since Airflow would render, store and show it. It goes
from the connection into the environment of the process that needs it, and nowhere else.
"""

import urllib.request

from airflow.sdk import BaseHook, Connection
from airflow.sdk.exceptions import AirflowNotFoundException

AWS = "edtech_aws"
SPARK = "edtech_spark"
LOADER = "edtech_clickhouse_loader"
DBT = "edtech_clickhouse_dbt"


def clickhouse_urls(connection: Connection) -> list[str]:
    """``http://host:port``; the scheme is the connection's ``schema``, http unless it is set.

    Several where the connection's host names several replicas, with commas between them.
    """
    scheme = connection.schema or "http"
    port = connection.port or (8443 if scheme == "https" else 8123)
    return [f"{scheme}://{host.strip()}:{port}" for host in connection.host.split(",")]


def first_that_answers(urls: list[str]) -> str:
    """For what talks to one server; the only one is not asked, and without any it is the first."""
    if len(urls) > 1:
        for url in urls:
            try:
                with urllib.request.urlopen(f"{url}/ping", timeout=10):
                    return url
            except OSError:
                continue
    return urls[0]


def clickhouse(connection_id: str) -> Connection:
    """A user of ClickHouse."""
    return BaseHook.get_connection(connection_id)


def aws() -> Connection | None:
    """The connection of S3 and EMR; None = the machine's own credentials, as an instance role."""
    try:
        return BaseHook.get_connection(AWS)
    except AirflowNotFoundException:
        return None


def aws_environment() -> dict[str, str]:
    """Variables that give a process the keys of the AWS connection; empty without one."""
    connection = aws()
    if connection is None:
        return {}
    pairs = {
        "AWS_ACCESS_KEY_ID": connection.login,
        "AWS_SECRET_ACCESS_KEY": connection.password,
        "AWS_SESSION_TOKEN": connection.extra_dejson.get("aws_session_token"),
        "AWS_REGION": connection.extra_dejson.get("region_name"),
    }
    return {name: value for name, value in pairs.items() if value}


def s3_endpoint() -> str:
    """Address of an S3 that is not Amazon's; '' for Amazon's."""
    connection = aws()
    extra = connection.extra_dejson if connection else {}
    service = extra.get("service_config", {}).get("s3", {})
    return service.get("endpoint_url") or extra.get("endpoint_url") or ""
