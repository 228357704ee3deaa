"""``python -m dev.stack.nightly up|run [--state DIR] [--date D]``; needs the services' settings."""

import argparse
import sys
import time
from datetime import date
from pathlib import Path

from dev.stack.nightly.day import run_day
from dev.stack.nightly.server import USER, Airflow
from dev.stack.services import ServiceError
from dev.stack.services.state import State


def main() -> int:
    """Runs one command; 0 when it did what it says, else 1 with the reason as the last line."""
    parser = argparse.ArgumentParser(prog="dev.stack.nightly", description="A local Airflow.")
    parser.add_argument("command", choices=["up", "run"])
    parser.add_argument("--state", type=Path, default=Path(".local"))
    parser.add_argument("--date", type=date.fromisoformat, help="the day to run")
    parsed = parser.parse_args()
    if parsed.command == "run" and parsed.date is None:
        parser.error("run needs --date, such as 2026-03-01")
    state = State(parsed.state)
    try:
        with state.locked():
            return _up(state) if parsed.command == "up" else _run(state, str(parsed.date))
    except ServiceError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _up(state: State) -> int:
    airflow = Airflow(state)
    airflow.start()
    client = airflow.client()
    print(f"airflow: answers at {client.address}")
    print(f"login:   {USER} {airflow.login()}")
    print(f"logs:    {airflow.home / 'logs'}")
    print("'make down' stops it")
    return 0


def _run(state: State, day: str) -> int:
    airflow = Airflow(state)
    began = time.monotonic()
    ran = airflow.runs()
    try:
        airflow.start()
        print(f"airflow: ready after {time.monotonic() - began:.0f} s", flush=True)
        return 0 if run_day(airflow.client(), day) else 1
    finally:
        print(f"logs: {airflow.home / 'logs'}; {time.monotonic() - began:.0f} s in all")
        if not ran:
            airflow.stop()


if __name__ == "__main__":
    sys.exit(main())
