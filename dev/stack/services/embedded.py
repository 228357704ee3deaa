"""What runs inside ClickHouse's process: ``python -m dev.stack.services.embedded DATA_DIR``.

chdb-core holds a whole ClickHouse; its low-level query function can open the server's ports and
then never return. Everything else comes from ``$HOME/.clickhouse-local/config.xml``.
"""

import os
import sys

# The number of statements is the quota of the user they run as: see users.START_QUERIES.
SERVE = """
SYSTEM START LISTEN HTTP;
SYSTEM START LISTEN TCP;
SELECT sleepEachRow(1) FROM system.numbers FORMAT Null
SETTINGS max_block_size = 1, max_threads = 1, max_execution_time = 0,
         function_sleep_max_microseconds_per_block = 0
"""


def main() -> None:
    """Serves until the process is ended by a signal."""
    engine = _engine()
    # The format is the server's default one; TabSeparated is what any other ClickHouse has.
    result = engine.query(SERVE, "TabSeparated", path=sys.argv[1])
    sys.exit(f"ClickHouse stopped serving: {result.error_message()}")


def _engine():
    """Imports the engine; the import opens and closes a database of its own and logs all of it."""
    log = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        from chdb import _chdb
    finally:
        os.dup2(log, 2)
        os.close(log)
    return _chdb


if __name__ == "__main__":
    main()
