"""Writes the class archive by a load on services of its own: ``python -m dev.archive FILE``.

Loads start without an archive, too. So one that cannot be made is no error: an empty file in its
place keeps the next build from trying again.
"""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

from dev.stack.services.state import ROOT, State, read_pairs

STATE = State(ROOT / ".local-archive")
DATE = "2026-04-01"
# What leads to the services of the person who builds, and the options of a make around this one.
LEFT_OUT = ("CLICKHOUSE_", "EDTECH_", "EVENTS_", "S3_", "AWS_", "CONNECTOR_JAR", "MAKE", "MFLAGS")


def main() -> int:
    """Writes it unless another make has done so meanwhile."""
    archive = Path(sys.argv[1])
    with archive.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_current(archive):
            print("keeping the classes of a load, for faster starts", flush=True)
            _write(archive)
    return 0


def _is_current(archive: Path) -> bool:
    jar = Path(os.environ["JOB_JAR"])
    return archive.exists() and archive.stat().st_mtime >= jar.stat().st_mtime


def _write(archive: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith(LEFT_OUT)}
    env |= {"STATE": str(STATE.directory), "ARCHIVE": "1"}
    sample = [sys.executable, "-m", "dev.sample", "bench", "--upload", "--date", DATE]
    try:
        _run(["make", "clean-data", "up", f"STATE={STATE.directory}"], env)
        _run([*sample, "--events", "1000"], env | read_pairs(STATE.env_file))
        _run([str(ROOT / "bin" / "edtech"), "load", "--date", DATE], env)
        written = _is_current(archive)
    except subprocess.CalledProcessError as failed:
        print("\n".join(failed.stdout.splitlines()[-5:]), file=sys.stderr)
        written = False
    finally:
        _run(["make", "clean-data", f"STATE={STATE.directory}"], env, must_end_well=False)
    if not written:
        # Not cut to nothing where it is: a load may have mapped it.
        empty = archive.with_suffix(".empty")
        empty.touch()
        empty.replace(archive)
        print(
            f"warning: no class archive; loads start slower. To try again: rm {archive}",
            file=sys.stderr,
        )


def _run(command: list[str], env: dict[str, str], must_end_well: bool = True) -> None:
    subprocess.run(
        command,
        cwd=ROOT,
        env=env,
        check=must_end_well,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


if __name__ == "__main__":
    sys.exit(main())
