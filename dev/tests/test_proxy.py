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


@pytest.mark.parametrize("target", ["dbt", "sql"])
def test_make_proxyInTheEnvironment_isNotAskedForThisMachine(target, proxy):
    address = f"http://127.0.0.1:{proxy.server_address[1]}"
    url = f"http://127.0.0.1:{free_port(set())}"
    kept = {k: v for k, v in os.environ.items() if k.lower() != "no_proxy"}
    kept |= {"http_proxy": address, "HTTP_PROXY": address, "CLICKHOUSE_URL": url}

    done = subprocess.run(
        ["make", "--no-print-directory", target],
        cwd=ROOT,
        env=kept | {"CLICKHOUSE_USER": "dbt", "CLICKHOUSE_PASSWORD": "secret", "Q": "SELECT 1"},
        capture_output=True,
        text=True,
    )

    # Nobody listens there: it was asked for, and in vain.
    assert done.returncode == 2
    assert url.partition("//")[2] in done.stdout + done.stderr or "refused" in done.stdout
    assert proxy.asked == []
