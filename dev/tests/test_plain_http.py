"""The password of ClickHouse goes over http to this machine only, whoever sends it.

What the job does about it: SettingsReaderTest.
"""

import os
import subprocess
from pathlib import Path

import pytest
import yaml
from jinja2 import Environment

from dev.stack.services.state import ROOT

PASSWORD = "canary-of-the-password"


@pytest.mark.parametrize("target", ["dbt", "sql"])
@pytest.mark.parametrize(
    "url", ["http://clickhouse.example:8123", "http://127.0.0.1.example:8123", "http://10.0.0.1:80"]
)
def test_make_passwordOverThePlainNetwork_isRefused(target, url):
    environment = os.environ | {
        "CLICKHOUSE_URL": url,
        "CLICKHOUSE_PASSWORD": PASSWORD,
        "Q": "SELECT 1",
    }
    done = subprocess.run(
        ["make", "--no-print-directory", target],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 2
    assert done.stderr.startswith(
        f"error: CLICKHOUSE_URL is '{url}': would send the password in clear over the network: "
        "give https://host:port\n"
    )
    assert PASSWORD not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("url", "is_encrypted"),
    [
        ("https://clickhouse.example:8443", True),
        ("http://clickhouse.example:8123", True),
        ("http://127.0.0.1.example:8123", True),
        ("http://127.0.0.1:8123", False),
        ("http://localhost:8123/", False),
    ],
)
def test_dbtProfile_urlOfAnotherHost_speaksTls(url, is_encrypted):
    profiles = yaml.safe_load(Path(ROOT, "dbt/profiles.yml").read_text())
    secure = profiles["edtech_analytics"]["outputs"]["clickhouse"]["secure"]
    environment = Environment()
    environment.filters["as_bool"] = lambda value: value

    rendered = environment.from_string(secure).render(env_var={"CLICKHOUSE_URL": url}.__getitem__)

    assert rendered == str(is_encrypted)
