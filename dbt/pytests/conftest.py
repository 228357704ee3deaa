"""One warehouse for all tests of the history marts; each begins without any load."""

import pytest

from dev.stack.services import commands
from dev.stack.services.state import State
from loads import Marts


@pytest.fixture(scope="session")
def started(tmp_path_factory):
    state = State(tmp_path_factory.mktemp("marts") / "state")
    yield Marts(state)
    commands.clean(state)


@pytest.fixture
def marts(started):
    started.forget()
    return started


@pytest.fixture
def published(marts):
    """Marts published before, of whatever days: for tests to which these do not matter."""
    is_there = marts.sql("EXISTS TABLE marts.published_loads") == "1\n"
    if not is_there or not marts.rows("published_loads"):
        marts.load(0, {"u1": []})
        marts.build()
        marts.forget()
    return marts
