"""The scripts of docs/exploring.md and of the notebook, run on a day of the demo."""

import json
import os
import re
import subprocess
import textwrap

import pytest

from dev.stack.services import commands
from dev.stack.services.clickhouse import ask
from dev.stack.services.state import ROOT, State, read_pairs

PAGE = ROOT / "docs" / "exploring.md"
NOTEBOOK = ROOT / "docs" / "examples" / "day.ipynb"
PYTHON = ROOT / ".venv" / "bin" / "python"
RESOLVE_SECONDS = 60


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """Services that hold the demo's events only."""
    state = State(tmp_path_factory.mktemp("shell") / "state")
    try:
        commands.up(state)
        subprocess.run(
            [
                *(PYTHON, "-m", "dev.sample", "generate", "--seed", "7", "--users", "500"),
                *("--from", "2026-03-01", "--days", "10", "--upload"),
            ],
            cwd=ROOT,
            env=os.environ | read_pairs(state.env_file),
            check=True,
            stdout=subprocess.DEVNULL,
        )
        yield state
    finally:
        commands.clean(state)


@pytest.fixture(scope="module")
def shell(state):
    """Runs text as the input of a command of make; the tables that it shows."""

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

    return run


def _tables(text: str) -> list[str]:
    """The lines of tables that Spark has shown; a prompt may stand before the first."""
    found = (re.search(r"([+|].*[+|])\s*$", line) for line in text.splitlines())
    return [match.group(1) for match in found if match]


def _page() -> tuple[str, list[str]]:
    """The script of the page, and the tables that the page says it prints."""
    text = PAGE.read_text(encoding="utf-8")
    script, output = re.findall(r"```(?:scala)?\n(.*?)```", text, re.DOTALL)[:2]
    expected = _tables(output)
    assert expected, f"{PAGE} shows no table below its script"
    return script, expected


def test_script_ofThePage_printsWhatItSays(shell):
    script, expected = _page()

    assert shell(script, "spark-shell") == expected


def test_cells_ofTheNotebook_printTheSame(shell):
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]

    shown = shell("\n".join(code) + "\n", "pyspark")

    assert shown and set(shown) <= set(_page()[1])


def _require_driver(artifact: str) -> None:
    """Skips where Maven cannot get the artifact; then spark-shell finds it where Maven puts it."""
    get = ["mvn", "-q", "-B", "-ntp", "dependency:get", f"-Dartifact={artifact}"]
    try:
        done = subprocess.run(
            get, cwd=ROOT, capture_output=True, text=True, check=False, timeout=RESOLVE_SECONDS
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"{artifact} does not resolve here: no answer for {RESOLVE_SECONDS} s")
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines() or ["Maven says nothing"]
        pytest.skip(f"{artifact} does not resolve here: {said[0]}")


def test_publishedTable_isReadByJdbcAsThePageSays(shell, state):
    section = PAGE.read_text(encoding="utf-8").partition("What is published can be read")[2]
    packages = re.search(r'`make spark-shell ARGS="(--packages (\S+))"`', section)
    script = textwrap.dedent(re.search(r"\n\n((?: {4}.*\n)+)", section)[1])
    _require_driver(packages[2])
    shell("", "init")
    shell("", "load", "DATE=2026-03-01")

    shown = shell(script, "spark-shell", f"ARGS={packages[1]}")

    env = read_pairs(state.env_file)
    answer = ask(
        env["CLICKHOUSE_URL"],
        env["CLICKHOUSE_READER_USER"],
        env["CLICKHOUSE_READER_PASSWORD"],
        "SELECT * FROM marts.daily_activity FORMAT TabSeparatedWithNames",
    )
    names, day = (line.split("\t") for line in answer.splitlines())
    assert day[:3] == ["2026-03-01", "97", "1934"]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in shown]
    assert [row for row in cells if row] == [names, day]
