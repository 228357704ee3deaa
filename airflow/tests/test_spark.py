"""How spark-submit is run and how its exit code ends a task, with one that does as it is told."""

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from include import process
from include.spark import SubmitJob


@pytest.fixture
def submit(monkeypatch, tmp_path):
    """Runs a task whose spark-submit is a script."""
    monkeypatch.setenv("AIRFLOW_CONN_EDTECH_SPARK", "spark://local")
    monkeypatch.setenv("AIRFLOW_CONN_EDTECH_CLICKHOUSE_LOADER", "http://loader:x@127.0.0.1:1/http")
    monkeypatch.setenv("AIRFLOW_CONN_EDTECH_AWS", "aws://")
    # A task adds to it, which must not outlive the test.
    monkeypatch.setenv("SPARK_SUBMIT_OPTS", "")

    def run(script: str) -> None:
        binary = tmp_path / "spark-submit"
        binary.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        binary.chmod(0o755)
        monkeypatch.setenv("AIRFLOW__EDTECH__SPARK_BINARY", str(binary))
        SubmitJob(task_id="load_day", command=["load"]).execute({"params": {}})

    return run


@pytest.mark.parametrize(("code", "is_final"), [(3, True), (1, False), (30, False)])
def test_exitCode_heldDay_isNotRetried(submit, code, is_final):
    with pytest.raises(AirflowException, match=f"Error code is: {code}") as failed:
        submit(f"exit {code}")

    assert isinstance(failed.value, AirflowFailException) == is_final


def test_classArchive_isNamedToTheJvm_whereItIs(submit, monkeypatch, tmp_path):
    archive, seen = tmp_path / "load.jsa", tmp_path / "seen"
    monkeypatch.setenv("AIRFLOW__EDTECH__CLASS_ARCHIVE", str(archive))
    monkeypatch.setenv("SPARK_SUBMIT_OPTS", "-Dours=1")
    say = f'echo "$SPARK_SUBMIT_OPTS" >{seen}'

    submit(say)
    assert seen.read_text() == "-Dours=1\n"

    archive.touch()
    submit(say)
    assert seen.read_text() == f'-Dours=1 -XX:SharedArchiveFile="{archive}" -Xlog:cds*=off\n'


@pytest.mark.parametrize(
    ("variables", "direct"),
    [
        ({}, "localhost,127.0.0.1,::1"),
        ({"NO_PROXY": "s3.example, localhost"}, "s3.example,localhost,127.0.0.1,::1"),
        ({"no_proxy": "a.example", "NO_PROXY": "b.example"}, "a.example,localhost,127.0.0.1,::1"),
        ({"no_proxy": "*"}, "*"),
    ],
)
def test_variables_ofTheDriver_areUtf8AndWithoutAProxyForThisMachine(
    submit, monkeypatch, tmp_path, variables, direct
):
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name)
    for name, value in {"LC_ALL": "C", **variables}.items():
        monkeypatch.setenv(name, value)
    process.prepare()

    seen = tmp_path / "seen"
    submit(f'printf "%s\\n" "$LC_ALL" "$no_proxy" "$NO_PROXY" >{seen}')

    assert seen.read_text().splitlines() == ["C.UTF-8", direct, direct]
