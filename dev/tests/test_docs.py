"""The pages: every relative link leads somewhere, and the README lists every page."""

import re
from functools import cache
from pathlib import Path

import pytest

from dev import demo
from dev.stack.services.state import ROOT

README = ROOT / "README.md"
README_LINES = 170


def _pages() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("conf/**/*.md")])


def _prose(page: Path) -> str:
    """The text without its blocks of code, where neither a link nor a heading is meant."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.M)


def _links(page: Path) -> list[str]:
    """Targets that are files or anchors of this repository."""
    targets = re.findall(r"\]\(([^)\s]+)\)", _prose(page))
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


@cache
def _anchors(page: Path) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", _prose(page), re.M)
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings]
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", _pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_of_the_page_resolve(page):
    broken = []
    for target in _links(page):
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            broken.append(target)

    assert broken == []


def test_readme_lists_every_page_once():
    listed = re.findall(r"^\| \[.*?\]\((.*?\.md)\)", README.read_text(encoding="utf-8"), re.M)
    pages = [str(page.relative_to(ROOT)) for page in _pages() if page != README]

    assert sorted(listed) == sorted(pages)


def test_readme_is_short():
    lines = len(README.read_text(encoding="utf-8").splitlines())

    assert lines <= README_LINES, f"README.md has {lines} lines; move some to a page of docs/"


def test_readme_shows_the_screen_of_the_demo():
    shown = re.search(r"^    make demo\n.*?^```\n(.*?)^```", README.read_text("utf-8"), re.S | re.M)

    titles = [line for line in shown[1].splitlines() if re.match(r"[A-Z]", line)]

    assert titles == [look.title for look in demo.SCREEN]
