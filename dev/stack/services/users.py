"""The users file of the local ClickHouse.

The grants themselves live in ``conf/clickhouse/grants/*.sql`` and the row policies in
``conf/clickhouse/row_policies.sql``, in the form an operator runs on a server of their own; here
they only lose their ``TO user``, which the users file says by nesting. Nor does the users file know
``ON store.*``: it has the policy once for each table of the job.
"""

import hashlib
import re
from pathlib import Path
from xml.sax.saxutils import escape

from dev.stack.services import ServiceError
from dev.stack.services.state import ROOT

ADMINISTRATOR = "admin"
PASSWORD_NAMES = {
    ADMINISTRATOR: "CLICKHOUSE_PASSWORD",
    "loader": "CLICKHOUSE_LOADER_PASSWORD",
    "dbt": "CLICKHOUSE_DBT_PASSWORD",
    "reader": "CLICKHOUSE_READER_PASSWORD",
}
GRANTS = ROOT / "conf" / "clickhouse" / "grants"
ROW_POLICIES = ROOT / "conf" / "clickhouse" / "row_policies.sql"
STORE = ROOT / "src" / "main" / "resources" / "clickhouse" / "store"

START_QUERIES = 3
"""How many queries the server's own session runs (``embedded``): all ``default`` is allowed.

``default`` must have an empty password, and may stop the listeners as well as start them. So its
quota is used up by the time a client can reach it.
"""
QUOTA_SECONDS = 2_000_000_000


def users_xml(
    secrets: dict[str, str],
    grants: Path = GRANTS,
    row_policies: Path = ROW_POLICIES,
    profile: dict[str, str] | None = None,
) -> str:
    """The users file: the administrator, one user per grants file, and the crippled ``default``.

    ``profile`` has further settings for all users but ``default``, as on a server that is not ours;
    a value that ends with `` CONST`` may not be changed.
    """
    rights = {ADMINISTRATOR: ["GRANT ALL ON *.* WITH GRANT OPTION"]}
    for user in PASSWORD_NAMES:
        if user != ADMINISTRATOR:
            rights[user] = read_grants(grants / f"{user}.sql", user)
    policies = read_row_policies(row_policies)
    users = "".join(
        _user(user, secrets[PASSWORD_NAMES[user]], rights[user], policies.get(user, []))
        for user in rights
    )
    return f"""<clickhouse>
  <!-- Written at every start by dev/stack/services; grants and policies are conf/clickhouse's. -->
  <profiles>
    <default>
      <enable_shared_storage_snapshot_in_query>1</enable_shared_storage_snapshot_in_query>
      <constraints>
        <enable_shared_storage_snapshot_in_query><const/></enable_shared_storage_snapshot_in_query>
      </constraints>
    </default>
    <user>
      <profile>default</profile>
{_settings(profile or {})}    </user>
  </profiles>
  <quotas>
    <default/>
    <start>
      <interval><duration>{QUOTA_SECONDS}</duration><queries>{START_QUERIES}</queries></interval>
    </start>
  </quotas>
  <users>
    <default>
      <password></password>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>start</quota>
      <grants>
        <query>GRANT SYSTEM LISTEN ON *.*</query>
        <query>GRANT SELECT ON system.numbers</query>
      </grants>
    </default>
{users}  </users>
</clickhouse>
"""


def read_grants(path: Path, user: str) -> list[str]:
    """The GRANT and REVOKE statements of one file, without the user they name."""
    return [_without_user(statement, user, path) for statement in statements(path)]


def read_row_policies(path: Path) -> dict[str, list[tuple[str, str, str]]]:
    """The row policies of the file by user, each as database, table or ``*``, and condition."""
    policies: dict[str, list[tuple[str, str, str]]] = {}
    for statement in statements(path):
        match = re.fullmatch(
            r"CREATE ROW POLICY OR REPLACE published ON (\w+)\.(\w+|\*) FOR SELECT"
            r" USING (.+) TO (\w+)",
            statement,
        )
        if match is None or match[4] not in PASSWORD_NAMES:
            raise ServiceError(
                f"{path}: this statement is not of the form 'CREATE ROW POLICY OR REPLACE"
                " published ON database.table FOR SELECT USING … TO user', with a user of"
                f" {', '.join(PASSWORD_NAMES)}: {statement}"
            )
        policies.setdefault(match[4], []).append((match[1], match[2], match[3]))
    return policies


def statements(path: Path) -> list[str]:
    """The statements of one file, each in one line and without comments."""
    text = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
    statements = [" ".join(part.split()) for part in text.split(";")]
    return [statement for statement in statements if statement]


def _without_user(statement: str, user: str, path: Path) -> str:
    match = re.fullmatch(r"(GRANT .+) TO (\w+)|(REVOKE .+) FROM (\w+)", statement)
    if match is None or user not in (match[2], match[4]):
        raise ServiceError(
            f"{path}: this statement is not of the form 'GRANT … TO {user}' or "
            f"'REVOKE … FROM {user}': {statement}"
        )
    return match[1] or match[3]


def _settings(profile: dict[str, str]) -> str:
    values = {name: value.removesuffix(" CONST") for name, value in profile.items()}
    lines = [f"      <{name}>{value}</{name}>\n" for name, value in values.items()]
    held = [name for name, value in profile.items() if value.endswith(" CONST")]
    if held:
        constraints = "".join(f"<{name}><const/></{name}>" for name in held)
        lines.append(f"      <constraints>{constraints}</constraints>\n")
    return "".join(lines)


def _user(name: str, password: str, rights: list[str], policies: list[tuple[str, str, str]]) -> str:
    queries = "".join(f"        <query>{escape(right)}</query>\n" for right in rights)
    filters: dict[str, str] = {}
    for database, table, condition in policies:
        tables = sorted(ddl.stem for ddl in STORE.glob("*.sql")) if table == "*" else [table]
        for one in tables:
            line = f"          <{one}><filter>{escape(condition)}</filter></{one}>\n"
            filters[database] = filters.get(database, "") + line
    databases = "".join(
        f"        <{database}>\n{lines}        </{database}>\n"
        for database, lines in filters.items()
    )
    return f"""    <{name}>
      <password_sha256_hex>{hashlib.sha256(password.encode()).hexdigest()}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>user</profile>
      <quota>default</quota>
      <grants>
{queries}      </grants>
      <databases>
{databases}      </databases>
    </{name}>
"""
