"""What the clients of a task, and the processes that it starts, take from Airflow's process."""

import os

UTF8 = "C.UTF-8"
LOCAL = ("localhost", "127.0.0.1", "::1")


def prepare() -> None:
    """Sets the locale and the hosts without a proxy.

    - Java and Python decode arguments and variables in the locale of their process: under
      ``LC_ALL=C`` the setting ``réussi`` would arrive as another word.
    - An address of this machine means nothing to a proxy, which would also see the passwords.
    """
    os.environ["LC_ALL"] = UTF8
    direct = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    if direct != "*":
        known = [host.strip() for host in direct.split(",") if host.strip()]
        direct = ",".join([*known, *(host for host in LOCAL if host not in known)])
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = direct
