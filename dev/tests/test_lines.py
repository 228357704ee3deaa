"""The job's verdict on a line, whatever bytes it has, against the contract in plain Python.

The lines are those that are kept in src/test/resources/fuzz, or a fuzzer's corpus: the folder that
FUZZ_CORPUS names (``make fuzz``).
"""

import base64
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import reference_reader
from dev.stack.services.state import ROOT

KEPT = ROOT / "src" / "test" / "resources" / "fuzz" / "lines.base64"
JARS = Path(os.environ.get("SPARK_HOME", sys.prefix + "/lib/python3.11/site-packages/pyspark"))
CLASS_PATH = f"{ROOT}/target/test-classes:{ROOT}/target/classes:{JARS}/jars/*"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TEXTS = (
    "session_id",
    "platform",
    "screen_name",
    "course_id",
    "lesson_id",
    "task_id",
    "task_result",
    "ab_test_id",
    "ab_group",
)


def test_verdicts_on_lines_are_those_of_the_contract():
    lines = corpus()
    verdicts = ask_the_job(lines)
    assert len(verdicts) == len(lines) > 0
    wrong = [
        (line, verdict, expected)
        for line, verdict in zip(lines, verdicts, strict=True)
        if (expected := of_contract(line)) != verdict
    ]
    assert not wrong, f"{len(wrong)} of {len(lines)} lines: " + "\n".join(map(str, wrong[:20]))


def corpus() -> list[bytes]:
    folder = os.environ.get("FUZZ_CORPUS")
    if folder:
        return [path.read_bytes() for path in sorted(Path(folder).iterdir())]
    return [base64.b64decode(line) for line in KEPT.read_text().splitlines()]


def ask_the_job(lines: list[bytes]) -> list[dict]:
    job = subprocess.run(
        [
            "java",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            CLASS_PATH,
            "edtech.analytics.input.line.LineVerdicts",
        ],
        input=b"".join(base64.b64encode(line) + b"\n" for line in lines),
        capture_output=True,
    )
    assert job.returncode == 0, job.stderr.decode()
    return [comparable(json.loads(line)) for line in job.stdout.splitlines()]


def comparable(verdict: dict) -> dict:
    """Numbers in properties as they are written, the rest as it is."""
    if verdict.get("properties"):
        verdict["properties"] = reference_reader.dump(reference_reader.parse(verdict["properties"]))
    return verdict


def of_contract(line: bytes) -> dict:
    try:
        event = reference_reader.judge(line)
    except reference_reader.Rejected as rejected:
        return {"reason": str(rejected)}
    if event is None:
        # The job's parser is never given a blank line.
        return {"reason": "malformed_json"}
    at = event["event_timestamp"]
    return {
        "reason": "",
        "event_date": at.date().isoformat(),
        "micros": (at - EPOCH) // timedelta(microseconds=1),
        **{name: event[name] for name in ("event_id", "user_id", "event_type")},
        **{name: event.get(name, "") for name in TEXTS},
        "properties": "" if event["properties"] == "{}" else event["properties"],
        "cents": int(event.get("purchase_amount", Decimal(0)) * 100),
        "currency": event.get("currency", ""),
        "is_success": event.get("task_result") in ("success", "passed"),
    }
