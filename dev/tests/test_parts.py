"""``python -m dev.parts``: two lanes side by side, and what fails."""

import pytest

from dev import parts

MAKEFILE = """
a:
	@echo a begins; until [ -e $(DIR)/b ]; do sleep 0.01; done; echo a ends
b:
	@touch $(DIR)/b; echo b 1; sleep 0.2; echo b 2
c d:
	@echo $@
bad:
	@until [ -e $(DIR)/b ]; do sleep 0.01; done; echo is bad >&2; exit 3
"""


@pytest.fixture
def make(tmp_path) -> list[str]:
    file = tmp_path / "Makefile"
    file.write_text(MAKEFILE, encoding="utf-8")
    return ["timeout", "20", "make", "-s", "-f", str(file), f"DIR={tmp_path}"]


def test_lanesOfAStage_runSideBySide_andTheNextStageAfterThem(make, capsys):
    assert parts.run(["a | b c", "d"], make) == 0

    said = capsys.readouterr().out.splitlines()
    assert said.index("a begins") < said.index("a ends") < said.index("==== make d")
    # What the second lane says stays together.
    first = said.index("==== make b")
    assert said[first : first + 3] == ["==== make b", "b 1", "b 2"]
    assert sorted(line.split()[-1] for line in said[-5:-1]) == ["a", "b", "c", "d"]
    assert said[-6].startswith("seconds of each part")


def test_partThatFails_isNamed_andNoOtherBegins(make, capsys):
    assert parts.run(["bad c | b", "d"], make) == 1

    said = capsys.readouterr()
    assert "is bad" in said.out.splitlines()
    assert "b 2" in said.out.splitlines(), "what ran beside it has ended"
    assert "==== make c" not in said.out
    assert "==== make d" not in said.out
    assert said.err == "error: failed: bad; see above\n"


def test_partThatCannotBegin_endsTheRun():
    with pytest.raises(FileNotFoundError, match="no-such-make"):
        parts.run(["a | b", "d"], ["./no-such-make"])
