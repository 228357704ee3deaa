"""The grants files, read without a server."""

import pytest

from local.services import ServiceError
from local.services.state import ROOT
from local.services.users import GRANTS, ROW_POLICIES, read_grants, read_row_policies, users_xml

STORE = ROOT / "src" / "main" / "resources" / "clickhouse" / "store"


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


@pytest.mark.parametrize("user", ["nobody", "reader, dbt"])
def test_readRowPolicies_unknownUser_isRefusedWithTheStatement(tmp_path, user):
    path = tmp_path / "row_policies.sql"
    statement = f"CREATE ROW POLICY OR REPLACE published ON a.b FOR SELECT USING c IN (1) TO {user}"
    path.write_text(statement + ";")

    with pytest.raises(
        ServiceError, match=r"row_policies.sql: .* is not of the form .*"
    ) as refused:
        read_row_policies(path)

    assert str(refused.value).endswith(statement)


def test_rowPolicies_everyStoreTableOfTheReader_hasTheSameOne():
    revoked = [grant.split(" ON ")[1] for grant in read_grants(GRANTS / "reader.sql", "reader")]
    revoked = [table for table in revoked if table.startswith("store.") and table != "store.*"]
    tables = {f"store.{path.stem}" for path in STORE.glob("*.sql")}

    policies = read_row_policies(ROW_POLICIES)

    assert list(policies) == ["reader"]
    assert {f"{database}.{table}" for database, table, _ in policies["reader"]} == tables - set(
        revoked
    )
    assert len({condition for _, _, condition in policies["reader"]}) == 1


def test_usersXml_holdsNoPassword():
    secrets = {
        "CLICKHOUSE_PASSWORD": "administrator's",
        "CLICKHOUSE_LOADER_PASSWORD": "loader's",
        "CLICKHOUSE_DBT_PASSWORD": "dbt's",
        "CLICKHOUSE_READER_PASSWORD": "reader's",
    }

    text = users_xml(secrets)

    assert not [password for password in secrets.values() if password in text]
