"""Runs ``commands``, also when the folder is run by its path."""

import sys
from pathlib import Path

if not __package__:
    # Run by its path, Python knows the folder's modules, not the package they import each other by.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from deploy import commands

if __name__ == "__main__":
    sys.exit(commands.main())
