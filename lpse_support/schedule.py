"""What runs by itself, and when. A message expires before the next one is due, so an absent worker leaves no pile."""

from typing import Any

MINUTE = 60
HOUR = 60 * MINUTE


def every(seconds: int, task: str) -> dict[str, Any]:
    """Return one beat entry that asks for a task at an interval given in seconds."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


SCHEDULE = {
    # Every five seconds: mail what people are to be told.
    "relay": every(5, "notifications.tasks.relay"),
    # Every hour: write the digests of those who want one letter a day, which leave at seven in the morning (WIB).
    "send-digests": every(HOUR, "notifications.tasks.send_digests"),
    # Every minute: warn before promises run out, and write down those that have (R33, R39).
    "sweep-clocks": every(MINUTE, "escalation.tasks.sweep_clocks"),
    # Every minute: close what its reporter has left unanswered for ten working days (A06, A08).
    "close-silences": every(MINUTE, "tickets.tasks.close_silences"),
    # Every hour: throw away drafts, and files uploaded with them, that nobody sent within 24 hours.
    "sweep-drafts": every(HOUR, "tickets.tasks.sweep_drafts"),
    # Every hour: end what earlier days left in line and rooms of the counter, and give back the priorities it used.
    "end-day": every(HOUR, "consultations.tasks.end_day"),
    # Every minute: have new files scanned, where there is a scanner.
    "scan-files": every(MINUTE, "tickets.tasks.scan_files"),
    # Every minute: add what was written into the audit trail to the chain that shows changes.
    "seal-audit": every(MINUTE, "audit.tasks.seal_entries"),
}
