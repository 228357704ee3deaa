"""The grants files, read without a server."""

from xml.etree import ElementTree

import pytest

from dev.stack.services import ServiceError
from dev.stack.services.users import ROW_POLICIES, STORE, read_grants, read_row_policies, users_xml


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


SECRETS = {
    "CLICKHOUSE_PASSWORD": "administrator's",
    "CLICKHOUSE_LOADER_PASSWORD": "loader's",
    "CLICKHOUSE_DBT_PASSWORD": "dbt's",
    "CLICKHOUSE_READER_PASSWORD": "reader's",
}


def test_usersXml_policyForAllTables_isOnEachTableOfTheReaderOnly():
    users = ElementTree.fromstring(users_xml(SECRETS)).find("users")
    [(database, table, condition)] = read_row_policies(ROW_POLICIES)["reader"]

    assert (database, table) == ("store", "*")
    assert {
        filter.tag: filter.findtext("filter") for filter in users.find("reader/databases/store")
    } == {ddl.stem: condition for ddl in STORE.glob("*.sql")}
    assert [user.tag for user in users if user.findall("databases/*")] == ["reader"]


def test_usersXml_holdsNoPassword():
    text = users_xml(SECRETS)

    assert not [password for password in SECRETS.values() if password in text]
