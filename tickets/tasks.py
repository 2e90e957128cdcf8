"""What the worker does for tickets; each task is one service call with the time."""

from celery import shared_task
from django.utils import timezone

from escalation.services.sweep import database_now
from tickets.services import closing, drafts, scanning


@shared_task(ignore_result=True)
def sweep_drafts() -> dict[str, int]:
    """Throw away drafts and uploaded files that nobody sent within 24 hours."""
    return drafts.sweep_drafts(now=timezone.now())


@shared_task(ignore_result=True)
def scan_files() -> dict[str, int]:
    """Let clamd judge the files that came since."""
    return {"judged": scanning.scan_files(now=timezone.now())}


@shared_task(ignore_result=True)
def close_silences() -> dict[str, int]:
    """Close tickets whose reporter has not answered for the whole wait."""
    return closing.close_silences(now=database_now())
