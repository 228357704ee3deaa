"""A command of dbt on the project's warehouse."""

import os
import tempfile
from pathlib import Path

from airflow.providers.standard.hooks.subprocess import SubprocessHook
from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException

from include import access, settings


class RunDbt(BaseOperator):
    """Runs dbt as the user of the connection ``edtech_clickhouse_dbt``.

    Its output is the task's log.

    :param command: arguments of dbt
    :param must_say: text that dbt logs when it has done its work; without it the task fails
    """

    def __init__(self, *, command: list[str], must_say: str = "", **kwargs) -> None:
        super().__init__(**kwargs)
        self.command = command
        self.must_say = must_say
        self._process = SubprocessHook()

    def execute(self, context) -> None:
        known = settings.read()
        user = access.clickhouse(access.DBT)
        with tempfile.TemporaryDirectory(prefix="edtech-dbt-") as folder:
            environment = os.environ | {
                "CLICKHOUSE_URL": access.first_that_answers(access.clickhouse_urls(user)),
                "CLICKHOUSE_USER": user.login,
                "CLICKHOUSE_PASSWORD": user.password or "",
                "DBT_PROJECT_DIR": known.dbt_project,
                "DBT_PROFILES_DIR": known.dbt_project,
                # The project may lie where workers cannot write.
                "DBT_TARGET_PATH": folder,
                "DBT_LOG_PATH": folder,
                "NO_COLOR": "1",
            }
            command = [known.dbt_binary, "--no-use-colors", *self.command]
            result = self._process.run_command(command, env=environment, cwd=folder)
            if result.exit_code:
                raise AirflowException(
                    f"dbt {' '.join(self.command)} ended with {result.exit_code}: the marts "
                    "stay as they were; fix the errors above, then clear this task"
                )
            if self.must_say not in Path(folder, "dbt.log").read_text(encoding="utf-8"):
                raise AirflowException(
                    f"dbt {' '.join(self.command)} ended with 0, but did not log "
                    f"{self.must_say!r}: the lines above say what it left out"
                )

    def on_kill(self) -> None:
        if self._process.sub_process:
            self._process.send_sigterm()
