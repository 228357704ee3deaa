"""How the job's exit codes end a task, with a spark-submit that ends as it is told."""

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from include.spark import SubmitJob


@pytest.mark.parametrize(("code", "is_final"), [(3, True), (1, False), (30, False)])
def test_exitCode_heldDay_isNotRetried(monkeypatch, tmp_path, code, is_final):
    binary = tmp_path / "spark-submit"
    binary.write_text(f"#!/bin/sh\nexit {code}\n", encoding="utf-8")
    binary.chmod(0o755)
    monkeypatch.setenv("AIRFLOW__EDTECH__SPARK_BINARY", str(binary))
    monkeypatch.setenv("AIRFLOW_CONN_EDTECH_SPARK", "spark://local")
    monkeypatch.setenv("AIRFLOW_CONN_EDTECH_CLICKHOUSE_LOADER", "http://loader:x@127.0.0.1:1/http")
    monkeypatch.setenv("AIRFLOW_CONN_EDTECH_AWS", "aws://")
    task = SubmitJob(task_id="load_day", command=["load"])

    with pytest.raises(AirflowException, match=f"Error code is: {code}") as failed:
        task.execute({"params": {}})

    assert isinstance(failed.value, AirflowFailException) == is_final
