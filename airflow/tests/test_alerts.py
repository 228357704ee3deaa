"""Where a failure is told: over the wire, to servers that take what they are given."""

import email
import http.server
import json
import socketserver
import threading
from types import SimpleNamespace

import pytest

from include import alerts, policy

CONTEXT = {
    "ti": SimpleNamespace(
        dag_id="load_raw_data",
        task_id="load_day",
        run_id="manual__1",
        try_number=3,
        log_url="http://airflow.example/log",
    ),
    "exception": RuntimeError("error: 2026-03-01 was not loaded: 3 < 4"),
}


@pytest.fixture
def mails():
    """What an SMTP server has been given; its port is that of the connection."""
    taken: list[str] = []

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 ready")
            for line in self.rfile:
                verb = line[:4].upper()
                if verb == b"DATA":
                    self._say("354 go on")
                    taken.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                self._say("221 bye" if verb == b"QUIT" else "250 yes")

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(
                "AIRFLOW_CONN_EDTECH_MAIL",
                f'{{"conn_type": "smtp", "host": "127.0.0.1", "port": {port}, "extra": '
                '{"from_email": "airflow@x.example", "disable_tls": true, "disable_ssl": true}}',
            )
            yield taken
        server.shutdown()


@pytest.fixture
def posts():
    """What an incoming web hook has been given; its address is that of the connection."""
    taken: list[dict] = []

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://localhost:{server.server_address[1]}/hook"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(
                "AIRFLOW_CONN_EDTECH_CHAT",
                json.dumps({"conn_type": "http", "password": address}),
            )
            yield taken
        server.shutdown()


def test_failure_isPostedToAHookOnThisMachineWithoutAProxy(posts, monkeypatch):
    monkeypatch.setenv("AIRFLOW__EDTECH__ON_FAILURE", "include.alerts.post_to_chat")

    alerts.on_failure(CONTEXT)

    assert posts == [{"text": alerts.message(CONTEXT)}]


def test_failure_isMailedToAllOfThem(mails, monkeypatch):
    monkeypatch.setenv("AIRFLOW__EDTECH__ON_FAILURE", "include.alerts.send_mail")
    monkeypatch.setenv("AIRFLOW__EDTECH__MAIL_TO", "a@x.example, b@x.example")

    alerts.on_failure(CONTEXT)

    (mail,) = map(email.message_from_string, mails)
    assert (mail["From"], mail["To"]) == ("airflow@x.example", "a@x.example, b@x.example")
    assert mail["Subject"] == "load_raw_data.load_day failed"
    (body,) = mail.get_payload()
    assert body.get_payload(decode=True).decode() == (
        "load_raw_data.load_day failed (run manual__1, try 3): "
        "error: 2026-03-01 was not loaded: 3 &lt; 4 | http://airflow.example/log"
    )


@pytest.mark.parametrize("name", ["include.alerts.post_to_chart", "no_such.module.f", "f"])
def test_functionThatIsNone_isAProblemOfTheDags(monkeypatch, name):
    monkeypatch.setenv("AIRFLOW__EDTECH__ON_FAILURE", name)

    with pytest.raises(ValueError, match=f"on_failure = '{name}': name a function, such as"):
        policy.default_args()


def test_mailToNobody_isAProblemOfTheDags(monkeypatch):
    monkeypatch.setenv("AIRFLOW__EDTECH__ON_FAILURE", "include.alerts.send_mail")

    with pytest.raises(ValueError, match="mail_to = '': name who gets the mail"):
        policy.default_args()
