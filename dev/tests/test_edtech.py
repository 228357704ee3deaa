"""``bin/edtech``: what it starts for each command, with which settings, and what else it says.

Spark and Java are scripts here that print what they are given. What the job does with it is shown
by the tests in Java; that the two fit, by every ``make load`` of the other tests.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dev.stack.services.state import ROOT, write_pairs

EDTECH = ROOT / "bin" / "edtech"
URL = "http://127.0.0.1:8123"
SAYS = """#!/usr/bin/env bash
echo "{name}" "$@"
env | grep -E '^(CLICKHOUSE_|EDTECH_|EVENTS_URI|LC_ALL|no_proxy|NO_PROXY|SPARK_LOCAL_IP)'
exit "${{CODE:-0}}"
"""


@pytest.fixture
def programs(tmp_path) -> dict[str, str]:
    """Variables that name a Spark, a Java and a jar that only say how they are called."""
    for name in ("spark/bin/spark-submit", "java/bin/java"):
        program = tmp_path / name
        program.parent.mkdir(parents=True)
        program.write_text(SAYS.format(name=program.name), encoding="utf-8")
        program.chmod(0o755)
    (tmp_path / "spark" / "jars").mkdir()
    jar = tmp_path / "job.jar"
    jar.touch()
    return {
        "PATH": os.environ["PATH"],
        "SPARK_HOME": str(tmp_path / "spark"),
        "JAVA_HOME": str(tmp_path / "java"),
        "JOB_JAR": str(jar),
        "STATE": str(tmp_path / "state"),
    }


@pytest.fixture
def services(programs, tmp_path) -> dict[str, str]:
    """The same with the settings of local services."""
    (tmp_path / "state").mkdir()
    settings = {"CLICKHOUSE_URL": URL, "CLICKHOUSE_USER": "admin", "CLICKHOUSE_PASSWORD": "a"}
    settings |= {"CLICKHOUSE_LOADER_USER": "loader", "CLICKHOUSE_LOADER_PASSWORD": "l"}
    write_pairs(tmp_path / "state" / "env", settings)
    return programs


def _run(environment: dict[str, str], *arguments: str, cwd: Path = ROOT):
    return subprocess.run(
        [EDTECH, *arguments], env=environment, cwd=cwd, capture_output=True, text=True
    )


@pytest.mark.parametrize("command", ["load", "backfill", "forget"])
def test_commandThatNeedsSpark_isSubmittedAsTheLoader(services, command, tmp_path):
    done = _run(services, command, "--user", "Ö $x", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert said[0].startswith(f"spark-submit --properties-file {ROOT}/conf/spark-defaults.conf ")
    assert said[0].endswith(
        f"--class edtech.analytics.cli.Main {services['JOB_JAR']} {command} --user Ö $x"
    )
    assert {f"CLICKHOUSE_URL={URL}", "CLICKHOUSE_USER=loader", "CLICKHOUSE_PASSWORD=l"} < set(said)


@pytest.fixture
def checkout(services, tmp_path) -> dict[str, str]:
    """The same for a copy of the commands, in whose target an archive may lie."""
    shutil.copytree(ROOT / "bin", tmp_path / "bin")
    (tmp_path / "target").mkdir()
    return services


def _archive(checkout: dict[str, str], tmp_path: Path, code: int, archived: str):
    """A load that writes an archive; its JVM writes this text and ends with that code."""
    submit = Path(checkout["SPARK_HOME"], "bin", "spark-submit")
    submit.write_text(
        "#!/usr/bin/env bash\n"
        'echo "$@"; file="${6#*ArchiveClassesAtExit=}"\n'
        f'printf "%s" "{archived}" > "${{file%% *}}"; exit {code}\n'
    )
    command = [tmp_path / "bin" / "edtech", "load"]
    return subprocess.run(command, env=checkout | {"ARCHIVE": "1"}, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("code", "archived", "kept"), [(0, "new", "new"), (1, "part", "old"), (0, "", "old")]
)
def test_classArchive_isReplacedByThatOfALoadThatEndsWell(checkout, tmp_path, code, archived, kept):
    archive = tmp_path / "target" / "edtech-analytics.jsa"
    archive.write_text("old")

    done = _archive(checkout, tmp_path, code, archived)

    assert done.returncode == code
    class_path = f"--driver-class-path {checkout['JOB_JAR']}:{tmp_path}/target/s3a-jars/* "
    assert class_path in done.stdout
    assert f"-XX:ArchiveClassesAtExit={archive}." in done.stdout
    assert [file.name for file in archive.parent.iterdir()] == [archive.name]
    assert archive.read_text() == kept


@pytest.mark.parametrize("content", ["classes", "", None])
def test_classArchive_isUsedUnlessItIsEmpty(checkout, tmp_path, content):
    archive = tmp_path / "target" / "edtech-analytics.jsa"
    if content is not None:
        archive.write_text(content)

    done = subprocess.run(
        [tmp_path / "bin" / "edtech", "load"], env=checkout, capture_output=True, text=True
    )

    used = f"-XX:SharedArchiveFile={archive} -Xlog:cds*=off"
    assert (used in done.stdout) == bool(content)


ONE_CLASS = """public class One {
  public static void main(String[] arguments) { System.out.println("one"); }
}"""


@pytest.fixture(scope="module")
def with_archive(tmp_path_factory) -> tuple[Path, Path]:
    """A jar of one class, and the archive of a run of it."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "One.java").write_text(ONE_CLASS)
    jar, archive = folder / "one.jar", folder / "one.jsa"
    _java("javac", "-d", str(folder), str(folder / "One.java"))
    _java("jar", "--create", "--file", str(jar), "-C", str(folder), "One.class")
    _java("java", f"-XX:ArchiveClassesAtExit={archive}", "-Xlog:disable", "-cp", str(jar), "One")
    fits = [f"-XX:SharedArchiveFile={archive}", "-Xlog:class+load", "-cp", str(jar), "One"]
    assert "One source: shared objects file (top)" in _java("java", *fits).stdout
    return jar, archive


def _java(program: str, *arguments: str) -> subprocess.CompletedProcess:
    home = os.environ.get("JAVA_HOME")
    # The JVM says so, where it takes options from there.
    env = {name: value for name, value in os.environ.items() if name != "JAVA_TOOL_OPTIONS"}
    command = [str(Path(home, "bin", program)) if home else program, *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True)


@pytest.mark.parametrize("unfit", ["missing", "empty", "damaged", "other jar", "other class path"])
def test_classArchive_thatDoesNotFit_letsTheJvmStartWithoutAWord(unfit, with_archive, tmp_path):
    jar, archive = (Path(shutil.copy2(file, tmp_path)) for file in with_archive)
    class_path = str(with_archive[0])
    match unfit:
        case "missing":
            archive.unlink()
        case "empty":
            archive.write_bytes(b"")
        case "damaged":
            archive.write_bytes(b"of another Java")
        case "other jar":
            os.utime(with_archive[0], (1, 1))
        case _:
            class_path = f"{tmp_path}:{jar}"

    done = _java(
        "java", f"-XX:SharedArchiveFile={archive}", "-Xlog:cds*=off", "-cp", class_path, "One"
    )

    assert (done.stdout, done.stderr) == ("one\n", "")


@pytest.mark.parametrize(
    ("command", "user"), [("status", "loader"), ("sweep", "loader"), ("init", "admin")]
)
def test_commandThatNeedsNoSpark_isPlainJava(services, command, user):
    said = _run(services, command).stdout.splitlines()

    assert re.match(rf"java -Dlog4j2.*edtech.analytics.cli.Main {command}$", said[0])
    assert f"CLICKHOUSE_USER={user}" in said


@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_exitCode_isTheJobs(services, code):
    assert _run(services | {"CODE": str(code)}, "load").returncode == code
    assert _run(services | {"CODE": str(code)}, "status").returncode == code


def test_clickHouseUrlInTheEnvironment_isUsedInsteadOfTheLocalServices(services):
    own = {"CLICKHOUSE_URL": "https://own.example:8443", "CLICKHOUSE_USER": "ours"}

    said = _run(services | own, "status").stdout.splitlines()

    assert {"CLICKHOUSE_URL=https://own.example:8443", "CLICKHOUSE_USER=ours"} < set(said)
    assert not [line for line in said if line.startswith("CLICKHOUSE_LOADER")]


def test_settingsFileOfTheLocalServices_isUsedWhereNoneIsNamed(services, tmp_path):
    settings = tmp_path / "state" / "settings.conf"
    settings.touch()

    assert f"EDTECH_CONFIG={settings}" in _run(services, "load").stdout.splitlines()
    named = _run(services | {"EDTECH_CONFIG": "my.conf"}, "load").stdout.splitlines()
    assert "EDTECH_CONFIG=my.conf" in named
    own = _run(services | {"CLICKHOUSE_URL": "https://own.example:8443"}, "load").stdout
    assert "EDTECH_CONFIG" not in own


def test_otherLocaleAndProxy_isUtf8AndNeverForThisMachine(services):
    other = {"LC_ALL": "C", "http_proxy": "http://proxy.example", "no_proxy": "intern.example"}

    said = _run(services | other, "load").stdout.splitlines()

    without = "localhost,127.0.0.1,::1,intern.example"
    assert {"LC_ALL=C.UTF-8", f"no_proxy={without}", f"NO_PROXY={without}"} < set(said)
    assert "SPARK_LOCAL_IP=127.0.0.1" in said


@pytest.mark.parametrize("variable", ["CLICKHOUSE_URL", "S3_ENDPOINT"])
def test_otherAddressOfThisMachine_isNotForAProxyEither(services, variable):
    own = {"CLICKHOUSE_URL": "https://own.example:8443"} | {variable: "http://127.0.0.2:8123"}

    said = _run(services | own, "load").stdout.splitlines()

    assert "no_proxy=127.0.0.2,localhost,127.0.0.1,::1," in said


@pytest.mark.parametrize("variable", ["no_proxy", "NO_PROXY"])
def test_noProxyForAnything_staysSo(variable, services):
    said = _run(services | {"http_proxy": "http://proxy.example", variable: "*"}, "load").stdout

    assert {"no_proxy=*", "NO_PROXY=*"} < set(said.splitlines())


def test_connectorJar_isOnTheClassPathOfLoadsOnly(services, tmp_path):
    jar = tmp_path / "connector.jar"
    jar.touch()
    catalog = "EDTECH_CLICKHOUSE_CATALOG=com.clickhouse.spark.ClickHouseCatalog"

    load = _run(services | {"CONNECTOR_JAR": str(jar)}, "load").stdout
    forget = _run(services | {"CONNECTOR_JAR": str(jar)}, "forget").stdout

    assert f"/s3a-jars/*:{jar} " in load
    assert catalog in load
    assert catalog not in forget
    missing = _run(services | {"CONNECTOR_JAR": "no.jar"}, "load")
    assert missing.returncode == 2
    assert missing.stderr == "error: no connector: CONNECTOR_JAR is 'no.jar', which is no file\n"


def test_noServices_saysHowToStartThem(programs):
    done = _run(programs, "status")

    assert done.returncode == 1
    assert done.stderr == (
        f"error: no services: there is no {programs['STATE']}/env; run 'make up', or set "
        "CLICKHOUSE_URL to a server of your own\n"
    )


@pytest.mark.parametrize(
    ("variable", "message"),
    [
        ("JOB_JAR", "no job jar: JOB_JAR is '/absent', which is no file"),
        ("SPARK_HOME", "no Spark: there is no /absent/jars; run 'make up', or set SPARK_HOME to a"),
        ("JAVA_HOME", "no Java: '/absent/bin/java' is not there; install a JDK 17, or set JAVA"),
    ],
)
def test_programThatIsNotThere_isNamed(services, variable, message):
    done = _run(services | {variable: "/absent"}, "status")

    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {message}")
    assert done.stderr.count("\n") == 1


def test_help_needsNothingAndNamesEveryCommand(tmp_path):
    done = _run({"PATH": os.environ["PATH"]}, "--help", cwd=tmp_path)

    assert done.returncode == 0
    sources = (ROOT / "src/main/java/edtech/analytics/cli").glob("*Command.java")
    text = "".join(source.read_text() for source in sources)
    commands = re.findall(r'@Command\(\s+name = "([\w-]+)"', text)
    assert len(commands) == text.count("@Command(") > 0
    listed = re.findall(r"^  ([a-z-]+)  ", done.stdout, re.M)
    assert set(commands) <= set(listed)
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_trySource_usesServicesButNeedsNone(programs, tmp_path):
    without = _run(programs, "try-source", "a.gz").stdout.splitlines()
    (tmp_path / "state").mkdir()
    write_pairs(tmp_path / "state" / "env", {"CLICKHOUSE_URL": URL, "EVENTS_URI": "s3://own/e"})
    with_some = _run(programs, "try-source", "a.gz").stdout.splitlines()

    assert re.match(r"java .*edtech.analytics.cli.Main try-source a.gz$", without[0])
    assert not [line for line in without if line.startswith("CLICKHOUSE_URL")]
    assert with_some[0] == without[0]
    assert {f"CLICKHOUSE_URL={URL}", "EVENTS_URI=s3://own/e"} < set(with_some)


def test_helpOfACommand_needsNoServices(programs):
    said = _run(programs, "load", "--help").stdout

    assert re.match(r"java .*edtech.analytics.cli.Main load --help\n", said)


def test_noCommand_exits2():
    done = _run({"PATH": os.environ["PATH"]})

    assert done.returncode == 2
    assert done.stderr.endswith("error: no command; 'edtech --help' lists them\n")
