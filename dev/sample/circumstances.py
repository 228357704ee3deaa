"""What comes with a learner's events: country, version of the app, minutes of lessons, videos.

All of it is drawn from streams of its own, so that nothing else a learner does depends on it.
"""

import random

from . import model
from .events import LESSON_COMPLETE, VIDEO_PLAY, Event, Fields, text
from .learners import Learner, stream

COUNTRY_MISSING = 0.03
MINUTES_AS_TEXT = 0.12
NO_MINUTES = ('"a while"', '"12,5"', "true", "null", "0.1234567", "")
NO_MINUTES_SHARE = 0.08
FINISHED_AS_TEXT = 0.15
FINISHED_MISSING = 0.05


def added(learner: Learner, day: int, events: list[Event]) -> list[Event]:
    """The events of a learner and day (counted from the first) with what belongs to them."""
    draw = stream(learner.seed, "circumstances", learner.index, day)
    countries = _countries(learner, draw, len(events))
    versions = _versions(learner, day, draw, len(events))
    return [
        _with_action(_with_place(event, country, version, draw), draw)
        for event, country, version in zip(events, countries, versions, strict=True)
    ]


def _countries(learner: Learner, draw: random.Random, count: int) -> list[str]:
    """Home, or home and abroad on a day of travel; '' for a learner who tells none."""
    home = abroad = _home(learner)
    cut = draw.randrange(count + 1)
    if home and draw.random() < model.TRAVEL_PROBABILITY:
        abroad = draw.choice([country for country in model.COUNTRIES if country != home])
    return [home] * cut + [abroad] * (count - cut)


def _home(learner: Learner) -> str:
    draw = stream(learner.seed, "country", learner.index)
    if draw.random() < model.COUNTRYLESS_SHARE:
        return ""
    return draw.choices(model.COUNTRIES, model.COUNTRY_WEIGHTS)[0]


def _versions(learner: Learner, day: int, draw: random.Random, count: int) -> list[str]:
    """Two on the day of an update; '' in a browser, which has no app."""
    cut = draw.randrange(count + 1)
    if learner.platform == "web":
        return [""] * count
    slowness = stream(learner.seed, "updates", learner.index)
    lag = slowness.randrange(model.SLOWEST_UPDATE_DAYS + 1)
    before, after = (f"4.{2 + (when - lag) // model.RELEASE_DAYS}.0" for when in (day - 1, day))
    return [before] * cut + [after] * (count - cut)


def _with_place(event: Event, country: str, version: str, draw: random.Random) -> Event:
    place: Fields = {}
    if draw.random() < COUNTRY_MISSING:
        country = ""
    if country:
        place["country"] = text(country)
    if version:
        # Beside what the event tells of its device, if anything.
        others = event.properties.get("device", "{}").removeprefix("{")
        place["device"] = f'{{"version": "{version}"{", " if others != "}" else ""}{others}'
    return event.changed(country=country, app_version=version, properties=event.properties | place)


def _with_action(event: Event, draw: random.Random) -> Event:
    if event.event_type == LESSON_COMPLETE:
        minutes, written = _minutes(draw)
        fields = {"minutes": written} if written else {}
        return event.changed(minutes=minutes, properties=event.properties | fields)
    if event.event_type == VIDEO_PLAY and draw.random() >= FINISHED_MISSING:
        is_finished = draw.random() < model.FINISHED_PROBABILITY
        written = "true" if is_finished else "false"
        if draw.random() < FINISHED_AS_TEXT:
            written = text(written)
        fields = {"finished": written}
        return event.changed(is_finished=is_finished, properties=event.properties | fields)
    return event


def _minutes(draw: random.Random) -> tuple[int | None, str]:
    """In hundredths, and as JSON text: a number, a decimal string, or nothing that counts."""
    if draw.random() < NO_MINUTES_SHARE:
        return None, draw.choice(NO_MINUTES)
    minutes = 50 + int(draw.expovariate(1 / (100 * model.MEAN_LESSON_MINUTES)))
    decimals = f"{minutes // 100}.{minutes % 100:02d}"
    if draw.random() < MINUTES_AS_TEXT:
        return minutes, text(decimals)
    return minutes, decimals.rstrip("0").removesuffix(".")
