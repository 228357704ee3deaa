"""Names of objects by date, as the job's own templates have them (TemplateTest)."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from include import template

DAY = date(2016, 5, 2)
UTC = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("dt={yyyy-MM-dd}/*", "dt=2016-05-02/a b+%é:#[1]?.json"),
        ("dt={yyyy-MM-dd}/**", "dt=2016-05-02/hour=09/a"),
        ("segment-logs/*/{epoch-ms}/*.gz", "segment-logs/src-7/1462147200000/0#1.gz"),
        ("x/{epoch-s}.json", "x/1462147200.json"),
        ("*/{epoch-s}.json", "x/1462190400.json"),
        ("**/*_{yyyy-MM-dd}_*#*.json.gz", "187520/187520_2016-05-02_8#1.json.gz"),
        ("**/*_{yyyy-MM-dd}_*#*.json.gz", "187520_2016-05-02_8#1.json.gz"),
        ("**/tracking.log-{yyyyMMdd}*.gz", "a/b/tracking.log-20160502-1462233600.gz"),
        ("year={yyyy}/month={MM}/day={dd}/*.json.gz", "year=2016/month=05/day=02/1.json.gz"),
        ("*/mp_master_event/{yyyy}/{MM}/{dd}/**", "12/mp_master_event/2016/05/02/full_day/1"),
        ("{yyyy/MM/dd}/*/**", "2016/05/02/09/stream-1"),
        ("{yyyy}/{MM}/{dd}/{HH}/*", "2016/05/02/23/x"),
        ("rudder-logs/*/{MM-dd-yyyy}/*", "rudder-logs/a/05-02-2016/1.json.gz"),
        ("events_{yyyyMMdd}*", "events_20160502"),
        ("{yyyyMMdd}{HH}.log", "2016050209.log"),
        ("_logs/{yyyy-MM-dd}", "_logs/2016-05-02"),
        ("ev[1]?/{yyyy-MM-dd}", "ev[1]?/2016-05-02"),
    ],
)
def test_nameOfTheDate_matchesAndBeginsWithThePrefix(text, name):
    names = template.names(text, DAY, UTC)

    assert names.match(name)
    assert name.startswith(names.prefix)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("dt={yyyy-MM-dd}/*", "dt=2016-05-03/a"),
        ("dt={yyyy-MM-dd}/*", "dt=2016-05-02/a/b"),
        ("dt={yyyy-MM-dd}/*", "dt=2016-05-02/_SUCCESS"),
        ("dt={yyyy-MM-dd}/**", "dt=2016-05-02/"),
        ("dt={yyyy-MM-dd}/**", "dt=2016-05-02/_temporary/0/a"),
        ("dt={yyyy-MM-dd}/**", "dt=2016-05-02/a/.part.crc"),
        ("**/{yyyy-MM-dd}", ".x/2016-05-02"),
        ("dt={yyyy-MM-dd}/*.gz", "dt=2016-05-02/a.json"),
        ("x/{epoch-ms}/*", "x/11462147200000/a"),
        ("x/{epoch-ms}/*", "x/1462147200/a"),
        ("*/{epoch-s}.json", "x/1462233600.json"),
        ("*/{epoch-s}.json", "x/1462147199.json"),
        ("{yyyy}/{MM}/{dd}/{HH}/*", "2016/05/02/x9/x"),
        ("ev[1]/{yyyy-MM-dd}", "ev1/2016-05-02"),
    ],
)
def test_otherName_doesNotMatch(text, name):
    assert not template.names(text, DAY, UTC).match(name)


def test_stamp_isOfTheDayInTheZoneOfTheFolders():
    names = template.names("*/{epoch-s}", DAY, BERLIN)

    assert [names.match(f"x/{1462140000 + n}") for n in (-1, 0, 86399, 86400)] == [
        False,
        True,
        True,
        False,
    ]
    assert template.names("x/{epoch-ms}/*", DAY, BERLIN).prefix == "x/1462140000000/"


@pytest.mark.parametrize(
    ("text", "prefix", "folder"),
    [
        ("dt={yyyy-MM-dd}/*", "dt=2016-05-02/", "dt=2016-05-02/"),
        ("x/{epoch-ms}/a-*", "x/1462147200000/a-", "x/1462147200000/"),
        ("{yyyy}/{MM}/{dd}/{HH}/*", "2016/05/02/", "2016/05/02/"),
        ("{yyyy}/{MM}/{dd}/logs/*", "2016/05/02/logs/", "2016/05/02/logs/"),
        ("a/{yyyy}/{MM}-{dd}.gz", "a/2016/05-02.gz", ""),
        ("events_{yyyyMMdd}*", "events_20160502", ""),
        ("segment-logs/*/{epoch-ms}/*.gz", "segment-logs/", ""),
        ("**/*_{yyyy-MM-dd}_*", "", ""),
    ],
)
def test_prefixAndFolder_endBeforeTheFirstWildcard(text, prefix, folder):
    names = template.names(text, DAY, UTC)

    assert (names.prefix, names.folder) == (prefix, folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("events/*", "'events/\\*': must hold one whole date"),
        ("{yyyy-MM}/*", "must hold one whole date"),
        ("{yy-MM-dd}", "{yy-}: known are yyyy, MM, dd, HH, epoch-ms and epoch-s"),
    ],
)
def test_brokenTemplate_isRefused(text, message):
    with pytest.raises(ValueError, match=message):
        template.names(text, DAY, UTC)
