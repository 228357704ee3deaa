"""What is known against pinned packages, asked of OSV (https://osv.dev).

It gathers the advisories of GitHub and PyPA, from which pip-audit answers too, and knows Maven.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass

from . import AuditError
from .pins import Pin

OSV = "https://api.osv.dev"
# Of one request; the most that OSV takes is 1000.
BATCH = 500
TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Finding:
    """An advisory against a pin, under all names it goes by."""

    pin: Pin
    names: frozenset[str]
    severity: str
    summary: str
    fixed: tuple[str, ...]


def findings(pins: Iterable[Pin], osv: str) -> list[Finding]:
    """Every advisory against the pins that was not withdrawn, by pin; one for all its names."""
    known: dict[str, dict] = {}
    found: list[Finding] = []
    for pin, identifiers in _identifiers(sorted(pins), osv).items():
        of_pin: list[Finding] = []
        for identifier in sorted(identifiers):
            if identifier not in known:
                known[identifier] = _asked(f"{osv}/v1/vulns/{identifier}")
            advisory = known[identifier]
            if "withdrawn" not in advisory:
                of_pin = _merged(of_pin, _finding(pin, advisory))
        found += of_pin
    return found


def _identifiers(pins: list[Pin], osv: str) -> dict[Pin, set[str]]:
    identifiers: dict[Pin, set[str]] = {pin: set() for pin in pins}
    asked: list[tuple[Pin, dict]] = [(pin, {}) for pin in pins]
    while asked:
        batch, asked = asked[:BATCH], asked[BATCH:]
        queries = [
            {"package": {"ecosystem": pin.ecosystem, "name": pin.name}, "version": pin.version}
            | more
            for pin, more in batch
        ]
        results = _asked(f"{osv}/v1/querybatch", {"queries": queries}).get("results", [])
        if len(results) != len(batch):
            raise AuditError(f"{osv} answered {len(results)} of {len(batch)} questions; try again")
        for (pin, _), result in zip(batch, results, strict=True):
            identifiers[pin] |= {one["id"] for one in result.get("vulns", [])}
            if token := result.get("next_page_token"):
                asked.append((pin, {"page_token": token}))
    return identifiers


def _finding(pin: Pin, advisory: dict) -> Finding:
    fixed = {
        event["fixed"]
        for affected in advisory.get("affected", [])
        if affected.get("package", {}).get("name", "").lower() == pin.name.lower()
        for span in affected.get("ranges", [])
        if span.get("type") == "ECOSYSTEM"
        for event in span.get("events", [])
        if "fixed" in event
    }
    return Finding(
        pin,
        frozenset([advisory["id"], *advisory.get("aliases", [])]),
        advisory.get("database_specific", {}).get("severity", "severity not told"),
        advisory.get("summary") or advisory.get("details", "").partition("\n")[0],
        tuple(sorted(fixed)),
    )


def _merged(found: list[Finding], new: Finding) -> list[Finding]:
    """The same advisory of two databases is one: they name each other."""
    for number, one in enumerate(found):
        if one.names & new.names:
            names, fixed = one.names | new.names, {*one.fixed, *new.fixed}
            both = Finding(one.pin, names, one.severity, one.summary, tuple(sorted(fixed)))
            return [*found[:number], both, *found[number + 1 :]]
    return [*found, new]


def _asked(url: str, question: dict | None = None) -> dict:
    body = None if question is None else json.dumps(question).encode()
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            return json.load(response)
    except (urllib.error.URLError, TimeoutError, ConnectionError, ValueError) as error:
        raise AuditError(
            f"advisories not reached at {url} ({error}): nothing is known of any package; run it"
            " where that answers, or set OSV_URL to a mirror of it"
        ) from error
