"""The last screen of ``make demo``."""

from dev import demo


def test_screen_withAllRowsItMayShow_hasAtMost60Lines():
    tables = sum(look.rows + demo.LINES_AROUND_ROWS for look in demo.SCREEN)

    assert tables + len(demo.NEXT.splitlines()) <= demo.SCREEN_LINES == 60
