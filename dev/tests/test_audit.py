"""The audit, on answers in OSV's form from a server of the test's own."""

import json
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dev.audit import AuditError
from dev.audit.__main__ import judged, main
from dev.audit.advisories import findings
from dev.audit.allowed import Allowance, problems, read
from dev.audit.pins import Pin, maven_listed, python_pins

LIBRARY = Pin("PyPI", "some-library", "1.0")
ARTIFACT = Pin("Maven", "org.example:thing", "2.1")
CLEAN = Pin("PyPI", "clean", "3")
TODAY = date(2027, 1, 15)


def advisory(identifier, aliases=(), name="some-library", fixed=("1.1",), **more):
    """A record as OSV has it."""
    events = [{"introduced": "0"}, *({"fixed": version} for version in fixed)]
    ranges = [{"type": "ECOSYSTEM", "events": events}, {"type": "GIT", "events": [{"fixed": "f0"}]}]
    affected = [
        {"package": {"ecosystem": "PyPI", "name": name}, "ranges": ranges},
        {"package": {"ecosystem": "PyPI", "name": "other"}, "ranges": [dict(ranges[0])]},
    ]
    return {"id": identifier, "aliases": list(aliases), "affected": affected, **more}


ADVISORIES = [
    advisory(
        "GHSA-1",
        ["CVE-1"],
        summary="Reads too much",
        database_specific={"severity": "HIGH"},
        name="Some-Library",
    ),
    advisory("PYSEC-1", ["CVE-1"], details="Reads too much.\nLong.", fixed=("1.2",)),
    advisory("GHSA-2", ["CVE-2"], details="Writes too much.\nLong.", fixed=()),
    advisory("GHSA-3", withdrawn="2026-01-01T00:00:00Z"),
    advisory("GHSA-4", name=ARTIFACT.name, summary="Runs too much"),
]
# By package: the pages of answers.
PAGES = {
    LIBRARY.name: [["GHSA-1", "GHSA-3"], ["PYSEC-1", "GHSA-2"]],
    ARTIFACT.name: [["GHSA-4"]],
}


class Osv(BaseHTTPRequestHandler):
    """The two requests of the audit."""

    def do_POST(self):
        """Identifiers, a page at a time."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        self._answer({"results": [self._page(query) for query in asked]})

    def _page(self, query):
        pages = PAGES.get(query["package"]["name"], [])
        number = int(query.get("page_token", 0))
        if number >= len(pages):
            return {}
        more = {"next_page_token": str(number + 1)} if number + 1 < len(pages) else {}
        return {"vulns": [{"id": one, "modified": "x"} for one in pages[number]], **more}

    def do_GET(self):
        """One advisory."""
        name = self.path.rpartition("/")[2]
        self._answer(next(one for one in ADVISORIES if one["id"] == name))

    def _answer(self, content):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_):
        """Nothing."""


@pytest.fixture
def osv():
    """Where it listens."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Osv) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_findings_pagesAliasesAndWithdrawnOnes_areOneFindingEach(osv):
    found = findings({LIBRARY, ARTIFACT, CLEAN}, osv)

    assert [(one.pin, set(one.names), one.severity, one.summary, one.fixed) for one in found] == [
        (ARTIFACT, {"GHSA-4"}, "severity not told", "Runs too much", ("1.1",)),
        (LIBRARY, {"GHSA-1", "PYSEC-1", "CVE-1"}, "HIGH", "Reads too much", ("1.1", "1.2")),
        (LIBRARY, {"GHSA-2", "CVE-2"}, "severity not told", "Writes too much.", ()),
    ]


def test_judged_whatIsNotAllowedOrNoLongerKnown_isAnError(osv):
    found = findings({LIBRARY, ARTIFACT, CLEAN}, osv)
    allowed = [allowance(advisory="CVE-1"), allowance(advisory="CVE-9")]

    assert judged(found, allowed) == [
        "org.example:thing 2.1: GHSA-4 (severity not told; fixed in 1.1): Runs too much",
        "some-library 1.0: CVE-2, GHSA-2 (severity not told; no fixed version): Writes too much.",
        "dev/audit/allowed.toml: some-library 1.0, CVE-9: is no longer known against it: take"
        " the entry out",
    ]


def test_audit_osvNotReached_failsAndSaysThatNothingIsKnown(monkeypatch, capsys):
    monkeypatch.setattr("dev.audit.__main__.maven_pins", lambda poms: {ARTIFACT})
    monkeypatch.setenv("OSV_URL", "http://127.0.0.1:1/")

    assert main([]) == 1
    assert capsys.readouterr().err.startswith(
        "error: advisories not reached at http://127.0.0.1:1/v1/querybatch (<urlopen error"
        " [Errno 111] Connection refused>): nothing is known of any package; "
    )


def test_pythonPins_requirements_areNamedAsOsvNamesThem(tmp_path):
    file = tmp_path / "requirements.txt"
    file.write_text(
        "# why\nSome_Library==1.0  # because\n\nclean[extra]==3 ; python_version > '3'\n"
    )

    assert python_pins([file]) == {LIBRARY, CLEAN}


@pytest.mark.parametrize(
    "line", ["thing", "thing>=1", "thing==1.*", "thing==1,==1.2", "-r other.txt"]
)
def test_pythonPins_requirementWithoutOneVersion_isRefused(tmp_path, line):
    file = tmp_path / "requirements.txt"
    file.write_text(f"clean==3\n{line}\n")

    with pytest.raises(AuditError, match=r"requirements\.txt:2: .* write name==version$"):
        python_pins([file])


def test_mavenListed_classifiersAndModules_areLeftOut():
    listing = """
The following files have been resolved:
   org.example:thing:jar:2.1:provided -- module thing (auto)
   io.example:native:jar:linux-x86_64:4.1.2.Final:compile
"""
    assert maven_listed(listing) == {ARTIFACT, Pin("Maven", "io.example:native", "4.1.2.Final")}


def test_mavenListed_nothing_isRefused():
    with pytest.raises(AuditError, match="names no artifact"):
        maven_listed("\nThe following files have been resolved:\n   none\n")


def allowance(package="some-library", version="1.0", advisory="CVE-1", review_by=TODAY):
    """An entry of the list."""
    return Allowance(package, version, advisory, "why", review_by)


def test_problems_datesAndPackages_areEachTold():
    entries = [
        allowance(),
        allowance(review_by=date(2027, 1, 14)),
        allowance(review_by=date(2027, 7, 19)),
        allowance(version="0.9"),
    ]

    assert problems(entries, {LIBRARY}, TODAY) == [
        "some-library 1.0, CVE-1: was to be reviewed by 2027-01-14: upgrade, or date it anew",
        "some-library 1.0, CVE-1: review-by 2027-07-19 is over half a year ahead",
        "some-library 0.9, CVE-1: this version is not pinned: take the entry out",
    ]


WHOLE = 'package = "p"\nversion = "1"\nadvisory = "CVE-1"\nreason = "why"\nreview-by = 2027-01-31\n'


def test_read_wholeEntry_isRead(tmp_path):
    file = tmp_path / "allowed.toml"
    file.write_text(f"[[allowed]]\n{WHOLE}")

    assert read(file) == [Allowance("p", "1", "CVE-1", "why", date(2027, 1, 31))]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[allowed]]\n" + WHOLE.replace('"why"', '" "'), "must be texts"),
        ("[[allowed]]\n" + WHOLE.replace("2027-01-31", '"soon"'), "write a date"),
        ("[[allowed]]\n" + WHOLE.replace("2027-01-31", "2027-01-31T00:00:00Z"), "write a date"),
        ("[[allowed]]\n" + WHOLE.replace("reason", "because"), "entry 1 has advisory, because"),
        ("[[allow]]\n" + WHOLE, r"allow: only \[\[allowed\]\] is known"),
        ("[[allowed", "allowed.toml: "),
    ],
)
def test_read_entryThatIsNotWhole_isRefused(tmp_path, text, said):
    file = tmp_path / "allowed.toml"
    file.write_text(text)

    with pytest.raises(AuditError, match=said):
        read(file)
