"""Superset's REST interface, as far as it is needed here."""

import http.cookiejar
import json
import secrets
import urllib.error
import urllib.parse
import urllib.request

from deploy import DeployError

TIMEOUT_SECONDS = 120


class Client:
    """Calls as one user. Raises DeployError when Superset does not do what it is asked for."""

    def __init__(self, address: str, user: str, password: str) -> None:
        self.address = address
        self.user = user
        self._password = password
        self._headers: dict[str, str] = {}
        self._opener = urllib.request.build_opener(
            # What is on this machine is not asked for by way of a proxy.
            urllib.request.ProxyHandler({} if _is_here(address) else None),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        )

    def require_ready(self) -> None:
        self._send("GET", "/health")

    def import_assets(self, bundle: bytes, passwords: dict[str, str]) -> None:
        """Makes everything in the bundle as it is there, and leaves what else there is."""
        self._log_in()
        boundary = secrets.token_hex(16)
        parts = [
            (f'name="bundle"; filename="bundle.zip"\r\nContent-Type: {ZIP}', bundle),
            ('name="passwords"', json.dumps(passwords).encode()),
        ]
        body = b"".join(
            f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode()
            + content
            + b"\r\n"
            for head, content in parts
        )
        self._send(
            "POST",
            "/api/v1/assets/import/",
            body + f"--{boundary}--\r\n".encode(),
            f"multipart/form-data; boundary={boundary}",
        )

    def export_assets(self) -> bytes:
        """All of its databases, datasets, charts and dashboards."""
        self._log_in()
        return self._send("GET", "/api/v1/assets/export/")

    def get(self, path: str) -> dict:
        self._log_in()
        return json.loads(self._send("GET", f"/api/v1/{path}"))

    def post(self, path: str, body: dict) -> dict:
        self._log_in()
        return json.loads(self._send("POST", f"/api/v1/{path}", json.dumps(body).encode(), JSON))

    def delete(self, path: str) -> None:
        self._log_in()
        self._send("DELETE", f"/api/v1/{path}")

    def _log_in(self) -> None:
        if self._headers:
            return
        login = {"username": self.user, "password": self._password, "provider": "db"}
        answer = self._send("POST", "/api/v1/security/login", json.dumps(login).encode(), JSON)
        token = json.loads(answer)["access_token"]
        self._headers = {"Authorization": f"Bearer {token}", "Referer": self.address}
        csrf = json.loads(self._send("GET", "/api/v1/security/csrf_token/"))["result"]
        self._headers["X-CSRFToken"] = csrf

    def _send(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> bytes:
        headers = self._headers | ({"Content-Type": kind} if kind else {})
        request = urllib.request.Request(
            self.address + path, method=method, data=body, headers=headers
        )
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")[:2000]
            raise DeployError(f"superset: {method} {path}: {error.code} {text}") from error
        except OSError as error:
            raise DeployError(f"superset: {method} {self.address}{path}: {error}") from error


def _is_here(address: str) -> bool:
    """Whether the address is one of this machine.

    Raises DeployError for one that a password must not be sent to.
    """
    parts = urllib.parse.urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise DeployError(f"superset: {address!r} is no address; write https://host or with :port")
    here = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme == "http" and not here:
        raise DeployError(
            f"superset: {address}: a password is sent over http:// to this machine only;"
            " write https://"
        )
    return here


JSON = "application/json"
ZIP = "application/zip"
