"""What the worker does for messages; each task is one service call with the time."""

from celery import shared_task
from django.utils import timezone

from notifications.services import digest
from notifications.services import relay as mail


@shared_task(ignore_result=True)
def relay() -> dict[str, int]:
    """Mail what is due."""
    return mail.relay(now=timezone.now())


@shared_task(ignore_result=True)
def send_digests() -> dict[str, int]:
    """Write the daily digests, each morning."""
    return digest.send_digests(now=timezone.now())
