"""The bench's day in the form that Segment leaves in S3: the same events, about 600 bytes a line.

A session begins with a line that names its user, which is no event.
"""

import gzip
import json
import os
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from urllib.parse import urlsplit
from uuid import UUID

import boto3

from dev.sample.objects import compressed

QUICK_GZIP = 1
FIELDS = ("event_id", "user_id", "event_type", "event_timestamp", "session_id", "platform")
DEVICES = {
    "web": {"type": "browser"},
    "ios": {"model": "iPhone14,5", "type": "ios"},
    "android": {"model": "Pixel 7", "type": "android"},
}
PAGE = "screen_view"
NAMES = {
    "purchase": "Order Completed",
    "task_result": "Task Answered",
    "ab_test_assignment": "Experiment Viewed",
}
PROPERTIES = {
    "purchase_amount": "revenue",
    "task_result": "correct",
    "ab_test_id": "experiment_id",
    "ab_group": "variation_id",
    "screen_name": "path",
}


def put(date: str) -> int:
    """Puts the day of ``dt=date`` into the folder of its receipt; how many lines it has."""
    names = _objects(f"dt={date}/")
    # A client that was made before the fork would share its connection with the other process.
    with ProcessPoolExecutor(2, initializer=_s3.cache_clear) as pool:
        return sum(pool.map(_convert, names, [folder(date)] * len(names)))


def folder(date: str) -> str:
    """Where its objects lie, below EVENTS_URI."""
    midnight = datetime.fromisoformat(date).replace(tzinfo=UTC)
    return f"segment-logs/bench/{int(midnight.timestamp()) * 1000}/"


def _convert(name: str, into: str) -> int:
    bucket, prefix, client = _s3()
    native = client.get_object(Bucket=bucket, Key=prefix + name)["Body"].read()
    events = gzip.decompress(native).decode().splitlines()
    sessions: set[str] = set()
    lines = [line for event in events for line in _lines(event, sessions)]
    data = ("\n".join(lines) + "\n").encode()
    key = prefix + into + name.rsplit("/", 1)[1]
    client.put_object(Bucket=bucket, Key=key, Body=compressed(data, QUICK_GZIP))
    return len(lines)


def _lines(native: str, sessions: set[str]) -> list[str]:
    """An event of the native day, behind the line that names its user in a new session."""
    event = json.loads(native)
    identifier, user, kind, at, session, platform = (event.pop(name) for name in FIELDS)
    properties = {PROPERTIES.get(name, name): value for name, value in event.items()}
    if kind == "task_result":
        properties["correct"] = properties["correct"] == "success"
    common = {
        "anonymousId": _anonymous(user),
        "channel": "client",
        "context": {
            "app": {"name": "Learn", "version": "4.7.0"},
            "device": DEVICES[platform],
            "ip": "203.0.113.7",
            "library": {"name": "analytics-kotlin", "version": "1.16.3"},
            "locale": "de-DE",
            "sessionId": session,
        },
        "integrations": {},
        "messageId": identifier,
        "originalTimestamp": at,
        "receivedAt": at,
        "sentAt": at,
        "timestamp": at,
        "userId": user,
        "version": 2,
    }
    if kind == PAGE:
        event = common | {"name": "Screen", "properties": properties, "type": "page"}
    else:
        event = common | {"event": NAMES.get(kind, kind), "properties": properties, "type": "track"}
    if session not in sessions:
        sessions.add(session)
        named = common | {"messageId": "i" + identifier, "traits": {"plan": "free"}}
        return [_json(named | {"type": "identify"}), _json(event)]
    return [_json(event)]


@cache
def _anonymous(user: str) -> str:
    return str(UUID(bytes=sha256(user.encode()).digest()[:16]))


def _json(line: dict) -> str:
    return json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _objects(folder: str) -> list[str]:
    bucket, prefix, client = _s3()
    found = client.list_objects_v2(Bucket=bucket, Prefix=prefix + folder)
    return [one["Key"].removeprefix(prefix) for one in found["Contents"]]


@cache
def _s3() -> tuple:
    """Bucket, prefix and client; one for each process."""
    uri = urlsplit(os.environ["EVENTS_URI"])
    client = boto3.client("s3", endpoint_url=os.environ.get("S3_ENDPOINT") or None)
    return uri.netloc, uri.path.strip("/") + "/" if uri.path.strip("/") else "", client
