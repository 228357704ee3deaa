"""Airflow's configuration for tests that need no running Airflow."""

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import boto3
import pytest

BUNDLE = Path(__file__).resolve().parents[1]
CONNECTION = '{"conn_type": "http", "schema": "https", "host": "ch.example", "login": "loader"}'

HOME = tempfile.mkdtemp(prefix="edtech-airflow-test-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)

# `make test` runs these with the environment of its services: the DAGs must do without its logins.
for name in [name for name in os.environ if name.startswith("CLICKHOUSE_")]:
    del os.environ[name]

# Before anything imports Airflow, which reads them when it is imported.
os.environ |= {
    "AIRFLOW_HOME": HOME,
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__DAGS_FOLDER": str(BUNDLE),
    "AIRFLOW__EDTECH__EVENTS_URI": "s3a://my-bucket/events/",
    "AIRFLOW_CONN_EDTECH_CLICKHOUSE_LOADER": CONNECTION,
    # Nothing listens there: a client that asked a proxy for this machine would fail.
    "http_proxy": "http://127.0.0.1:9",
}
sys.path.insert(0, str(BUNDLE))


@pytest.fixture(scope="session")
def aws():
    """Makes clients of moto's AWS, which is a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("aws_server.py"), str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        while server.stdout.readline() not in ("ready\n", ""):
            pass
        yield lambda service: boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
    finally:
        server.communicate("")


@pytest.fixture
def aws_connection(aws, monkeypatch):
    """Airflow's connection to that AWS."""
    connection = {
        "conn_type": "aws",
        "login": "test",
        "password": "test",
        "extra": {"region_name": "us-east-1", "endpoint_url": aws("s3").meta.endpoint_url},
    }
    monkeypatch.setenv("AIRFLOW_CONN_EDTECH_AWS", json.dumps(connection))
