"""Errors on their way to a server that speaks the protocol of Sentry: what and where, never who or about what."""

from typing import Any

import sentry_sdk
from django_guid import get_guid

# Everything else stays here: the request with its form and cookies, the person, what the log said before.
SENT = ("event_id", "timestamp", "level", "platform", "transaction", "release", "environment", "sdk")


def discreet(event: Any, _hint: Any) -> Any:
    """Return of an event what it is, where it happened, and the number under which the log has it."""
    sent = {name: event[name] for name in SENT if name in event}
    values = event.get("exception", {}).get("values", [])
    sent["exception"] = {"values": [value | {"value": ""} for value in values]}  # its words quote what people wrote
    sent["tags"] = {"request_id": get_guid() or ""}
    return sent if values else None


def send_to(dsn: str, *, environment: str, release: str) -> None:
    """Send errors of web, worker and beat there from now on; no performance data, no sessions."""
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        release=release or None,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        ignore_errors=["django.core.exceptions.DisallowedHost"],  # of scanners, day and night
        before_send=discreet,
    )
