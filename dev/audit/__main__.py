"""``make audit``: fails on a known vulnerability that allowed.toml does not name.

``--list-only`` looks at that list alone, without the network. OSV_URL names a mirror of OSV.
"""

import argparse
import os
import sys
from datetime import date

from . import AuditError
from .advisories import OSV, Finding, findings
from .allowed import FILE, Allowance, problems, read
from .pins import POMS, REQUIREMENTS, maven_pins, python_pins


def main(arguments: list[str] | None = None) -> int:
    """0 when nothing is known against the pins, or all of it is allowed for now."""
    parser = argparse.ArgumentParser(prog="dev.audit", description=__doc__)
    parser.add_argument("--list-only", action="store_true", help="only check allowed.toml")
    options = parser.parse_args(arguments)
    try:
        allowances = read(FILE)
        pins = python_pins(REQUIREMENTS)
        # Maven takes its time, and may need the network: only where it is asked about.
        if not options.list_only or any(one.is_of_maven for one in allowances):
            pins |= maven_pins(POMS)
        wrong = [f"{FILE}: {problem}" for problem in problems(allowances, pins, date.today())]
        if not options.list_only:
            osv = os.environ.get("OSV_URL", "").rstrip("/") or OSV
            wrong += judged(findings(pins, osv), allowances)
    except AuditError as error:
        wrong = [str(error)]
    for problem in wrong:
        print(f"error: {problem}", file=sys.stderr)
    if not wrong:
        allowed = f"{len(allowances)} allowed advisories, all in date"
        if options.list_only:
            print(f"{FILE}: {allowed}; vulnerabilities not looked for: make audit")
        else:
            print(f"{len(pins)} pinned packages, nothing known against them but for {allowed}")
    return 1 if wrong else 0


def judged(found: list[Finding], allowances: list[Allowance]) -> list[str]:
    """What the audit fails on: findings not allowed, and allowances that nothing needs."""
    wrong = []
    for finding in found:
        if not any(one.covers(finding.pin, finding.names) for one in allowances):
            fixed = f"fixed in {', '.join(finding.fixed)}" if finding.fixed else "no fixed version"
            wrong.append(
                f"{finding.pin.name} {finding.pin.version}: {', '.join(sorted(finding.names))}"
                f" ({finding.severity}; {fixed}): {finding.summary}"
            )
    for one in allowances:
        if not any(one.covers(finding.pin, finding.names) for finding in found):
            wrong.append(
                f"{FILE}: {one.package} {one.version}, {one.advisory}: is no longer known against"
                " it: take the entry out"
            )
    return wrong


if __name__ == "__main__":
    sys.exit(main())
