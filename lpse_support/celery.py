"""The Celery application. Valkey is a doorbell: losing all of it loses nothing but seconds."""

import os

from celery import Celery

from lpse_support.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lpse_support.settings")
app = Celery("lpse_support")


def configure() -> None:
    """Set what keeps work safe when a worker or the broker dies; the reasons are in docs/architecture.md."""
    from django.conf import settings

    app.conf.update(
        broker_url=settings.REDIS_URL,
        broker_transport_options={
            "visibility_timeout": 900,
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
            "socket_keepalive": True,
            "max_retries": 0,
            "interval_start": 0,
        },
        visibility_timeout=900,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        task_publish_retry_policy={"max_retries": 0},
        task_ignore_result=True,
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        task_reject_on_worker_lost=False,
        task_soft_time_limit=240,
        task_time_limit=300,
        worker_max_tasks_per_child=500,
        worker_soft_shutdown_timeout=30,
        worker_hijack_root_logger=False,
        beat_max_loop_interval=10,
        beat_schedule=SCHEDULE,
        timezone="Asia/Jakarta",
    )


app.on_configure.connect(lambda **_: configure(), weak=False)
app.autodiscover_tasks()
