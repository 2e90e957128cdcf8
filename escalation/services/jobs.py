"""What runs by itself: written down as it happens, read by the Penyelia, who must see at once when it stands still."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import Error, close_old_connections, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import AuditEntry
from audit.services import record
from core.dates import duration
from core.fsm import Conflict
from escalation.models import Clock, ScheduledJob
from notifications.services.pause import end_pause
from notifications.services.relay import retry_dead

PATIENCE = timedelta(minutes=3)  # three ticks of the sweep
log = logging.getLogger(__name__)


def note(name: str, **facts: Any) -> None:
    """Write down what happened to a job; a database that does not answer stops neither beat nor the job."""
    try:
        close_old_connections()  # beat keeps one for days, through every restart of the database
        ScheduledJob.objects.bulk_create(
            [ScheduledJob(name=name, **facts)],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=list(facts),
        )
        if counts := _counts_of(facts):
            ScheduledJob.objects.filter(name=name).update(**counts)
    except Error as error:
        log.warning("What happened to %s could not be written down: %s", name, error)


def _counts_of(facts: dict[str, Any]) -> dict[str, Any]:
    """Return by what a run that ended or failed adds to the counts of its job; workers may write at once."""
    if "failed_at" in facts:
        return {"failures": F("failures") + 1}
    return {"runs": F("runs") + 1, "total_ms": F("total_ms") + facts["took_ms"]} if "ended_at" in facts else {}


@dataclass(frozen=True)
class Job:
    """One entry of the timetable and its last run."""

    name: str
    every: timedelta
    last: ScheduledJob

    @property
    def words(self) -> str:
        """The template that says what it is for and what it did."""
        return f"escalation/jobs/{self.name}.html"

    @property
    def has_failed(self) -> bool:
        """Whether the last run ended with an error."""
        return self.last.failed_at is not None and self.last.failed_at >= (self.last.started_at or self.last.failed_at)

    @property
    def is_running(self) -> bool:
        """Whether it began and neither ended nor failed."""
        if self.last.started_at is None or self.has_failed:
            return False
        return self.last.ended_at is None or self.last.ended_at < self.last.started_at

    def is_late(self, now: datetime) -> bool:
        """Whether it has not ended for three of its intervals; PATIENCE where it runs oftener than each minute."""
        return self.last.ended_at is None or self.last.ended_at < now - max(PATIENCE, 3 * self.every)

    @property
    def interval(self) -> str:
        """How often it is asked for, in words."""
        seconds = int(self.every.total_seconds())
        return duration(self.every) if seconds >= 60 else _("%(n)d detik") % {"n": seconds}

    @property
    def took(self) -> str:
        """How long the last run took, in words; empty before the first has ended."""
        if self.last.took_ms is None:
            return ""
        if self.last.took_ms < 1000:
            return _("%(n)d milidetik") % {"n": self.last.took_ms}
        return _("%(n)s detik") % {"n": f"{self.last.took_ms / 1000:.1f}".replace(".", ",")}


def all_jobs() -> list[Job]:
    """Return the jobs of the timetable, in its order."""
    rows = {row.name: row for row in ScheduledJob.objects.all()}
    return [
        Job(name, timedelta(seconds=entry["schedule"]), rows.get(name) or ScheduledJob(name=name))
        for name, entry in current_app.conf.beat_schedule.items()
    ]


@dataclass(frozen=True)
class Health:
    """Whether the two processes behind all jobs are at work, and when each last was."""

    beat_is_down: bool
    worker_is_down: bool
    sent_at: datetime | None
    started_at: datetime | None


def health_of(jobs: Iterable[Job], *, now: datetime) -> Health:
    """Beat that asked for nothing lately is down, or Redis is; then nobody can tell whether a worker is there."""
    rows = [job.last for job in jobs]
    sent_at = max((row.sent_at for row in rows if row.sent_at), default=None)
    started_at = max((row.started_at for row in rows if row.started_at), default=None)
    beat_is_down = sent_at is None or sent_at < now - PATIENCE
    worker_is_down = not beat_is_down and (started_at is None or started_at < now - PATIENCE)
    return Health(beat_is_down, worker_is_down, sent_at, started_at)


@transaction.atomic
def retry_clock(pk: int, *, by: User, now: datetime, address: str) -> Clock:
    """Let the sweep look again at a clock that it gave up; raise Conflict if somebody did that already."""
    clock = Clock.objects.parked_for(by).select_for_update(of=("self",)).filter(pk=pk).first()
    if clock is None or not clock.is_running:
        raise Conflict(_("Batas waktu ini sudah dicoba lagi atau sudah berakhir."))
    clock.parked_at, clock.attempts, clock.next_at = None, 0, now
    clock.save(update_fields=["parked_at", "attempts", "next_at"])
    record(AuditEntry.Kind.CLOCK_RETRIED, by=by, subject=clock.case, address=address, now=now, error=clock.last_error)
    return clock


@transaction.atomic
def resend_mail(*, by: User, now: datetime, address: str) -> int:
    """Let the relay try all that it gave up once more; return how many letters, raise Conflict if there are none."""
    count = retry_dead(now=now)
    if not count:
        raise Conflict(_("Tidak ada lagi surel yang dapat dikirim ulang."))
    record(AuditEntry.Kind.MAIL_RESENT, by=by, subject="surel", address=address, now=now, count=count)
    return count


@transaction.atomic
def resume_mail(*, send: bool, by: User, now: datetime, address: str) -> int:
    """End the pause after a restore; return how many letters of the backup leave, or stay; Conflict without a pause."""
    count = end_pause(send=send)
    if count is None:
        raise Conflict(_("Surel tidak lagi dijeda."))
    subject = "jeda surel sejak pemulihan"
    record(AuditEntry.Kind.MAIL_RESENT, by=by, subject=subject, address=address, now=now, count=count, sent=send)
    return count
