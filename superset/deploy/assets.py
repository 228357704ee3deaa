"""The dashboards as files: ``superset/assets``, in the form of Superset's own export.

A running Superset numbers everything anew; what is exported from it carries those numbers, names
its files by them, and lists things in the order of its database. ``normalised`` takes that out, in
this one place, so that what was exported after an import equals what was imported.
"""

import io
import json
import re
import urllib.parse
import zipfile
from pathlib import Path

import yaml

from deploy import DeployError

ASSETS = Path(__file__).resolve().parents[1] / "assets"
METADATA = "metadata.yaml"
URI = "sqlalchemy_uri"
MASKED = "X" * 10
"""For Superset: the password is given apart."""
PLACEHOLDER_URI = f"clickhousedb://reader:{MASKED}@clickhouse.example:8443/marts?secure=true"
"""What the files say; who imports them names the server."""

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same by libyaml, which reads the files in a fraction of the time, where it is there."""

Assets = dict[str, dict]
"""The content of each file by its path inside the folder."""


def read(folder: Path = ASSETS) -> Assets:
    return {
        str(path.relative_to(folder)): yaml.load(path.read_bytes(), _Loader)
        for path in sorted(folder.rglob("*.yaml"))
    }


def write(assets: Assets, folder: Path = ASSETS) -> None:
    """Makes the folder hold these files and no others."""
    for path in folder.rglob("*.yaml"):
        if str(path.relative_to(folder)) not in assets:
            path.unlink()
    for name, content in assets.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(content), encoding="utf-8")


def bundle(assets: Assets, uri: str = PLACEHOLDER_URI) -> bytes:
    """What Superset imports: the files in one folder of a zip, with the connection to use."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in assets.items():
            content = content | {URI: uri} if name.startswith("databases/") else content
            archive.writestr(f"dashboards/{name}", _text(content))
    return file.getvalue()


def uri(url: str, user: str) -> str:
    """The connection to a server of which the HTTP address is known."""
    if "@" in url:
        raise DeployError(
            "CLICKHOUSE_URL must not hold a user or a password;"
            " set CLICKHOUSE_READER_USER and CLICKHOUSE_READER_PASSWORD"
        )
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise DeployError(f"CLICKHOUSE_URL is {url!r}; write http://host:port or https://host:port")
    secure = parts.scheme == "https"
    port = parts.port or (8443 if secure else 8123)
    name = urllib.parse.quote(user, safe="")
    return f"clickhousedb://{name}:{MASKED}@{parts.hostname}:{port}/marts" + (
        "?secure=true" if secure else ""
    )


def connections(assets: Assets) -> list[str]:
    """The paths of the connections, by which an import is told their passwords."""
    return [name for name in assets if name.startswith("databases/")]


def unbundle(exported: bytes) -> Assets:
    """An export of Superset's, in the one form."""
    files: Assets = {}
    with zipfile.ZipFile(io.BytesIO(exported)) as archive:
        for name in archive.namelist():
            inside = name.split("/", 1)[1]
            files[inside] = yaml.load(archive.read(name), _Loader)
    return normalised(files)


def normalised(files: Assets) -> Assets:
    """The same without what differs from one Superset to another."""
    charts = {
        content["uuid"]: number for number, content in enumerate(_of(files, "charts"), start=1)
    }
    plain: Assets = {}
    for name, content in files.items():
        kind = name.partition("/")[0]
        if name == METADATA:
            content = {"version": content["version"], "type": content["type"]}
        elif kind == "databases":
            content = content | {URI: PLACEHOLDER_URI}
        elif kind == "datasets":
            content = _dataset(content)
        elif kind == "charts":
            content = _chart(content)
        elif kind == "dashboards":
            content = _dashboard(content, charts)
        path = re.sub(r"_\d+\.yaml$", ".yaml", name)
        if path in plain:
            raise DeployError(f"two assets have the name {path}; rename one of them in Superset")
        plain[path] = content
    return dict(sorted(plain.items()))


def _of(files: Assets, kind: str) -> list[dict]:
    """In the order of their uuids, which is the same everywhere."""
    found = [content for name, content in files.items() if name.startswith(f"{kind}/")]
    return sorted(found, key=lambda content: content["uuid"])


def _dataset(dataset: dict) -> dict:
    return dataset | {
        "columns": sorted(dataset["columns"], key=lambda column: column["column_name"]),
        "metrics": sorted(dataset["metrics"], key=lambda metric: metric["metric_name"]),
    }


def _chart(chart: dict) -> dict:
    params = _without(chart["params"], "datasource", "slice_id", "dashboards")
    context = json.loads(chart["query_context"]) if chart.get("query_context") else None
    if context:
        # The import puts in the numbers of the dataset, which name it here.
        context["datasource"] = {"id": 0, "type": "table"}
        context["form_data"] = _without(
            context.get("form_data", {}), "datasource", "slice_id", "dashboards"
        )
    return chart | {
        "params": dict(sorted(params.items())),
        "query_context": json.dumps(context, sort_keys=True) if context else None,
    }


def _dashboard(dashboard: dict, charts: dict[str, int]) -> dict:
    position = json.loads(json.dumps(dashboard["position"]))
    numbers: dict[int, int] = {}
    for part in position.values():
        if isinstance(part, dict) and part["type"] == "CHART":
            number = charts[part["meta"]["uuid"]]
            numbers[part["meta"]["chartId"]] = number
            part["meta"]["chartId"] = number
    metadata = json.loads(json.dumps(dashboard["metadata"]))
    # Worked out when the dashboard is opened: the charts that a filter reaches, the colours in use.
    for derived in (
        "chart_configuration",
        "global_chart_configuration",
        "map_label_colors",
        "color_scheme_domain",
    ):
        metadata.pop(derived, None)
    metadata["shared_label_colors"] = []
    for one in metadata.get("native_filter_configuration", []):
        one.pop("chartsInScope", None)
        one.pop("tabsInScope", None)
        excluded = one.get("scope", {}).get("excluded", [])
        one["scope"]["excluded"] = sorted(numbers[number] for number in excluded)
    return dashboard | {
        "position": dict(sorted(position.items())),
        "metadata": dict(sorted(metadata.items())),
    }


def _without(values: dict, *names: str) -> dict:
    return {name: value for name, value in values.items() if name not in names}


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as they read."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def _text(content: dict) -> str:
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
