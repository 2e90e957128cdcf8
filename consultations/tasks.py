"""What the worker does for the counter; each task is one service call with the time."""

from celery import shared_task

from consultations.services import reception
from escalation.services.sweep import database_now


@shared_task(ignore_result=True)
def end_day() -> dict[str, int]:
    """End what earlier days left in line and rooms, and give back the priorities it used."""
    return reception.end_day(now=database_now())
