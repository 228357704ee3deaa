"""Tells somebody of a task that has failed and used up its retries.

The setting ``on_failure`` names a function of this module, or any other that takes Airflow's
context, such as one that calls a notifier of a provider package (PagerDuty, Opsgenie, …).
"""

import logging
from collections.abc import Callable
from html import escape
from importlib import import_module

import requests
from airflow.sdk import BaseHook

from include import settings

CHAT = "edtech_chat"
MAIL = "edtech_mail"
TIMEOUT_SECONDS = 10
MOST_CHARACTERS = 800

log = logging.getLogger(__name__)


def on_failure(context) -> None:
    """Calls the function of the setting ``on_failure``. The callback of every task."""
    configured()(context)


def configured() -> Callable:
    """The function of the setting ``on_failure``.

    DAGs ask for it when they are parsed, so that a wrong name is found before a task fails.
    """
    name = settings.read().on_failure
    module, _, function = name.rpartition(".")
    try:
        return getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(
            f"Airflow's configuration, section [{settings.SECTION}]: on_failure = {name!r}: "
            f"name a function, such as {__name__}.post_to_chat; {error}"
        ) from error


def log_failure(context) -> None:
    """Writes the message to the task's log, where log-based alerts find it."""
    log.error("%s", message(context))


def post_to_chat(context) -> None:
    """Posts the message to an incoming web hook of Slack, Mattermost, Teams or another chat.

    Whoever knows the hook's address can post, so it is the password of ``edtech_chat``.
    """
    log_failure(context)
    address = BaseHook.get_connection(CHAT).password
    requests.post(
        address, json={"text": message(context)}, timeout=TIMEOUT_SECONDS
    ).raise_for_status()


def send_mail(context) -> None:
    """Mails the message to the addresses of the setting ``mail_to``.

    The connection ``edtech_mail`` is the SMTP server, with the sender as ``from_email`` in its
    extra.
    """
    # Not needed to parse a DAG.
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    log_failure(context)
    task = context["ti"]
    with SmtpHook(smtp_conn_id=MAIL) as server:
        server.send_email_smtp(
            to=settings.read().mail_to,
            subject=f"{task.dag_id}.{task.task_id} failed",
            html_content=escape(message(context)),
        )


def message(context) -> str:
    """One line: what failed, which run, why, where its log is."""
    task = context["ti"]
    why = " ".join(str(context.get("exception") or "no exception").split())
    if len(why) > MOST_CHARACTERS:
        # The end of the text comes from the process that failed.
        why = f"… {why[-MOST_CHARACTERS:]}"
    return (
        f"{task.dag_id}.{task.task_id} failed (run {task.run_id}, try {task.try_number}): "
        f"{why} | {task.log_url}"
    )
