"""The list of server settings is one, though three programs read it in three forms."""

import yaml

from dev.stack.services.state import ROOT, read_pairs

LIST = ROOT / "src/main/resources/clickhouse/server-settings.properties"


def test_settings_ofDbtAndOfTheDashboards_areThoseOfTheJob():
    needed = read_pairs(LIST)
    # Everything but the settings is a template, which is no YAML.
    lines = (ROOT / "dbt/profiles.yml").read_text().partition("custom_settings:\n")[2]
    (database,) = (ROOT / "superset/assets/databases").glob("*.yaml")
    arguments = yaml.safe_load(database.read_text())["extra"]["engine_params"]["connect_args"]

    assert {k: str(v) for k, v in yaml.safe_load(lines).items()} == needed
    # The driver takes an argument for a setting of the server by this prefix.
    assert {k: str(v) for k, v in arguments.items()} == {f"ch_{k}": v for k, v in needed.items()}


def test_page_ofServerSettings_explainsEachOfTheList():
    page = (ROOT / "docs/server-settings.md").read_text()

    assert [
        name for name, value in read_pairs(LIST).items() if f"| `{name}` | {value} |" not in page
    ] == []
