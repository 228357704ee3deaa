"""The password of ClickHouse goes over http to this machine only, whoever sends it.

The job's verdicts on the same list of addresses: AddressTest.
"""

import csv
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml
from jinja2 import Environment

from dev import check_url
from dev.stack.services.state import ROOT

PASSWORD = "canary-of-the-password"
RULES = {"form": check_url.FORM, "login": check_url.LOGIN, "clear": check_url.IN_CLEAR}


class _Pong(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def _addresses() -> list[list[str]]:
    lines = Path(ROOT, "src/test/resources/addresses.csv").read_text(encoding="utf-8").splitlines()
    return list(csv.reader(line for line in lines if not line.startswith("#")))


@pytest.mark.parametrize(("url", "verdict"), _addresses())
def test_address_withAPassword_hasTheVerdictOfTheList(url, verdict):
    if verdict == "ok":
        check_url.require("CLICKHOUSE_URL", url, password=PASSWORD)
        return
    with pytest.raises(check_url.AddressError) as refused:
        check_url.require("CLICKHOUSE_URL", url, password=PASSWORD)
    assert str(refused.value).startswith('CLICKHOUSE_URL = "')
    assert str(refused.value).endswith(f'": {RULES[verdict]}')
    assert "PW" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1, http://db.example:8123", "http://127.0.0.1:1,"]
)
def test_makeSql_severalAddresses_areEachJudged(url):
    assert _make("sql", url).stderr.startswith('error: CLICKHOUSE_URL = "')


def test_makeSql_noReplicaAnswers_isSaid():
    done = _make("sql", "http://127.0.0.1:1,http://127.0.0.1:2")

    assert done.stderr.startswith("error: none of the servers of CLICKHOUSE_URL answers (")


def test_one_ofSeveral_isTheFirstThatAnswers():
    server = HTTPServer(("127.0.0.1", 0), _Pong)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        assert check_url.first_that_answers(["http://127.0.0.1:1", url]) == url
    finally:
        server.shutdown()
        server.server_close()


def test_address_withoutAPassword_mayBeAnyHost():
    check_url.require("CLICKHOUSE_URL", "http://clickhouse.example:8123", password="")


@pytest.mark.parametrize("target", ["dbt", "sql", "dashboards", "up"])
def test_make_urlWithALogin_isRefusedInOneSentenceWithoutIt(target):
    done = _make(target, f"http://loader:{PASSWORD}@127.0.0.1:8123")

    assert done.stderr.startswith(
        'error: CLICKHOUSE_URL = "http://***@127.0.0.1:8123": must not hold a user, a password or '
        "parameters: set them by name\n"
    )
    assert PASSWORD not in done.stdout + done.stderr


@pytest.mark.parametrize("url", ["http://127.0.0.1", "http://127.0.0.1:8123/path"])
def test_makeDbt_urlWithoutAPort_isRefused(url):
    assert _make("dbt", url).stderr.startswith(
        f'error: CLICKHOUSE_URL = "{url}": must be http://host:port or https://host:port, with the '
        "port and no path\n"
    )


def _make(target: str, url: str) -> subprocess.CompletedProcess:
    done = subprocess.run(
        ["make", "--no-print-directory", target],
        cwd=ROOT,
        env=os.environ | {"CLICKHOUSE_URL": url, "CLICKHOUSE_PASSWORD": PASSWORD, "Q": "SELECT 1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    return done


@pytest.mark.parametrize(
    ("url", "verdict"),
    [row for row in _addresses() if row[1] in ("ok", "clear") and row[0].count(":") == 2],
)
def test_dbtProfile_urlOfAnotherHost_speaksTls(url, verdict):
    profiles = yaml.safe_load(Path(ROOT, "dbt/profiles.yml").read_text())
    secure = profiles["edtech_analytics"]["outputs"]["clickhouse"]["secure"]
    environment = Environment()
    environment.filters["as_bool"] = lambda value: value

    rendered = environment.from_string(secure).render(env_var={"CLICKHOUSE_URL": url}.__getitem__)

    assert rendered == "True" or verdict == "ok"
    assert rendered == "False" or not url.startswith("http://127.0.0.1:8123")
