"""Several replicas in one connection of Airflow."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from airflow.sdk import Connection

from include import access

NOBODY = "http://127.0.0.1:1"


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def answering():
    server = HTTPServer(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_clickhouseUrls_hostWithCommas_areOneUrlEach():
    replicas = Connection(
        conn_id="c", conn_type="generic", host="a.example, b.example", schema="https"
    )

    assert access.clickhouse_urls(replicas) == ["https://a.example:8443", "https://b.example:8443"]


def test_firstThatAnswers_passesOverOneThatDoesNot(answering):
    assert access.first_that_answers([NOBODY, answering]) == answering


def test_firstThatAnswers_ofNone_isTheFirst_whoseErrorIsShown():
    assert access.first_that_answers([NOBODY, "http://127.0.0.1:2"]) == NOBODY
