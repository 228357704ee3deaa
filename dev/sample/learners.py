"""Who the users are. Every trait comes from (seed, user) alone."""

import random
from dataclasses import dataclass

from . import model

PLATFORMS = ("ios", "android", "web")
PLATFORM_WEIGHTS = (3, 5, 2)
LOCALES = ("en-US", "de-DE", "ru-RU", "ja-JP", "pt-BR")
INTEGER_ID_SHARE = 0.1
FIRST_INTEGER_ID = 100_000


def stream(*parts: object) -> random.Random:
    """A random stream of its own for these parts, the same in every process."""
    return random.Random("/".join(str(part) for part in parts))


@dataclass(frozen=True)
class Learner:
    """A user: ``join_day`` counts from the first day of the run."""

    seed: int
    index: int
    user_id: str
    has_integer_id: bool
    join_day: int
    engagement: float
    skill: float
    is_payer: bool
    platform: str
    locale: str
    groups: dict[str, str]
    crossover_tests: frozenset[str]

    def is_active(self, day: int) -> bool:
        """Whether the learner opens the app on a day; a draw of its own for each day."""
        if day <= self.join_day:
            return day == self.join_day
        probability = model.retention(day - self.join_day) * self.engagement
        return stream(self.seed, "active", self.index, day).random() < probability

    def success_lift(self, tests: tuple[model.AbTest, ...]) -> float:
        """Logits that the groups of the learner add to task success."""
        return sum(
            test.success_logit for test in tests if self.groups[test.ab_test_id] == test.groups[1]
        )


def learner(seed: int, index: int) -> Learner:
    """Draws one user. Tests outside the run are drawn too, so that switches change no one."""
    draw = stream(seed, "learner", index)
    integer_id = draw.random() < INTEGER_ID_SHARE
    groups, crossovers = {}, set()
    for test in model.ab_tests(broken_split=True):
        groups[test.ab_test_id] = test.groups[int(draw.random() < test.second_share)]
        if draw.random() < model.CROSSOVER_SHARE:
            crossovers.add(test.ab_test_id)
    return Learner(
        seed=seed,
        index=index,
        user_id=str(FIRST_INTEGER_ID + index) if integer_id else f"u-{index:06d}",
        has_integer_id=integer_id,
        join_day=_join_day(draw),
        engagement=draw.uniform(model.ENGAGEMENT_LOW, model.ENGAGEMENT_HIGH),
        skill=draw.gauss(0.0, model.SKILL_STDDEV),
        is_payer=draw.random() < model.PAYER_SHARE,
        platform=draw.choices(PLATFORMS, PLATFORM_WEIGHTS)[0],
        locale=draw.choice(LOCALES),
        groups=groups,
        crossover_tests=frozenset(crossovers),
    )


def _join_day(draw: random.Random) -> int:
    if draw.random() < model.LAUNCH_SHARE:
        return int(draw.expovariate(1 / model.LAUNCH_MEAN_DAYS))
    return draw.randrange(model.GROWTH_DAYS)
