"""Airflow's configuration for tests that need no running Airflow."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

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
}
sys.path.insert(0, str(BUNDLE))
