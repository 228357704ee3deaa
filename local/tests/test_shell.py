"""The README's script in spark-shell, the notebook's cells in PySpark, on a day of the demo."""

import json
import os
import re
import subprocess

import pytest

from local.services import commands
from local.services.state import ROOT, State, read_pairs

README = ROOT / "README.md"
NOTEBOOK = ROOT / "docs" / "examples" / "day.ipynb"
PYTHON = ROOT / ".venv" / "bin" / "python"


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """Runs text as the input of a command of make, on services that hold the demo's events only."""
    state = State(tmp_path_factory.mktemp("shell") / "state")
    try:
        commands.up(state)
        env = read_pairs(state.env_file)
        subprocess.run(
            [
                *(PYTHON, "-m", "local.sample", "generate", "--seed", "7", "--users", "500"),
                *("--from", "2026-03-01", "--days", "10", "--upload"),
            ],
            cwd=ROOT,
            env=os.environ | env,
            check=True,
            stdout=subprocess.DEVNULL,
        )

        def run(text: str, *arguments: str) -> list[str]:
            kept = {k: v for k, v in os.environ.items() if not k.startswith("CLICKHOUSE_")}
            done = subprocess.run(
                ["make", "--no-print-directory", *arguments, f"STATE={state.directory}"],
                cwd=ROOT,
                env=kept,
                input=text,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            return _tables(done.stdout)

        yield run
    finally:
        commands.clean(state)


def _tables(text: str) -> list[str]:
    """The lines of tables that Spark has shown; a prompt may stand before the first."""
    found = (re.search(r"([+|].*[+|])\s*$", line) for line in text.splitlines())
    return [match.group(1) for match in found if match]


def _readme() -> tuple[str, list[str]]:
    """The script of the README, and what it says that it prints."""
    section = README.read_text(encoding="utf-8").partition("## Looking at a day")[2]
    script, output = re.findall(r"```(?:scala)?\n(.*?)```", section, re.DOTALL)[:2]
    expected = _tables(output)
    assert expected, f"{README} shows no table below its script"
    return script, expected


def test_script_ofTheReadme_printsWhatItSays(shell):
    script, expected = _readme()

    assert shell(script, "spark-shell") == expected


def test_cells_ofTheNotebook_printTheSame(shell):
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]

    shown = shell("\n".join(code) + "\n", "pyspark")

    assert shown and set(shown) <= set(_readme()[1])
