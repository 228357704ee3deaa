"""up, down, clean, status: the only place that knows the order of steps."""

from dev.stack.dashboards.server import Superset
from dev.stack.nightly.server import Airflow
from dev.stack.services import ServiceError
from dev.stack.services.clickhouse import ClickHouse, ask
from dev.stack.services.process import Service, wait_for
from dev.stack.services.s3 import ACCESS_KEY_ID, BUCKET, REGION, S3, create_bucket
from dev.stack.services.state import State, read_pairs, write_pairs
from dev.stack.services.users import ADMINISTRATOR

START_SECONDS = 60.0
PROBE_SECONDS = 10.0
PAUSE_SECONDS = 0.1


def up(
    state: State, profile: dict[str, str] | None = None, passwords_of: State | None = None
) -> None:
    """Starts what does not run, waits until both answer, and writes the env file.

    ``profile``: see ``users_xml``. ``passwords_of``: a set of services that has the same passwords.
    """
    with state.locked():
        clickhouse, s3 = ClickHouse(state), S3(state)
        if passwords_of is not None:
            state.take_secrets(passwords_of)
        secrets = state.secrets()
        runs = {
            "clickhouse": clickhouse.service.pid() is not None,
            "s3": s3.service.pid() is not None,
        }
        ports = state.ports(
            {
                "clickhouse_http": runs["clickhouse"],
                "clickhouse_tcp": runs["clickhouse"],
                "s3": runs["s3"],
            }
        )
        env = _env(ports, secrets)

        if clickhouse.configure(ports, secrets, profile) and runs["clickhouse"]:
            print("clickhouse: its users, grants or settings have changed: restarting it")
            clickhouse.service.stop()
        if s3.configure(ports["s3"], secrets["AWS_SECRET_ACCESS_KEY"]) and runs["s3"]:
            print("s3: its settings have changed: restarting it")
            s3.service.stop()
        # Both are started before either is waited for: each takes a second or two.
        for service in (clickhouse, s3):
            if service.service.pid() is None:
                service.start()

        wait_for(
            lambda: _require_clickhouse(env), START_SECONDS, clickhouse.service, pause=PAUSE_SECONDS
        )
        wait_for(
            lambda: create_bucket(env["S3_ENDPOINT"], env["AWS_SECRET_ACCESS_KEY"]),
            START_SECONDS,
            s3.service,
            pause=PAUSE_SECONDS,
        )
        write_pairs(state.env_file, env)
        _print_where(clickhouse.service, env["CLICKHOUSE_URL"])
        _print_where(s3.service, env["S3_ENDPOINT"])
        print(f"settings: {state.env_file}")


def down(state: State) -> None:
    """Ends the processes that ``up`` started; they are gone when this returns. Data stay."""
    if not state.exists():
        print(f"nothing runs: there is no {state.directory}")
        return
    with state.locked():
        _stop_all(state)


def clean(state: State) -> None:
    """Ends the processes and forgets all data; no error when there are none."""
    if not state.exists():
        print(f"nothing to remove: there is no {state.directory}")
        return
    with state.locked():
        _stop_all(state)
        Airflow(state).remove()
        state.remove()
    print(f"removed {state.directory}")


def status(state: State) -> None:
    """Says what runs and where. Raises ServiceError unless both services answer."""
    clickhouse, s3 = ClickHouse(state).service, S3(state).service
    env = read_pairs(state.env_file)
    for service in (clickhouse, s3):
        if service.pid() is None:
            raise ServiceError(
                f"{service.name} does not run (state {state.directory}); 'make up' starts it"
            )
    _require_clickhouse(env)
    create_bucket(env["S3_ENDPOINT"], env["AWS_SECRET_ACCESS_KEY"])
    _print_where(clickhouse, env["CLICKHOUSE_URL"])
    _print_where(s3, env["S3_ENDPOINT"])


def _env(ports: dict[str, int], secrets: dict[str, str]) -> dict[str, str]:
    return {
        "CLICKHOUSE_URL": f"http://127.0.0.1:{ports['clickhouse_http']}",
        "CLICKHOUSE_TCP_PORT": str(ports["clickhouse_tcp"]),
        "CLICKHOUSE_USER": ADMINISTRATOR,
        "CLICKHOUSE_PASSWORD": secrets["CLICKHOUSE_PASSWORD"],
        "CLICKHOUSE_LOADER_USER": "loader",
        "CLICKHOUSE_LOADER_PASSWORD": secrets["CLICKHOUSE_LOADER_PASSWORD"],
        "CLICKHOUSE_DBT_USER": "dbt",
        "CLICKHOUSE_DBT_PASSWORD": secrets["CLICKHOUSE_DBT_PASSWORD"],
        "CLICKHOUSE_READER_USER": "reader",
        "CLICKHOUSE_READER_PASSWORD": secrets["CLICKHOUSE_READER_PASSWORD"],
        "S3_ENDPOINT": f"http://127.0.0.1:{ports['s3']}",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": secrets["AWS_SECRET_ACCESS_KEY"],
        "AWS_REGION": REGION,
        "EVENTS_URI": f"s3a://{BUCKET}/events",
    }


def _require_clickhouse(env: dict[str, str]) -> None:
    user, password = env["CLICKHOUSE_USER"], env["CLICKHOUSE_PASSWORD"]
    answer = ask(env["CLICKHOUSE_URL"], user, password, "SELECT currentUser()", PROBE_SECONDS)
    if answer.strip() != user:
        raise ServiceError(
            f"{env['CLICKHOUSE_URL']} is not our ClickHouse: it answers {answer[:80]!r}"
        )


def _stop_all(state: State) -> None:
    Airflow(state).stop()
    Superset(state).stop()
    for service in (S3(state).service, ClickHouse(state).service):
        print(f"{service.name}: {'stopped' if service.stop() else 'did not run'}")


def _print_where(service: Service, url: str) -> None:
    print(f"{service.name}: answers at {url} (pid {service.pid()})")
