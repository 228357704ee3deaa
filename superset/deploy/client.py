"""Superset's REST interface, as far as it is needed here."""

import json
import re
import urllib.parse

import requests

from deploy import DeployError

TIMEOUT_SECONDS = 120
ZIP = "application/zip"


class Client:
    """Calls as one user. Raises DeployError when Superset does not do what it is asked for."""

    def __init__(self, address: str, user: str, password: str) -> None:
        self.address = address
        self.user = user
        self._password = password
        self._headers: dict[str, str] = {}
        self._session = requests.Session()
        # A proxy named by the environment is not asked for what is on this machine.
        self._session.trust_env = not _is_here(address)
        # Without one, requests takes a login from ~/.netrc and sends it in place of the token.
        self._session.auth = self._signed

    def require_ready(self) -> None:
        self._send("GET", "/health")

    def import_assets(self, bundle: bytes, passwords: dict[str, str]) -> None:
        """Makes everything in the bundle as it is there, and leaves what else there is."""
        self._log_in()
        self._send(
            "POST",
            "/api/v1/assets/import/",
            files={"bundle": ("bundle.zip", bundle, ZIP)},
            data={"passwords": json.dumps(passwords)},
        )

    def export_assets(self) -> bytes:
        """All of its databases, datasets, charts and dashboards."""
        self._log_in()
        return self._send("GET", "/api/v1/assets/export/").content

    def get(self, path: str) -> dict:
        self._log_in()
        return self._ask("GET", f"/api/v1/{path}")

    def _log_in(self) -> None:
        if self._headers:
            return
        login = {"username": self.user, "password": self._password, "provider": "db"}
        token = self._ask("POST", "/api/v1/security/login", json=login)["access_token"]
        self._headers = {"Authorization": f"Bearer {token}", "Referer": self.address}
        csrf = self._ask("GET", "/api/v1/security/csrf_token/")["result"]
        self._headers["X-CSRFToken"] = csrf

    def _signed(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self._headers)
        return request

    def _ask(self, method: str, path: str, **content: object) -> dict:
        answer = self._send(method, path, **content)
        try:
            return answer.json()
        except requests.JSONDecodeError as error:
            raise DeployError(
                f"superset: {method} {path}: the answer is no JSON; is {self.address} a Superset?"
            ) from error

    def _send(self, method: str, path: str, **content: object) -> requests.Response:
        try:
            answer = self._session.request(
                method, self.address + path, timeout=TIMEOUT_SECONDS, **content
            )
        except requests.RequestException as error:
            raise DeployError(f"superset: {method} {self.address}{path}: {error}") from error
        if not answer.ok:
            raise DeployError(
                f"superset: {method} {path}: {answer.status_code} {answer.text[:2000]}"
            )
        return answer


def _is_here(address: str) -> bool:
    """Whether the address is one of this machine.

    Raises DeployError for one that a password must not be sent to.
    """
    if "@" in address:
        raise DeployError(
            "superset: its address must not hold a user or a password;"
            " set SUPERSET_USER and SUPERSET_PASSWORD"
        )
    parts = urllib.parse.urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise DeployError(f"superset: {address!r} is no address; write https://host or with :port")
    here = re.fullmatch(r"localhost|127(\.\d{1,3}){3}|::1", parts.hostname) is not None
    if parts.scheme == "http" and not here:
        raise DeployError(
            f"superset: {address}: a password is sent over http:// to this machine only;"
            " write https://"
        )
    return here
