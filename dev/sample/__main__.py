"""Command line: ``python -m dev.sample generate …`` and ``python -m dev.sample bench …``."""

import argparse
import json
import sys
import time
from datetime import date
from pathlib import Path

from . import bench, model
from .behaviour import Setting
from .days import Days, Noise
from .learners import learner, stream
from .objects import day_objects
from .storage import storage
from .truth import EPOCH, RunTruth, iso

MAX_LINE_BYTES = 1024 * 1024
DEFAULT_LONG_LINE = MAX_LINE_BYTES + 64


def generate(options: argparse.Namespace) -> dict:
    """Writes the days and returns their truth."""
    first_day = (options.first - EPOCH).days
    setting = Setting(first_day, options.scale, model.ab_tests(options.broken_split))
    users = [learner(options.seed, index) for index in range(options.users)]
    days = Days(options.seed, users, setting, Noise(options.late_share, options.long_line_bytes))
    truth = RunTruth(first_day, options.days)
    target = storage(options.out)
    stored = same = 0
    for number, lines in enumerate(days.prefixes(options.days)):
        day = first_day + number
        for line in lines:
            truth.add(line, day)
        draw = stream(options.seed, "parts", number)
        objects = day_objects([line.payload for line in lines], options.files, draw)
        for name, data in objects.items():
            if target.put(iso(day), name, data):
                stored += 1
            else:
                same += 1
        target.keep_only(iso(day), set(objects))
    print(f"{options.days} days: {stored} objects written, {same} were there already")
    return {
        "seed": options.seed,
        "users": options.users,
        "lateness_days": 1 if options.late_share else 0,
        "late_share": options.late_share,
        "never_arrived": len(days.never_arrived),
        "parameters": model.parameters(options.broken_split, options.days),
        **truth.report(),
    }


def main(arguments: list[str]) -> None:
    """Runs one command and writes its truth."""
    options = _parser().parse_args(arguments)
    if options.out is None and not options.upload:
        raise SystemExit("no target: give --out DIR for a local folder, or --upload for EVENTS_URI")
    started = time.monotonic()
    truth = generate(options) if options.command == "generate" else bench.generate(options)
    path = options.truth or (options.out and options.out / "truth.json")
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(truth, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"done in {time.monotonic() - started:.1f} s" + (f", truth in {path}" if path else ""))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dev.sample", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    days = commands.add_parser("generate", help="believable days with every kind of bad line")
    days.add_argument("--users", type=_positive, default=500)
    days.add_argument("--from", dest="first", type=date.fromisoformat, default=date(2026, 3, 1))
    days.add_argument("--days", type=_positive, default=5)
    days.add_argument(
        "--scale", type=float, default=1.0, help="events per user; 1 is about 20 a day"
    )
    days.add_argument("--late-share", type=float, default=0.0, help="events under the next dt=")
    days.add_argument("--broken-split", action="store_true", help="add a test with a broken split")
    days.add_argument("--files", type=_positive, default=4, help="objects a day")
    days.add_argument(
        "--long-line-bytes", type=int, default=DEFAULT_LONG_LINE, help="one line a day; 0 for none"
    )
    large = commands.add_parser("bench", help="large days for measurements")
    large.add_argument("--events", type=_positive, default=2_000_000, help="lines a day")
    large.add_argument("--date", dest="first", type=date.fromisoformat, default=date(2026, 4, 1))
    large.add_argument("--days", type=_positive, default=1, help="from --date on")
    large.add_argument(
        "--heavy-user",
        type=_positive,
        default=0,
        metavar="N",
        help="one user has N of a day's lines",
    )
    large.add_argument("--screens", choices=bench.SCREENS, default="usual", help="their script")
    large.add_argument("--processes", type=_positive, default=2)
    large.add_argument("--gzip", action="store_true", help="compress the objects")
    large.add_argument("--clean", action="store_true", help="no bad lines, no repeated ones")
    for command in (days, large):
        command.add_argument("--seed", type=int, default=7)
        where = command.add_mutually_exclusive_group()
        where.add_argument("--out", type=Path, help="local folder for the dt= folders")
        where.add_argument("--upload", action="store_true", help="to EVENTS_URI at S3_ENDPOINT")
        command.add_argument("--truth", type=Path, help="where truth.json goes")
    return parser


def _positive(value: str) -> int:
    number = int(value)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{value} is not positive: give 1 or more")
    return number


if __name__ == "__main__":
    main(sys.argv[1:])
