"""What the worker does for tickets; each task is one service call with the time."""

from celery import shared_task
from django.utils import timezone

from tickets.services import drafts, scanning


@shared_task(ignore_result=True)
def sweep_drafts() -> None:
    """Throw away drafts and uploaded files that nobody sent within 24 hours."""
    drafts.sweep_drafts(now=timezone.now())


@shared_task(ignore_result=True)
def scan_files() -> None:
    """Let clamd judge the files that came since."""
    scanning.scan_files(now=timezone.now())
