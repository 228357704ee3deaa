"""The list of advisories that the project lives with for a time, and why: allowed.toml."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from . import AuditError
from .pins import Pin

FILE = Path("dev/audit/allowed.toml")
# Whatever the reason was, it is looked at again twice a year.
MOST_AHEAD = timedelta(days=184)
KEYS = {"package", "version", "advisory", "reason", "review-by"}


@dataclass(frozen=True)
class Allowance:
    """One advisory against one version of one package, until a day."""

    package: str
    version: str
    advisory: str
    reason: str
    review_by: date

    @property
    def is_of_maven(self) -> bool:
        """Whether the package is named as Maven's are, group:artifact."""
        return ":" in self.package

    def covers(self, pin: Pin, names: frozenset[str]) -> bool:
        """Whether it is this package's, in this version, and one of the advisory's names."""
        return self.is_of(pin) and self.advisory in names

    def is_of(self, pin: Pin) -> bool:
        """Whether it is this package's, in this version."""
        return (self.package, self.version) == (pin.name, pin.version)


def read(file: Path) -> list[Allowance]:
    """The entries; AuditError names the first that is not whole."""
    try:
        content = tomllib.loads(file.read_text())
    except tomllib.TOMLDecodeError as error:
        raise AuditError(f"{file}: {error}") from error
    if unknown := set(content) - {"allowed"}:
        raise AuditError(f"{file}: {', '.join(sorted(unknown))}: only [[allowed]] is known")
    return [
        _allowance(file, number, entry)
        for number, entry in enumerate(content.get("allowed", []), 1)
    ]


def _allowance(file: Path, number: int, entry: dict) -> Allowance:
    where = f"{file}: entry {number}"
    if set(entry) != KEYS:
        raise AuditError(f"{where} has {', '.join(sorted(entry))}: give {', '.join(sorted(KEYS))}")
    texts = [entry[key] for key in ("package", "version", "advisory", "reason")]
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise AuditError(f"{where}: package, version, advisory and reason must be texts")
    # A datetime is a date too, for Python.
    if type(entry["review-by"]) is not date:
        raise AuditError(f"{where}: review-by = {entry['review-by']}: write a date, 2027-01-31")
    return Allowance(*texts, entry["review-by"])


def problems(allowances: list[Allowance], pins: set[Pin], today: date) -> list[str]:
    """What has to be mended in the list: dates, and packages that are no longer pinned so."""
    found = []
    for one in allowances:
        what = f"{one.package} {one.version}, {one.advisory}"
        if one.review_by < today:
            found.append(f"{what}: was to be reviewed by {one.review_by}: upgrade, or date it anew")
        if one.review_by > today + MOST_AHEAD:
            found.append(f"{what}: review-by {one.review_by} is over half a year ahead")
        if not any(one.is_of(pin) for pin in pins):
            found.append(f"{what}: this version is not pinned: take the entry out")
    return found
