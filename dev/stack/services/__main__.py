"""``python -m dev.stack.services up|down|clean|status [--state DIR]``, and ``sql QUERY``."""

import argparse
import os
import sys
from pathlib import Path

from dev.stack.services import ServiceError, commands
from dev.stack.services.clickhouse import ask_table
from dev.stack.services.state import State

COMMANDS = {
    "up": commands.up,
    "down": commands.down,
    "clean": commands.clean,
    "status": commands.status,
}


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; 0 when it did what it says, else 1 with the reason as the last line."""
    parser = argparse.ArgumentParser(
        prog="dev.stack.services", description="The local S3 and ClickHouse."
    )
    subparsers = parser.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=command.__doc__)
        subparser.add_argument(
            "--state", type=Path, default=Path(".local"), help="where this set of services lives"
        )
    subparsers.choices["up"].add_argument(
        "--passwords-of", type=Path, metavar="STATE", help="another set, whose passwords to use"
    )
    sql = subparsers.add_parser("sql", help="asks CLICKHOUSE_URL and prints the answer as a table")
    sql.add_argument("query")
    parsed = parser.parse_args(arguments)
    try:
        if parsed.command == "sql":
            _print_table(parsed.query)
        elif parsed.command == "up" and parsed.passwords_of is not None:
            commands.up(State(parsed.state), passwords_of=State(parsed.passwords_of))
        else:
            COMMANDS[parsed.command](State(parsed.state))
    except ServiceError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _print_table(query: str) -> None:
    url = os.environ.get("CLICKHOUSE_URL")
    if not url:
        raise ServiceError("CLICKHOUSE_URL is not set; 'make sql' takes it from .local/env")
    user = os.environ.get("CLICKHOUSE_USER", "default")
    password = os.environ.get("CLICKHOUSE_PASSWORD", "")
    print(ask_table(url, user, password, query), end="")


if __name__ == "__main__":
    sys.exit(main())
