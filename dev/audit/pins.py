"""What is pinned: the Python requirement files, and what Maven resolves for the poms."""

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from . import AuditError

REQUIREMENTS = [
    Path(folder, "requirements.txt") for folder in ("dev", "dbt", "airflow", "superset")
]
# Scope compile holds what is provided too: Spark, Hadoop and the AWS SDK, which a cluster has in
# the versions of its own release. What only tests use is left out.
POMS = [Path("pom.xml"), Path("dev/stack/s3/pom.xml"), Path("dev/bench/jdbc/pom.xml")]
RESOLVED = re.compile(
    r"^ +([\w.-]+:[\w.-]+):[\w-]+(?::[\w.-]+)?:([\w.-]+):(?:compile|provided|runtime)\b"
)
MOST_SAID = 2000


@dataclass(frozen=True, order=True)
class Pin:
    """A package in the one version that is used, named as OSV names it."""

    ecosystem: str
    name: str
    version: str


def python_pins(files: list[Path]) -> set[Pin]:
    """The packages of requirement files, each of which must be pinned."""
    pins = set()
    for file in files:
        for number, line in enumerate(file.read_text().splitlines(), 1):
            text = line.partition("#")[0].strip()
            if text:
                pins.add(_python_pin(text, f"{file}:{number}"))
    return pins


def _python_pin(text: str, where: str) -> Pin:
    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise AuditError(f"{where}: {text}: is no requirement; write name==version") from error
    pinned = [one.version for one in requirement.specifier if one.operator == "=="]
    if len(pinned) != 1 or pinned[0].endswith("*"):
        raise AuditError(f"{where}: {text}: is not pinned; write name==version")
    return Pin("PyPI", re.sub(r"[-_.]+", "-", requirement.name).lower(), pinned[0])


def maven_pins(poms: list[Path]) -> set[Pin]:
    """The artifacts that Maven resolves, those of dependencies included."""
    pins = set()
    for pom in poms:
        with tempfile.NamedTemporaryFile() as listing:
            command = ["mvn", "-B", "-ntp", "-q", "-Dstyle.color=never", "-f", str(pom)]
            options = ["-DincludeScope=compile", f"-DoutputFile={listing.name}"]
            done = subprocess.run(
                [*command, "dependency:list", *options], capture_output=True, text=True
            )
            if done.returncode != 0:
                raise AuditError(f"{pom}: Maven does not resolve it:\n{done.stdout[-MOST_SAID:]}")
            pins |= maven_listed(Path(listing.name).read_text())
    return pins


def maven_listed(text: str) -> set[Pin]:
    """The artifacts of the output of ``mvn dependency:list``."""
    found = (RESOLVED.match(line) for line in text.splitlines())
    pins = {Pin("Maven", match[1], match[2]) for match in found if match}
    if not pins:
        raise AuditError(f"mvn dependency:list names no artifact:\n{text[:MOST_SAID]}")
    return pins
