"""What the worker does for messages; each task is one service call with the time."""

from celery import shared_task
from django.utils import timezone

from notifications.services import relay as mail


@shared_task(ignore_result=True)
def relay() -> dict[str, int]:
    """Mail what is due."""
    return mail.relay(now=timezone.now())
