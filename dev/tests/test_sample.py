"""The sample generator: the same input every time, and a truth that an independent reader finds."""

import gzip
import hashlib
import json
import math
import re
import statistics
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]

import reference_reader  # noqa: E402
from dev.sample import model  # noqa: E402
from dev.sample.__main__ import main  # noqa: E402
from dev.sample.storage import S3Folder  # noqa: E402


def generate(out: Path, *arguments: str) -> dict:
    """Runs the command line and returns the truth it wrote."""
    main(["generate", "--out", str(out), *arguments])
    return json.loads((out / "truth.json").read_text(encoding="utf-8"))


def digests(root: Path) -> dict[str, str]:
    """Path → SHA-256 of every file but the truth."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.glob("dt=*/*"))
    }


LATE = ("--users", "250", "--days", "13", "--late-share", "0.05", "--broken-split")


@pytest.fixture(scope="module")
def late_run(tmp_path_factory) -> tuple[Path, dict]:
    out = tmp_path_factory.mktemp("late")
    return out, generate(out, *LATE)


@pytest.fixture(scope="module")
def large_run(tmp_path_factory) -> dict:
    out = tmp_path_factory.mktemp("large")
    return generate(out, "--users", "2000", "--days", "9", "--scale", "0.5")


def test_same_seed_gives_same_bytes(late_run, tmp_path):
    out, truth = late_run
    assert generate(tmp_path, *LATE) == truth
    assert digests(tmp_path) == digests(out)


def test_other_seed_gives_other_bytes(tmp_path):
    generate(tmp_path / "a", "--days", "1", "--users", "30", "--seed", "1")
    generate(tmp_path / "b", "--days", "1", "--users", "30", "--seed", "2")
    first, second = digests(tmp_path / "a"), digests(tmp_path / "b")
    assert first.keys() == second.keys()
    assert not set(first.values()) & set(second.values())


def test_more_days_leave_earlier_days_alone(late_run, tmp_path):
    out, truth = late_run
    fewer = generate(tmp_path, *LATE[:2], "--days", "4", *LATE[4:])
    more = digests(out)
    assert digests(tmp_path).items() <= more.items()
    # The last day's late events lie under a prefix that the shorter run does not have.
    settled = list(fewer["days"])[:-1]
    assert [fewer["days"][day] for day in settled] == [truth["days"][day] for day in settled]


@pytest.mark.parametrize("lateness", ["late", "on time"])
def test_independent_reader_agrees_with_truth(lateness, late_run, tmp_path):
    out, truth = late_run
    if lateness == "on time":
        out, truth = tmp_path, generate(tmp_path, "--users", "120", "--days", "15", "--seed", "3")
    found = reference_reader.read(out, truth["lateness_days"])
    # Late events of the last day are never sent, so nothing is left over.
    assert found.keys() == truth["days"].keys()
    for day, expected in truth["days"].items():
        figures = summary(found[day])
        assert figures == {name: expected[name] for name in figures}, day


def summary(day: reference_reader.Day) -> dict:
    """The figures of ``truth.json`` as the independent reader sees them."""
    events = day.events
    purchases = [event for event in events if event["event_type"] == "purchase"]
    tasks = [event for event in events if event["event_type"] == "task_result"]
    assigned: dict = {}
    for event in events:
        if event["event_type"] == "ab_test_assignment":
            groups = assigned.setdefault(event["ab_test_id"], {})
            groups.setdefault(event["ab_group"], set()).add(event["user_id"])
    types = [event["event_type"] for event in events]
    return {
        **{
            name: day.counts[name]
            for name in ("lines_read", "late", "other_day", "blank_lines", "duplicates")
        },
        "accepted": len(events),
        "rejected": day.reasons.total(),
        "rejected_by_reason": {name: day.reasons[name] for name in REASONS},
        "dau": len({event["user_id"] for event in events}),
        "events_by_type": {name: types.count(name) for name in sorted(set(types))},
        "sessions": len(
            {(event["session_id"], event["user_id"]) for event in events if event["session_id"]}
        ),
        "revenue_cents": int(sum((one["purchase_amount"] for one in purchases), Decimal(0)) * 100),
        "purchase_count": len(purchases),
        "payers": len({one["user_id"] for one in purchases if one["purchase_amount"] > 0}),
        "task_attempts": len(tasks),
        "task_successes": sum(one["task_result"] == "success" for one in tasks),
        "assigned_users": {
            test: {group: len(users) for group, users in groups.items()}
            for test, groups in assigned.items()
        },
        "segments": segments(events),
        "metrics": metrics(events),
        "lessons": lessons(events),
    }


PATHS = {
    "platform": lambda event, _: event["platform"],
    "country": lambda _, properties: properties.get("country"),
    "app_version": lambda _, properties: properties.get("device", {}).get("version"),
}


def segments(events: list[dict]) -> dict:
    """Each user under the value that most of their events have, ties to the smallest."""
    values: dict = {name: {} for name in PATHS}
    for event in events:
        properties = json.loads(event["properties"])
        for name, value_of in PATHS.items():
            found = values[name].setdefault(event["user_id"], Counter())
            found.update([value] if (value := value_of(event, properties)) else [])
    segments: dict = {}
    for name, users in values.items():
        chosen: dict = {}
        for user, found in users.items():
            value = max(sorted(found), key=found.get) if found else ""
            chosen.setdefault(value, set()).add(user)
        segments[name] = {
            value: figures([event for event in events if event["user_id"] in members])
            for value, members in chosen.items()
        }
    return segments


def figures(events: list[dict]) -> dict:
    """Of one segment."""
    purchases = [event for event in events if event["event_type"] == "purchase"]
    tasks = [event for event in events if event["event_type"] == "task_result"]
    return {
        "dau": len({event["user_id"] for event in events}),
        "event_count": len(events),
        "session_count": len(
            {(event["session_id"], event["user_id"]) for event in events if event["session_id"]}
        ),
        "task_attempts": len(tasks),
        "task_successes": sum(one["task_result"] == "success" for one in tasks),
        "purchase_count": len(purchases),
        "payers": len({one["user_id"] for one in purchases if one["purchase_amount"] > 0}),
        "revenue_cents": int(sum((one["purchase_amount"] for one in purchases), Decimal(0)) * 100),
    }


def lessons(events: list[dict]) -> dict:
    """By course and lesson, '' where only the course is named."""
    courses: dict = {}
    for event in events:
        if event["course_id"] or event["lesson_id"]:
            course = courses.setdefault(event["course_id"], {})
            course.setdefault(event["lesson_id"], []).append(event)
    return {
        course: {lesson: lesson_figures(told) for lesson, told in by_lesson.items()}
        for course, by_lesson in courses.items()
    }


def lesson_figures(events: list[dict]) -> dict:
    """Of one lesson."""
    starts = [event for event in events if event["event_type"] == "lesson_start"]
    completions = [event for event in events if event["event_type"] == "lesson_complete"]
    return {
        "events": len(events),
        "starts": len(starts),
        "completions": len(completions),
        "users": len({event["user_id"] for event in events}),
        "started_users": len({event["user_id"] for event in starts + completions}),
        "completed_users": len({event["user_id"] for event in completions}),
    }


def metrics(events: list[dict]) -> dict:
    """The three of company.conf: users, events, total in millionths, events without a number."""
    of_metric: dict = {name: [] for name in ("lessons_completed", "study_minutes")}
    of_metric["videos_finished"] = []
    for event in events:
        properties = json.loads(event["properties"])
        if event["event_type"] == "lesson_complete":
            minutes = str(properties.get("minutes"))
            number = Decimal(minutes) if re.fullmatch(r"\d+(\.\d{1,6})?", minutes) else None
            of_metric["lessons_completed"].append((event["user_id"], 1))
            of_metric["study_minutes"].append((event["user_id"], number))
        if event["event_type"] == "video_play" and properties.get("finished") in (True, "true"):
            of_metric["videos_finished"].append((event["user_id"], 1))
    return {
        name: {
            "users": len({user for user, _ in counted}),
            "events": len(counted),
            "total": int(sum(number or 0 for _, number in counted) * 1_000_000),
            "not_numeric": sum(number is None for _, number in counted),
        }
        for name, counted in of_metric.items()
    }


REASONS = (
    "line_too_long",
    "invalid_encoding",
    "malformed_json",
    "duplicate_key",
    "missing_field",
    "invalid_type",
    "invalid_timestamp",
    "timestamp_out_of_range",
    "invalid_amount",
    "unsupported_currency",
    "outside_day",
    "conflicting_duplicate",
)


def test_every_day_balances_and_has_every_reason(late_run):
    for day, one in late_run[1]["days"].items():
        outcomes = ("blank_lines", "accepted", "duplicates", "rejected", "other_day")
        assert one["lines_read"] + one["late"] == sum(one[name] for name in outcomes), day
        assert set(one["rejected_by_reason"]) == set(REASONS)
        assert min(one["rejected_by_reason"].values()) > 0, day


def test_days_have_users_of_two_values_and_of_none_and_minutes_that_are_no_number(late_run):
    out, truth = late_run
    days = truth["days"].values()
    for dimension in ("country", "app_version"):
        assert any("" in day["segments"][dimension] for day in days)
        assert min(len(day["segments"][dimension]) for day in days) > 2
    assert sum(day["metrics"]["study_minutes"]["not_numeric"] for day in days) > 20
    written = b"".join(path.read_bytes() for path in out.glob("dt=*/*.jsonl"))
    written += b"".join(gzip.decompress(path.read_bytes()) for path in out.glob("dt=*/*.gz"))
    for form in (b'"minutes":%b' % text for text in (b"1", b'"1', b"null", b"true", b"0.1234567")):
        assert form in written
    assert b'"finished":"true"' in written and b'"finished":true' in written
    # A traveller: two countries under one user and day.
    seen: dict = {}
    for event in reference_reader.read(out, 1)[next(iter(truth["days"]))].events:
        country = json.loads(event["properties"]).get("country")
        seen.setdefault(event["user_id"], set()).update([country] if country else [])
    assert max(map(len, seen.values())) == 2


def test_users_of_a_week_are_counted_once(late_run):
    truth = late_run[1]
    weeks = truth["periods"]["week"]
    assert list(weeks) == ["2026-02-23", "2026-03-02", "2026-03-09"]
    days = [truth["days"][f"2026-03-{day:02d}"]["metrics"] for day in range(2, 9)]
    for metric, week in weeks["2026-03-02"].items():
        for figure in ("events", "total", "not_numeric"):
            assert week[figure] == sum(day[metric][figure] for day in days)
        users = [day[metric]["users"] for day in days]
        assert max(users) < week["users"] < sum(users)


def test_retention_follows_the_curve(large_run):
    for number in range(1, 6):
        cohorts = [
            one for one in large_run["cohorts"].values() if len(one["retained_users"]) > number
        ]
        size = sum(one["cohort_size"] for one in cohorts)
        rate = sum(one["retained_users"][number] for one in cohorts) / size
        expected = model.retention(number)
        tolerance = 4 * math.sqrt(expected * (1 - expected) / size)
        assert rate == pytest.approx(expected, abs=tolerance), number
        assert large_run["parameters"]["retention_curve"][number] == pytest.approx(
            expected, abs=1e-6
        )


def test_onboarding_lifts_task_success_and_button_colour_does_not(large_run):
    def rate(test: str, group: str) -> float:
        arm = large_run["ab_tests"][test]["groups"][group]
        return arm["task_successes"] / arm["task_attempts"]

    lift = rate("onboarding_v2", "treatment") - rate("onboarding_v2", "control")
    assert 0.08 < lift < 0.2
    assert abs(rate("button_colour", "green") - rate("button_colour", "control")) < 0.04
    assert large_run["ab_tests"]["onboarding_v2"]["crossover_users"] > 0


def test_lesson_events_name_their_lesson_and_tasks_their_course(late_run):
    out, truth = late_run
    course_of = truth["parameters"]["task_course"]
    for day in reference_reader.read(out, 1).values():
        for event in day.events:
            if event["event_type"] in ("lesson_start", "lesson_complete"):
                assert event["lesson_id"].startswith(f"{event['course_id']}-")
            elif event["event_type"] == "task_result":
                assert event["course_id"] == course_of[event["task_id"]]
                assert event["lesson_id"] == ""
            elif event["event_type"] in ("app_open", "push_received"):
                assert event["course_id"] == event["lesson_id"] == ""


def test_planted_stop_is_where_pupils_stop(large_run):
    planted = large_run["parameters"]["stop_lesson"]
    left = {
        (course, lesson): figures["completed_users"] / figures["started_users"]
        for course, by_lesson in large_run["lessons"].items()
        for lesson, figures in by_lesson.items()
        if figures["started_users"] > 20
    }
    assert len(left) > 8
    rate = left.pop((planted["course_id"], planted["lesson_id"]))
    assert rate < 0.2 < 0.5 < min(left.values())


def test_practice_helps(large_run):
    for course, curve in large_run["learning_curves"].items():
        rates = [
            figures["first_time_succeeded_pairs"] / figures["first_time_pairs"]
            for figures in curve
            if figures["first_time_pairs"] >= 100
        ]
        assert len(rates) >= 3, course
        assert rates == sorted(rates), course


def attempts_by_pair(out: Path) -> dict[tuple[str, str, str], list[bool]]:
    """Results in their order by course, user and task."""
    attempts: dict = {}
    for day in reference_reader.read(out, 1).values():
        told = sorted(day.events, key=lambda event: (event["event_timestamp"], event["event_id"]))
        for event in told:
            if event["event_type"] == "task_result":
                pair = (event["course_id"], event["user_id"], event["task_id"])
                attempts.setdefault(pair, []).append(event["task_result"] == "success")
    return attempts


def test_curves_are_those_that_an_independent_reader_counts(late_run):
    out, truth = late_run
    attempts = attempts_by_pair(out)
    for course, curve in truth["learning_curves"].items():
        of_course = [results for pair, results in attempts.items() if pair[0] == course]
        for number, figures in enumerate(curve):
            there = [results for results in of_course if len(results) > number]
            first_time = [results for results in there if not any(results[:number])]
            assert figures == {
                "attempted_pairs": len(there),
                "succeeded_pairs": sum(results[number] for results in there),
                "first_time_pairs": len(first_time),
                "first_time_succeeded_pairs": sum(results[number] for results in first_time),
            }
        assert len(curve) == min(20, max(map(len, of_course)))


def test_able_pupils_fail_the_miskeyed_task(late_run):
    out, truth = late_run
    planted = truth["parameters"]["miskeyed_task"]
    first: dict = {}
    for (_, user, task), results in attempts_by_pair(out).items():
        first.setdefault(user, {})[task] = results[0]
    correlations = {}
    for task, course in truth["parameters"]["task_course"].items():
        points = [
            (results[task], [won for other, won in results.items() if other != task])
            for results in (of_course(one, course, truth) for one in first.values())
            if task in results and len(results) > 1
        ]
        if len(points) >= 30:
            own, rest = zip(
                *((won, statistics.mean(others)) for won, others in points), strict=True
            )
            correlations[task] = statistics.correlation(own, rest)
    assert len(correlations) > 10
    assert min(correlations, key=correlations.get) == planted
    assert correlations[planted] < 0


def of_course(results: dict, course: str, truth: dict) -> dict:
    """The tasks of one course."""
    courses = truth["parameters"]["task_course"]
    return {task: won for task, won in results.items() if courses[task] == course}


def test_broken_split_is_broken_only_when_asked_for(late_run, large_run):
    groups = late_run[1]["ab_tests"]["broken_split"]["groups"]
    assert groups["control"]["users"] > 1.3 * groups["variant"]["users"]
    assert "broken_split" not in large_run["ab_tests"]


def test_gzip_objects_carry_no_time_and_no_name(late_run):
    paths = list(late_run[0].glob("dt=*/*.gz"))
    assert paths
    for path in paths:
        header = path.read_bytes()[:10]
        assert header[3:8] == bytes(5), "flags and time of the gzip header must be zero"
        gzip.decompress(path.read_bytes())


@pytest.mark.parametrize(
    "options", [[], ["--heavy-user", "9000", "--screens", "cyrillic"], ["--days", "3"]]
)
def test_bench_days_agree_with_their_truth(tmp_path, options):
    main(["bench", "--events", "20000", "--out", str(tmp_path), *options])
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    read = reference_reader.read(tmp_path, 0)
    assert read.keys() == truth["days"].keys()
    for day, expected in truth["days"].items():
        figures = summary(read[day])
        shared = figures.keys() & expected.keys()
        assert {"accepted", "rejected_by_reason", "dau", "payers", "sessions"} <= shared
        assert {name: figures[name] for name in shared} == {name: expected[name] for name in shared}


def test_bench_day_has_its_heavy_user_and_its_script(tmp_path):
    options = ["--clean", "--heavy-user", "9000", "--screens", "cyrillic"]
    main(["bench", "--events", "20000", "--out", str(tmp_path), *options])
    (path,) = tmp_path.glob("dt=*/*.jsonl")
    lines = path.read_text(encoding="utf-8").splitlines()
    of_user = Counter(json.loads(line)["user_id"] for line in lines)
    ((_, most),) = of_user.most_common(1)
    assert 9000 <= most < 9300
    assert 0.4 < sum(not line.isascii() for line in lines) / len(lines) < 0.6


def test_bench_day_in_ascii_is_all_ascii(tmp_path):
    main(["bench", "--events", "2000", "--out", str(tmp_path), "--clean", "--screens", "ascii"])
    (path,) = tmp_path.glob("dt=*/*.jsonl")
    assert path.read_bytes().isascii()


def test_heavy_user_with_more_than_the_days_lines_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="--heavy-user 11 is more than the day's --events 10"):
        main(["bench", "--events", "10", "--heavy-user", "11", "--out", str(tmp_path)])


class BucketInMemory:
    """The calls of boto3's client that the upload uses."""

    def __init__(self):
        self.objects: dict[str, bytes] = {}
        self.puts: list[str] = []

    def put_object(self, Bucket, Key, Body):
        self.objects[Key] = Body
        self.puts.append(Key)

    def delete_object(self, Bucket, Key):
        del self.objects[Key]

    def get_paginator(self, name):
        return self

    def paginate(self, Bucket, Prefix):
        found = [
            {"Key": key, "ETag": f'"{hashlib.md5(body).hexdigest()}"'}
            for key, body in self.objects.items()
            if key.startswith(Prefix)
        ]
        return [{"Contents": found}] if found else [{}]


def test_second_upload_writes_only_what_changed_and_drops_the_rest():
    bucket = BucketInMemory()
    first = S3Folder("s3a://lake/events", bucket)
    assert first.put("2026-03-01", "a.jsonl", b"1") and first.put("2026-03-01", "b.jsonl", b"2")
    again = S3Folder("s3a://lake/events", bucket)
    assert not again.put("2026-03-01", "a.jsonl", b"1")
    assert again.keep_only("2026-03-01", {"a.jsonl"}) == 1
    assert list(bucket.objects) == ["events/dt=2026-03-01/a.jsonl"]
    assert len(bucket.puts) == 2


def test_command_without_a_target_says_what_to_do():
    with pytest.raises(SystemExit, match="--out DIR for a local folder, or --upload"):
        main(["generate"])
