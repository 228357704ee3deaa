"""The grants files, read without a server."""

import pytest

from local.services import ServiceError
from local.services.users import read_grants, users_xml


def test_readGrants_statementsOverLinesWithComments_loseTheirUser(tmp_path):
    path = tmp_path / "reader.sql"
    path.write_text(
        "-- why; and\nGRANT SELECT\n  ON raw.events TO reader; -- x\n"
        "REVOKE SELECT ON a.b FROM reader;"
    )

    assert read_grants(path, "reader") == ["GRANT SELECT ON raw.events", "REVOKE SELECT ON a.b"]


@pytest.mark.parametrize(
    "statement", ["GRANT SELECT ON raw.events TO admin", "DROP USER reader", "GRANT SELECT ON a.b"]
)
def test_readGrants_anotherStatementOrUser_isRefusedWithTheStatement(tmp_path, statement):
    path = tmp_path / "reader.sql"
    path.write_text(statement + ";")

    with pytest.raises(ServiceError) as refused:
        read_grants(path, "reader")

    assert str(refused.value) == (
        f"{path}: this statement is not of the form 'GRANT … TO reader' or "
        f"'REVOKE … FROM reader': {statement}"
    )


def test_usersXml_holdsNoPassword():
    secrets = {
        "CLICKHOUSE_PASSWORD": "administrator's",
        "CLICKHOUSE_LOADER_PASSWORD": "loader's",
        "CLICKHOUSE_DBT_PASSWORD": "dbt's",
        "CLICKHOUSE_READER_PASSWORD": "reader's",
    }

    text = users_xml(secrets)

    assert not [password for password in secrets.values() if password in text]
