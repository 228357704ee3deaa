"""The parameters of the sample: what an analysis of the data should find again."""

import math
from dataclasses import asdict, dataclass

RETENTION_FLOOR = 0.06
RETENTION_SCALE = 0.40
RETENTION_DECAY = 0.55
ENGAGEMENT_LOW = 0.5
ENGAGEMENT_HIGH = 1.5  # mean 1, so that engagement leaves the curve of a cohort as it is

LAUNCH_SHARE = 0.6  # of the users come around the launch, the others day by day after it
LAUNCH_MEAN_DAYS = 3.0
GROWTH_DAYS = 60

SKILL_STDDEV = 0.8
TASK_COUNT = 40
EASIEST_TASK = -1.6
HARDEST_TASK = 1.6

PAYER_SHARE = 0.25
SUBSCRIPTION_CENTS = (999, 1499, 7999)
ONE_OFF_CENTS = (199, 299, 499, 1000)
SUBSCRIPTION_PROBABILITY = 0.25
ONE_OFF_PROBABILITY = 0.08
REFUND_PROBABILITY = 0.06

COUNTRIES = ("US", "DE", "BR", "IN", "JP", "KZ")
COUNTRY_WEIGHTS = (6, 4, 3, 3, 2, 1)
COUNTRYLESS_SHARE = 0.04
TRAVEL_PROBABILITY = 0.05
RELEASE_DAYS = 4  # from one version of the app to the next
SLOWEST_UPDATE_DAYS = 6

COURSES = ("algebra", "physics", "spanish")
COURSES_WITH_TASKS = ("algebra", "physics")  # every second task is of the same one
LESSON_COUNT = 8  # of each course
# Planted: a task whose right answers count as wrong, what an attempt before adds to the next one in
# logits, and a lesson that few get through, in a course that has nothing but lessons.
MISKEYED_TASK = "task-13"
PRACTICE_LOGIT = 1.3
STOP_COURSE, STOP_LESSON = "spanish", 3
STOP_PROBABILITY = 0.9

MEAN_LESSON_MINUTES = 11.0
FINISHED_PROBABILITY = 0.6

CROSSOVER_SHARE = 0.02
REASSIGNMENT_PROBABILITY = 0.15


@dataclass(frozen=True)
class AbTest:
    """A test with two groups; ``success_logit`` is what the second group adds to task success."""

    ab_test_id: str
    groups: tuple[str, str]
    second_share: float
    success_logit: float


ONBOARDING = AbTest("onboarding_v2", ("control", "treatment"), 0.5, 0.7)
BUTTON_COLOUR = AbTest("button_colour", ("control", "green"), 0.5, 0.0)
# Assigned 65 : 35 while analysts expect halves: a sample ratio mismatch to be found.
BROKEN_SPLIT = AbTest("broken_split", ("control", "variant"), 0.35, 0.0)


def ab_tests(broken_split: bool) -> tuple[AbTest, ...]:
    """The tests every learner is assigned to."""
    always = (ONBOARDING, BUTTON_COLOUR)
    return (*always, BROKEN_SPLIT) if broken_split else always


def retention(day_number: int) -> float:
    """Expected share of a cohort that is active ``day_number`` days after its first day."""
    if day_number == 0:
        return 1.0
    return RETENTION_FLOOR + RETENTION_SCALE * day_number**-RETENTION_DECAY


def task_difficulty(task: int) -> float:
    """Difficulty in logits, rising evenly from the first task to the last."""
    return EASIEST_TASK + (HARDEST_TASK - EASIEST_TASK) * task / (TASK_COUNT - 1)


def task_number(task_id: str) -> int:
    """The number of a task, from 0."""
    return int(task_id.removeprefix("task-"))


def task_course(task_id: str) -> str:
    """The course that a task belongs to."""
    return COURSES_WITH_TASKS[task_number(task_id) % len(COURSES_WITH_TASKS)]


def lesson_id(course: str, number: int) -> str:
    """The lesson of a course by its number, from 1."""
    return f"{course}-{number:02d}"


def success_probability(skill: float, difficulty: float, lift: float) -> float:
    """Rasch model: the logit is skill minus difficulty, plus what A/B group and practice add."""
    return 1.0 / (1.0 + math.exp(difficulty - skill - lift))


def parameters(broken_split: bool, days: int) -> dict:
    """The model for ``truth.json``."""
    return {
        "retention_curve": [round(retention(n), 6) for n in range(max(days, 2))],
        "retention_formula": f"n = 0: 1; else {RETENTION_FLOOR} + {RETENTION_SCALE}"
        f" * n ** -{RETENTION_DECAY}",
        "success_formula": "1 / (1 + exp(difficulty - skill - lift - practice))",
        "skill_stddev": SKILL_STDDEV,
        "task_difficulty": {
            f"task-{task:02d}": round(task_difficulty(task), 6) for task in range(TASK_COUNT)
        },
        "task_course": {
            f"task-{task:02d}": task_course(f"task-{task:02d}") for task in range(TASK_COUNT)
        },
        "practice_per_attempt_before": PRACTICE_LOGIT,
        "miskeyed_task": MISKEYED_TASK,
        "stop_lesson": {
            "course_id": STOP_COURSE,
            "lesson_id": lesson_id(STOP_COURSE, STOP_LESSON),
            "probability": STOP_PROBABILITY,
        },
        "ab_tests": [asdict(test) for test in ab_tests(broken_split)],
        "crossover_share": CROSSOVER_SHARE,
        "payer_share": PAYER_SHARE,
        "refund_probability": REFUND_PROBABILITY,
    }
