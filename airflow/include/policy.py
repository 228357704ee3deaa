"""What all DAGs of the project have in common."""

from datetime import timedelta

from include import access, alerts, settings

TAGS = ["edtech-analytics"]


def default_args() -> dict:
    """Owner, retries with growing pauses, a time limit, and what is called on a failure."""
    known = settings.read()
    alerts.configured()
    return {
        "owner": known.owner,
        "depends_on_past": False,
        "retries": known.retries,
        "retry_delay": timedelta(seconds=known.retry_seconds),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(hours=1),
        "execution_timeout": timedelta(seconds=known.load_seconds),
        "on_failure_callback": alerts.on_failure,
    }


def waiting(seconds: int) -> dict:
    """Arguments of a sensor that waits at most so long, with no worker between two looks."""
    return {
        "aws_conn_id": access.AWS,
        "mode": "reschedule",
        "poke_interval": settings.read().poll_seconds,
        "timeout": seconds,
        "execution_timeout": timedelta(minutes=10),
    }
