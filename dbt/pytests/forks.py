"""What ``runs`` starts in the environment of dbt: begins runs of dbt, one after the other.

Each line of input is a run, in JSON: arguments, environment and the file for what it says. The
answers are its process id, and its exit code when it has ended. A run does what the command ``dbt``
does, in a process of its own, but this one has made the imports for it: half of a short run.
"""

import json
import os
import sys

import dbt.adapters.clickhouse  # noqa: F401
from dbt.cli.main import cli


def main() -> None:
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            sys.exit(run(**json.loads(line)))
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def run(arguments: list[str], env: dict[str, str], output: str) -> int:
    os.environ.clear()
    os.environ.update(env)
    said = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(said, 1)
    os.dup2(said, 2)
    sys.argv = ["dbt", *arguments]
    return cli()


if __name__ == "__main__":
    main()
