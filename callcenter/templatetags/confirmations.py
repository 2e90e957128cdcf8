"""What an agent waits for, on any page of the Call Center, and how long calls took."""

from datetime import timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.awaited import waiting_of

register = template.Library()


@register.inclusion_tag("callcenter/_awaited.html", takes_context=True)
def awaited_answers(context: template.Context) -> dict[str, Any]:
    """Draw the agent's own requests, open or not read yet; the piece asks for news by itself."""
    return waiting_of(context["request"].user, timezone.now())


@register.filter
def call_length(span: timedelta | None) -> str:
    """Return e.g. "6 m 10 d", for cells of tables and figures."""
    if span is None:
        return ""
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    return _("%(m)d m %(s)02d d") % {"m": minutes, "s": seconds}
