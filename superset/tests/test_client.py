"""What the client of Superset's REST interface refuses, and what it sends where."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploy import DeployError, assets
from deploy.client import Client


class _Answers(BaseHTTPRequestHandler):
    """Logs anybody in, and keeps what was sent."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.sent[self.path] = (self.headers, body)
        status, text = self.server.answers.get(self.path, (200, b"{}"))
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        server.sent = {}
        server.answers = {
            "/api/v1/security/login": (200, b'{"access_token": "token"}'),
            "/api/v1/security/csrf_token/": (200, b'{"result": "csrf"}'),
        }
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def client(server: ThreadingHTTPServer) -> Client:
    return Client(f"http://127.0.0.1:{server.server_port}", "user", "secret")


def test_address_without_https_on_another_host_is_refused() -> None:
    with pytest.raises(DeployError, match="over http:// to this machine only; write https://"):
        Client("http://superset.example", "user", "secret")
    Client("https://superset.example", "user", "secret")
    Client("http://localhost:8088", "user", "secret")


def test_address_that_is_none_is_refused() -> None:
    with pytest.raises(DeployError, match="'superset' is no address"):
        Client("superset", "user", "secret")


def test_address_that_holds_a_login_is_refused_and_not_shown() -> None:
    with pytest.raises(DeployError, match="must not hold a user or a password") as refused:
        Client("https://user:canary@superset.example", "user", "secret")
    assert "canary" not in str(refused.value)
    with pytest.raises(DeployError, match="CLICKHOUSE_URL must not hold") as refused:
        assets.uri("https://user:canary@clickhouse.example", "reader")
    assert "canary" not in str(refused.value)


def test_import_sends_the_bundle_and_its_passwords_under_the_token(
    client: Client, server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Nothing listens there: what goes to a proxy fails.
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    client.import_assets(b"PK-bundle", {"databases/x.yaml": "pass-word"})
    headers, body = server.sent["/api/v1/assets/import/"]
    assert headers["Authorization"] == "Bearer token"
    assert headers["X-CSRFToken"] == "csrf"
    assert headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert b'name="bundle"; filename="bundle.zip"' in body
    assert b"PK-bundle" in body
    assert b'{"databases/x.yaml": "pass-word"}' in body


def test_refusal_of_superset_is_told_with_its_text(
    client: Client, server: ThreadingHTTPServer
) -> None:
    server.answers["/api/v1/security/login"] = (401, b'{"message": "Not authorized"}')
    with pytest.raises(DeployError, match=r'POST /api/v1/security/login: 401 .*"Not authorized"'):
        client.export_assets()


def test_answer_that_is_no_json_is_told(client: Client, server: ThreadingHTTPServer) -> None:
    server.answers["/api/v1/security/login"] = (200, b"<html>")
    with pytest.raises(DeployError, match=r"the answer is no JSON; is http://127\.0\.0\.1:\d+ a"):
        client.get("chart/")
