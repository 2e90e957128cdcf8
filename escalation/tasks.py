"""What the worker does for promises; each task is one service call with the time."""

from celery import shared_task

from escalation.services import sweep


@shared_task(ignore_result=True)
def sweep_clocks() -> dict[str, int]:
    """Warn before promises run out and write down those that have."""
    return sweep.sweep_clocks(now=sweep.database_now())
