"""What the client of Superset's REST interface refuses before it sends anything."""

import pytest

from deploy import DeployError
from deploy.client import Client


def test_address_without_https_on_another_host_is_refused() -> None:
    with pytest.raises(DeployError, match="over http:// to this machine only; write https://"):
        Client("http://superset.example", "user", "secret")
    Client("https://superset.example", "user", "secret")
    Client("http://localhost:8088", "user", "secret")


def test_address_that_is_none_is_refused() -> None:
    with pytest.raises(DeployError, match="'superset' is no address"):
        Client("superset", "user", "secret")
