"""``python superset/deploy import|export``: the dashboards into a Superset, or back into files."""

import argparse
import os
import sys

from deploy import DeployError, assets
from deploy.client import Client

ENVIRONMENT = """
From the environment:
  SUPERSET_URL, SUPERSET_USER, SUPERSET_PASSWORD
  for an import also CLICKHOUSE_URL, as Superset reaches it, and the login of a reader there:
  CLICKHOUSE_READER_USER and CLICKHOUSE_READER_PASSWORD, or without them
  CLICKHOUSE_USER and CLICKHOUSE_PASSWORD
"""


def main() -> int:
    """Runs one command; 0 when it did what it says, else 1 with the reason as the last line."""
    parser = argparse.ArgumentParser(
        prog="python superset/deploy",
        description="Puts the dashboards into a Superset, or writes what is there back into files.",
        epilog=ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=["import", "export"])
    parsed = parser.parse_args()
    try:
        url = _variable("SUPERSET_URL").rstrip("/")
        client = Client(url, _variable("SUPERSET_USER"), _variable("SUPERSET_PASSWORD"))
        if parsed.command == "import":
            import_into(client)
            print(f"imported into {url}")
        else:
            export_from(client)
        return 0
    except DeployError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def import_into(client: Client) -> None:
    """Makes the dashboards as the files say, on the ClickHouse of the environment."""
    files = assets.read()
    url = _variable("CLICKHOUSE_URL")
    user = os.environ.get("CLICKHOUSE_READER_USER") or _variable("CLICKHOUSE_USER")
    password = os.environ.get("CLICKHOUSE_READER_PASSWORD") or _variable("CLICKHOUSE_PASSWORD")
    client.import_assets(
        assets.bundle(files, assets.uri(url, user)),
        dict.fromkeys(assets.connections(files), password),
    )


def export_from(client: Client) -> None:
    """Makes the files as that Superset's dashboards are: all of them, also those of others."""
    files = assets.unbundle(client.export_assets())
    assets.write(files)
    print(f"{len(files)} files in {assets.ASSETS}; git diff shows what changed")


def _variable(name: str) -> str:
    value = os.environ.get(name)
    if value is None:
        raise DeployError(f"{name} is not set; 'python superset/deploy --help' says what is needed")
    return value
