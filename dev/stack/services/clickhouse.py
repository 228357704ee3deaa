"""The embedded ClickHouse: its configuration, its start, and questions to it over HTTP."""

import os
import sys
import urllib.error
import urllib.request

from dev.stack.services import ServiceError
from dev.stack.services.process import Service
from dev.stack.services.state import ROOT, State, write_private
from dev.stack.services.users import users_xml


class ClickHouse:
    """The embedded server of one state directory."""

    def __init__(self, state: State) -> None:
        self.directory = state.clickhouse
        self.service = Service("clickhouse", state.directory)

    def configure(
        self, ports: dict[str, int], secrets: dict[str, str], profile: dict[str, str] | None = None
    ) -> bool:
        """Writes the server's files; True when they differ from what a running server has read."""
        home = self.directory / "home" / ".clickhouse-local"
        home.mkdir(parents=True, exist_ok=True)
        (self.directory / "data").mkdir(exist_ok=True)
        (self.directory / "tmp").mkdir(exist_ok=True)
        files = {
            home / "config.xml": self._config_xml(ports),
            self.directory / "users.xml": users_xml(secrets, profile=profile),
        }
        changed = False
        for path, text in files.items():
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                write_private(path, text)
                changed = True
        return changed

    def _config_xml(self, ports: dict[str, int]) -> str:
        # The access rules are those of the configuration a real server is installed with:
        # without them every user can read all of the system database.
        return f"""<clickhouse>
  <listen_host>127.0.0.1</listen_host>
  <http_port>{ports["clickhouse_http"]}</http_port>
  <tcp_port>{ports["clickhouse_tcp"]}</tcp_port>
  <logger><level>warning</level><console>1</console></logger>
  <users_config>{self.directory / "users.xml"}</users_config>
  <access_control_improvements>
    <select_from_system_db_requires_grant>true</select_from_system_db_requires_grant>
    <select_from_information_schema_requires_grant>true</select_from_information_schema_requires_grant>
    <on_cluster_queries_require_cluster_grant>true</on_cluster_queries_require_cluster_grant>
    <settings_constraints_replace_previous>true</settings_constraints_replace_previous>
  </access_control_improvements>
</clickhouse>
"""

    def start(self) -> None:
        env = os.environ | {
            "HOME": str(self.directory / "home"),
            "PYTHONPATH": str(ROOT),
            # The engine's import leaves a directory behind; here `clean` removes it.
            "TMPDIR": str(self.directory / "tmp"),
        }
        command = [
            sys.executable,
            "-m",
            "dev.stack.services.embedded",
            str(self.directory / "data"),
        ]
        self.service.start(command, env, self.directory)


def ask(url: str, user: str, password: str, sql: str, timeout: float = 300.0) -> str:
    """The answer to one statement. The password goes into a header, never into a URL."""
    where = url.partition("/?")[0]
    headers = {"X-ClickHouse-User": user, "X-ClickHouse-Key": password}
    request = urllib.request.Request(url, data=sql.encode(), headers=headers)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            request, timeout=timeout
        ) as response:
            return response.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        text = error.read().decode(errors="replace").strip()
        raise ServiceError(f"ClickHouse at {where}, user {user}: {text}") from error
    except OSError as error:
        reason = getattr(error, "reason", error)
        raise ServiceError(
            f"ClickHouse at {where} does not answer ({reason}); is it running? (make up)"
        ) from error


def ask_table(url: str, user: str, password: str, sql: str) -> str:
    """The answer as a table for people to read, unless the statement names another FORMAT."""
    # A parameter in the URL, so that a FORMAT clause in the query still wins.
    as_table = "default_format=PrettyCompactMonoBlock&output_format_pretty_color=0"
    as_table += "&output_format_pretty_row_numbers=0"
    return ask(f"{url.rstrip('/')}/?{as_table}", user, password, sql)
