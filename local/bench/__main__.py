"""``make bench WHAT=…``: one row, or a few, of the table of targets in docs/performance.md."""

import importlib
import sys

KINDS = ("ways", "parse", "sink", "scale", "heap", "small", "days")


def main(arguments: list[str]) -> None:
    """Runs the module of that name."""
    if len(arguments) != 1 or arguments[0] not in KINDS:
        sys.exit(f"error: WHAT is '{' '.join(arguments)}': give one of {', '.join(KINDS)}")
    importlib.import_module(f"{__package__}.{arguments[0]}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
