"""Which addresses a password may be sent to: over https to any, over http to this machine only.

``python -m dev.check_url`` judges ``CLICKHOUSE_URL`` for programs that would send the password
wherever it says; exit code 2, with one sentence, when they must not. The job judges by the same
rule (``config.Address``); ``src/test/resources/addresses.csv`` holds both to the same verdicts.
With ``--one`` it prints the address for a program that talks to one server: of several replicas the
first that answers; exit code 1 when none does.
"""

import os
import re
import sys
import urllib.error
import urllib.request

ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])"
    r"(?P<port>:[0-9]{1,5})?(?P<path>/[^\s?#@]*)?"
)
HERE = re.compile(r"localhost|127(\.[0-9]{1,3}){3}|\[::1\]", re.IGNORECASE)

FORM = "must be http://host:port or https://host:port"
LOGIN = "must not hold a user, a password or parameters: set them by name"
IN_CLEAR = "would send the password in clear over the network: give https://host:port"
NO_PORT = f"{FORM}, with the port and no path"


class AddressError(Exception):
    """One sentence: which variable, its value without what may be secret, what to write instead."""

    def __init__(self, name: str, text: str, rule: str) -> None:
        super().__init__(f'{name} = "{masked(text)}": {rule}')


def require(name: str, text: str, *, password: str) -> re.Match:
    """The parts of an address that may be used, with this password or with '' for none."""
    if "@" in text or "?" in text or "#" in text:
        raise AddressError(name, text, LOGIN)
    parts = ADDRESS.fullmatch(text)
    if parts is None:
        raise AddressError(name, text, FORM)
    if password and parts["scheme"] == "http" and not HERE.fullmatch(parts["host"]):
        raise AddressError(name, text, IN_CLEAR)
    return parts


def masked(text: str) -> str:
    """The address without what may be a login or a secret parameter."""
    return re.sub(r"[?#].*", "?***", re.sub(r"^([a-z0-9+.-]*://)?.*@", r"\1***@", text))


def first_that_answers(urls: list[str]) -> str | None:
    """The only address, which is not asked; of several the first whose server answers."""
    if len(urls) == 1:
        return urls[0]
    for url in urls:
        try:
            with urllib.request.urlopen(f"{url.rstrip('/')}/ping", timeout=10):
                return url
        except (OSError, urllib.error.URLError):
            continue
    return None


def main() -> int:
    """Judges the variable; ``--port`` for dbt, which needs the port."""
    variable = os.environ.get("CLICKHOUSE_URL", "")
    urls = [url.strip() for url in variable.split(",")]
    try:
        for url in urls:
            parts = require(
                "CLICKHOUSE_URL", url, password=os.environ.get("CLICKHOUSE_PASSWORD", "")
            )
            if "--port" in sys.argv and (
                not parts["port"]
                or parts["path"] not in (None, "/")
                or parts["host"].startswith("[")
            ):
                raise AddressError("CLICKHOUSE_URL", url, NO_PORT)
    except AddressError as refused:
        print(f"error: {refused}", file=sys.stderr)
        return 2
    if "--one" in sys.argv:
        one = first_that_answers(urls)
        if one is None:
            print(
                "error: none of the servers of CLICKHOUSE_URL answers ("
                f"{', '.join(urls)}): are they up?",
                file=sys.stderr,
            )
            return 1
        print(one)
    return 0


if __name__ == "__main__":
    sys.exit(main())
