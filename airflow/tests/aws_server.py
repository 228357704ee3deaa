"""``python aws_server.py PORT``: moto's AWS, whose EMR steps end by themselves after a while.

Runs until its input ends. Moto knows no passage of time: a step that it has added stays RUNNING.
"""

import sys
import threading
import time

from moto.emr.models import emr_backends
from moto.server import ThreadedMotoServer

SECONDS = {"1998": 6.0}
"""How long a step takes that loads a year; others take a second."""
FAILING = "1999"


def end_steps() -> None:
    """Ends steps whose time is over: COMPLETED, or FAILED for the failing year."""
    seen: dict[str, float] = {}
    while True:
        for account in list(emr_backends.values()):
            for backend in list(account.values()):
                for cluster in list(backend.clusters.values()):
                    for step in cluster.steps:
                        _end(step, time.monotonic() - seen.setdefault(step.id, time.monotonic()))
        time.sleep(0.1)


def _end(step, age: float) -> None:
    year = step.args[step.args.index("--from") + 1][:4]
    if step.state in ("PENDING", "RUNNING") and age > SECONDS.get(year, 1.0):
        step.state = "FAILED" if year == FAILING else "COMPLETED"


if __name__ == "__main__":
    threading.Thread(target=end_steps, daemon=True).start()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=int(sys.argv[1]), verbose=False)
    server.start()
    print("ready", flush=True)
    sys.stdin.read()
