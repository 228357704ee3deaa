"""No proxy is asked for addresses of this machine: it would see their passwords.

The DAGs: airflow/tests.
"""

import os
import socketserver
import subprocess
import threading

import pytest

from dev.stack.services.state import ROOT, free_port


@pytest.fixture
def proxy():
    """A proxy that answers nothing, with the first lines of what it was asked for."""
    asked: list[bytes] = []

    class Request(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked.append(self.rfile.readline())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Request) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        server.asked = asked
        yield server
        server.shutdown()


def make(target: str, proxy, url: str, password: str) -> subprocess.CompletedProcess[str]:
    """A target with the proxy in its environment, for a server that does not answer."""
    address = f"http://127.0.0.1:{proxy.server_address[1]}"
    kept = {k: v for k, v in os.environ.items() if k.lower() != "no_proxy"}
    kept |= {"http_proxy": address, "HTTP_PROXY": address, "CLICKHOUSE_URL": url}
    done = subprocess.run(
        ["make", "--no-print-directory", target],
        cwd=ROOT,
        env=kept | {"CLICKHOUSE_USER": "dbt", "CLICKHOUSE_PASSWORD": password, "Q": "SELECT 1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    return done


@pytest.mark.parametrize("target", ["dbt", "sql"])
def test_make_proxyInTheEnvironment_isNotAskedForThisMachine(target, proxy):
    url = f"http://127.0.0.1:{free_port(set())}"

    done = make(target, proxy, url, "secret")

    # Nobody listens there: it was asked for, and in vain.
    assert url.partition("//")[2] in done.stdout + done.stderr or "refused" in done.stdout
    assert proxy.asked == []


def test_make_proxyInTheEnvironment_isAskedByDbtForAnotherMachine(proxy):
    """Without which the test above would show nothing of dbt; `make sql` asks no proxy at all."""
    make("dbt", proxy, "https://clickhouse.example:8443", "secret")

    assert any(line.startswith(b"CONNECT clickhouse.example:8443 ") for line in proxy.asked)
