"""``python -m dev.stack.dashboards up|export [--state DIR]``; ``up`` needs services running."""

import argparse
import sys
from pathlib import Path

from deploy import DeployError, commands
from dev.stack.dashboards.server import USER, Superset
from dev.stack.services import ServiceError
from dev.stack.services.state import State


def main() -> int:
    """Runs one command; 0 when it did what it says, else 1 with the reason as the last line."""
    parser = argparse.ArgumentParser(prog="dev.stack.dashboards", description="A local Superset.")
    parser.add_argument("command", choices=["up", "export"])
    parser.add_argument("--state", type=Path, default=Path(".local"))
    parsed = parser.parse_args()
    state = State(parsed.state)
    superset = Superset(state)
    try:
        with state.locked():
            return _up(superset) if parsed.command == "up" else _export(superset)
    except (ServiceError, DeployError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _up(superset: Superset) -> int:
    superset.start()
    client = superset.client()
    commands.import_into(client)
    for dashboard in client.get("dashboard/?q=(order_column:dashboard_title)")["result"]:
        print(f"{dashboard['dashboard_title']:12} {superset.address()}{dashboard['url']}")
    print(f"login:       {USER} {superset.login()}")
    print("'make down' stops it")
    return 0


def _export(superset: Superset) -> int:
    if superset.service.pid() is None:
        raise ServiceError("superset does not run; 'make dashboards' starts it")
    commands.export_from(superset.client())
    return 0


if __name__ == "__main__":
    sys.exit(main())
