"""Where objects go: a local folder or S3. A day's objects are replaced as a whole."""

import hashlib
import os
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

DEFAULT_REGION = "us-east-1"
S3_SCHEMES = ("s3", "s3a", "s3n")


class Storage(Protocol):
    """A folder of ``dt=`` folders."""

    def put(self, day: str, name: str, data: bytes) -> bool:
        """Stores an object; False when it was there already with the same bytes."""

    def keep_only(self, day: str, names: set[str]) -> int:
        """Deletes the other objects of a day; returns how many."""


class LocalFolder:
    """A directory."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, day: str, name: str, data: bytes) -> bool:
        """Writes the file, also when the bytes are the same."""
        folder = self._root / f"dt={day}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        return True

    def keep_only(self, day: str, names: set[str]) -> int:
        """Deletes the other files of the day."""
        stale = [path for path in (self._root / f"dt={day}").iterdir() if path.name not in names]
        for path in stale:
            path.unlink()
        return len(stale)


class S3Folder:
    """``EVENTS_URI`` at ``S3_ENDPOINT``, with the credentials of the environment."""

    def __init__(self, uri: str, client: object) -> None:
        parts = urlsplit(uri)
        if parts.scheme not in S3_SCHEMES or not parts.netloc:
            raise SystemExit(f"EVENTS_URI is '{uri}': give it as s3a://bucket/prefix")
        self._bucket = parts.netloc
        self._prefix = parts.path.strip("/")
        self._client = client
        self._etags: dict[str, dict[str, str]] = {}

    def put(self, day: str, name: str, data: bytes) -> bool:
        """Uploads unless the object's ETag is the MD5 of these bytes.

        The ETag changes with every rewrite on some stores only, but the load's fingerprint
        must not change when nothing did: an upload saved is a load saved.
        """
        if self._existing(day).get(name) == hashlib.md5(data).hexdigest():
            return False
        self._client.put_object(Bucket=self._bucket, Key=self._folder(day) + name, Body=data)
        return True

    def keep_only(self, day: str, names: set[str]) -> int:
        """Deletes the other objects of the day."""
        stale = [name for name in self._existing(day) if name not in names]
        for name in stale:
            self._client.delete_object(Bucket=self._bucket, Key=self._folder(day) + name)
        return len(stale)

    def _folder(self, day: str) -> str:
        return f"{self._prefix}/dt={day}/".lstrip("/")

    def _existing(self, day: str) -> dict[str, str]:
        if day not in self._etags:
            folder = self._folder(day)
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=folder
            )
            self._etags[day] = {
                # An object that another process is writing right now may be listed without one.
                found["Key"].removeprefix(folder): found.get("ETag", "").strip('"')
                for page in pages
                for found in page.get("Contents", ())
            }
        return self._etags[day]


def s3_folder() -> S3Folder:
    """The folder that the environment names."""
    try:
        import boto3
    except ModuleNotFoundError as missing:
        raise SystemExit("--upload needs boto3: run it with the project's Python") from missing
    uri = os.environ.get("EVENTS_URI")
    if not uri:
        raise SystemExit("EVENTS_URI is not set: run 'make up' and read .local/env, or set it")
    client = boto3.client(
        "s3",
        endpoint_url=os.environ.get("S3_ENDPOINT") or None,
        region_name=os.environ.get("AWS_REGION", DEFAULT_REGION),
    )
    return S3Folder(uri, client)


def storage(out: Path | None) -> Storage:
    """The local folder if one is given, else S3."""
    return s3_folder() if out is None else LocalFolder(out)
