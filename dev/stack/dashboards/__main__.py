"""``python -m dev.stack.dashboards up|export [--state DIR]``; ``up`` needs services running."""

import argparse
import os
import sys
from pathlib import Path

from dev.stack.dashboards import assets
from dev.stack.dashboards.client import Client
from dev.stack.dashboards.server import USER, Superset
from dev.stack.services import ServiceError
from dev.stack.services.state import ROOT, State


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
    except ServiceError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _up(superset: Superset) -> int:
    own = os.environ.get("SUPERSET_URL")
    if own:
        import_assets(
            Client(own.rstrip("/"), _variable("SUPERSET_USER"), _variable("SUPERSET_PASSWORD"))
        )
        print(f"imported into {own}")
        return 0
    superset.start()
    import_assets(superset.client())
    for dashboard in superset.client().get("dashboard/?q=(order_column:dashboard_title)")["result"]:
        print(f"{dashboard['dashboard_title']:12} {superset.address()}{dashboard['url']}")
    print(f"login:       {USER} {superset.login()}")
    print("'make down' stops it")
    return 0


def import_assets(client: Client) -> None:
    """Makes the dashboards as the files say, on the ClickHouse of the environment."""
    files = assets.read()
    url = _variable("CLICKHOUSE_URL")
    user = os.environ.get("CLICKHOUSE_READER_USER") or _variable("CLICKHOUSE_USER")
    password = os.environ.get("CLICKHOUSE_READER_PASSWORD") or _variable("CLICKHOUSE_PASSWORD")
    client.import_assets(
        assets.bundle(files, assets.uri(url, user)),
        dict.fromkeys(assets.connections(files), password),
    )


def _variable(name: str) -> str:
    value = os.environ.get(name)
    if value is None:
        raise ServiceError(f"{name} is not set; docs/dashboards.md says what an import needs")
    return value


def _export(superset: Superset) -> int:
    if superset.service.pid() is None:
        raise ServiceError("superset does not run; 'make dashboards' starts it")
    files = assets.unbundle(superset.client().export_assets())
    assets.write(files)
    print(f"{len(files)} files in {assets.ASSETS.relative_to(ROOT)}; git diff shows what changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
