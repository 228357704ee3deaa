"""Learning marts: what the sample plants is found, and LSAT-6 has its published figures."""

import gzip
import json
from datetime import date

import pytest

from dev.sample import model
from dev.sample.behaviour import Setting, events
from dev.sample.courses import Courses
from dev.sample.events import LESSON_COMPLETE, LESSON_START, TASK_RESULT
from dev.sample.learners import learner
from dev.sample.storage import S3Folder, s3_folder
from dev.stack.services.state import State
from learning import Attempt, Learning, LessonEvent
from loads import FIRST, micros
from sample_days import Services

MODELS = "+task_effectiveness +learning_curves +lesson_progress"
KINDS = {LESSON_START: "start", LESSON_COMPLETE: "complete"}
# Section 6 of the Law School Admission Test (Bock and Lieberman, 1970): pupils by their answers to
# its five items, 1 = right.
LSAT_6 = """00000 3 00001 6 00010 2 00011 11 00100 1 00101 1 00110 3 00111 4 01000 1 01001 8
01011 16 01101 3 01110 2 01111 15 10000 10 10001 29 10010 14 10011 81 10100 3 10101 28 10110 15
10111 80 11000 16 11001 56 11010 21 11011 173 11100 11 11101 61 11110 28 11111 298"""
LSAT_6_FACILITY = (0.924, 0.709, 0.553, 0.763, 0.870)
LSAT_6_ITEM_REST = (0.1128, 0.1531, 0.1728, 0.1444, 0.1215)


def sampled(days: int, users: int) -> dict[int, tuple[dict[str, list[int]], Learning]]:
    """Days of the sample without its noise: active users, tasks and lessons."""
    first = (FIRST - date(1970, 1, 1)).days
    setting = Setting(first, 1.0, model.ab_tests(broken_split=False))
    courses = Courses(setting.tests)
    learners = [learner(7, index) for index in range(users)]
    history = {day: ({}, Learning()) for day in range(days)}
    for day in range(days):
        for one in learners:
            for event in courses.added(one, day, events(one, day, setting)):
                if event.day - first not in history:
                    continue
                active, learning = history[event.day - first]
                active[event.user_id] = []
                where = (event.at * 1000, event.user_id, event.course_id, event.lesson_id)
                if event.event_type == TASK_RESULT:
                    learning.attempts.append(Attempt(*where, event.task_id, event.is_success))
                if event.course_id or event.lesson_id:
                    kind = KINDS.get(event.event_type, "other")
                    learning.events.append(LessonEvent(*where, kind))
    return history


def test_marts_find_what_the_sample_plants(marts):
    for day, (users, learning) in sampled(days=40, users=500).items():
        assert all(micros(day) <= event.at < micros(day + 1) for event in learning.events)
        marts.load(day, users, learning=learning)
    marts.dbt("run", "--select", *MODELS.split())

    def column(mart: str, what: str, condition: str) -> list[str]:
        query = f"SELECT {what} FROM dbt_work.{mart} WHERE {condition} FORMAT TSV"
        return marts.sql(query).split()

    course = model.task_course(model.MISKEYED_TASK)
    ordered = column(
        "task_effectiveness", "task_id", f"course_id = '{course}' ORDER BY discrimination"
    )
    assert len(ordered) > 10
    assert ordered[0] == model.MISKEYED_TASK
    stops = column(
        "lesson_progress", "lesson_id, stop_rate", "started_users >= 20 ORDER BY stop_rate DESC"
    )
    assert len(stops) > 2 * 8
    assert stops[0] == model.lesson_id(model.STOP_COURSE, model.STOP_LESSON)
    assert float(stops[1]) > 3 * float(stops[3])
    for course in column("learning_curves", "DISTINCT course_id", "1"):
        rates = column(
            "learning_curves",
            "first_time_success_rate",
            f"course_id = '{course}' AND unsolved_pairs >= 100 ORDER BY opportunity",
        )
        assert len(rates) >= 3
        assert [float(rate) for rate in rates] == sorted(map(float, rates)), course


@pytest.fixture
def job(tmp_path):
    """The job and dbt on services without any day."""
    services = Services(State(tmp_path / "state"))
    yield services
    services.close()


def test_lsat_6_has_its_published_facilities_and_correlations(job, monkeypatch):
    """Through S3, Spark and dbt: 1,000 pupils answer five items once each."""
    lines, pupil = [], 0
    table = LSAT_6.split()
    for answers, pupils in zip(table[::2], table[1::2], strict=True):
        for _ in range(int(pupils)):
            pupil += 1
            for item, answer in enumerate(answers, start=1):
                fields = {
                    "event_id": f"{pupil}-{item}",
                    "user_id": f"pupil-{pupil}",
                    "event_type": "task_result",
                    "event_timestamp": f"2026-03-01T10:00:{item:02d}Z",
                    "session_id": f"session-{pupil}",
                    "task_id": f"item-{item}",
                    "task_result": ["failure", "success"][int(answer)],
                    "course_id": "lsat-6",
                }
                lines.append(json.dumps(fields))
    for name, value in job.env.items():
        monkeypatch.setenv(name, value)
    folder: S3Folder = s3_folder()
    folder.put("2026-03-01", "lsat.jsonl.gz", gzip.compress("\n".join(lines).encode()))
    job.make("load", "DATE=2026-03-01")
    job.make("dbt", "ARGS=--select +task_effectiveness")

    found = [
        line.split("\t")
        for line in job.sql(
            "SELECT first_attempt_success_rate, discrimination, discrimination_users, course_id"
            " FROM dbt_work.task_effectiveness ORDER BY task_id FORMAT TSV"
        ).splitlines()
    ]
    assert [float(row[0]) for row in found] == pytest.approx(LSAT_6_FACILITY, abs=1e-12)
    assert [float(row[1]) for row in found] == pytest.approx(LSAT_6_ITEM_REST, abs=1e-4)
    assert {tuple(row[2:]) for row in found} == {("1000", "lsat-6")}
