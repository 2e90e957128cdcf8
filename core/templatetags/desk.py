"""Words, numbers and icons as every page prints them. A builtin library: templates need no {% load %}."""

import re
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from heroicons.templatetags import heroicons

from core import dates
from core.pagination import CAP

register = template.Library()
TWO_DIGIT_AREAS = ("21", "22", "24", "31", "61")  # Jakarta, Bandung, Semarang, Surabaya, Medan
HIDDEN = "••••"
NUMBER = re.compile(r"\b[A-Z]{3}-\d{4}-\d{6,}-\d\b")


@register.filter
def long_date(at: datetime | None, zone: dates.Zone) -> str:
    return dates.long_date(at, zone) if at else ""


@register.filter
def long_day(day: date | None) -> str:
    return dates.long_day(day) if day else ""


@register.filter
def short_day(at: datetime | None, zone: dates.Zone) -> str:
    return dates.short_day(at, zone) if at else ""


@register.filter
def short_date(at: datetime | None, zone: dates.Zone) -> str:
    return dates.short_date(at, zone) if at else ""


@register.filter
def staff_date(at: datetime | None, zone: dates.Zone) -> str:
    return dates.staff_date(at, zone) if at else ""


@register.filter
def clock(at: datetime) -> str:
    """Return the hour in the zone of the service, e.g. "10.41"."""
    return f"{timezone.localtime(at):%H.%M}"


@register.filter
def duration(span: timedelta | None) -> str:
    return dates.duration(span) if span is not None else ""


@register.filter
def phone(number: str) -> str:
    """Return an E.164 number as Indonesians write it: 0812-0000-0001, (021) 2993-5577; others unchanged.

    What begins with +0 is nobody's: it stands where a number was erased.
    """
    if number.startswith("+0"):
        return gettext("nomor dihapus")
    if not number.startswith("+62"):
        return number
    national = number.removeprefix("+62")
    if national.startswith("8"):
        return f"0{national[:3]}-{national[3:7]}-{national[7:]}"
    area = 2 if national.startswith(TWO_DIGIT_AREAS) else 3
    return f"(0{national[:area]}) {national[area:-4]}-{national[-4:]}"


@register.filter
def masked_phone(number: str) -> str:
    """Return e.g. 0812-••••-0001: enough to recognise a number, too little to call it."""
    shown = phone(number)
    masked = re.sub(r"(?<=[- ]).+(?=-)", HIDDEN, shown)
    return masked if masked != shown else masked_digits(number)


@register.filter
def masked_digits(digits: str) -> str:
    """Return e.g. •••• 0001 for an NPWP, NIB or NIK."""
    return f"{HIDDEN} {digits[-4:]}" if len(digits) > 4 else HIDDEN if digits else ""


@register.filter
def masked_email(address: str) -> str:
    """Return e.g. w••••@contoh.id: enough to recognise an address, too little to write to it."""
    name, at, host = address.rpartition("@")
    return f"{name[:1]}{HIDDEN}{at}{host}" if at else ""


@register.filter
def initials(name: str) -> str:
    """Return the first letters of the first two words: "Wulan Rekaan" gives WR."""
    return "".join(word[0] for word in str(name).split()[:2]).upper()


@register.filter
def filesize_id(size: int) -> str:
    """Return bytes as "684 KB", "1,2 MB"; the comma is Indonesian."""
    if size < 1024**2:
        return f"{max(round(size / 1024), 1) if size else 0} KB"
    unit, divisor = ("GB", 1024**3) if size >= 1024**3 else ("MB", 1024**2)
    return f"{size / divisor:.1f} {unit}".replace(".0 ", " ").replace(".", ",")


@register.filter(is_safe=True)
def unbroken(html: str) -> str:
    """Keep every ticket number in what a template wrote on one line."""
    return NUMBER.sub(r'<span class="num">\g<0></span>', html)


@register.filter
def spell(number: str) -> str:
    """Return a ticket number as it is read aloud: TKT-2026-000123-7 gives 2026 000123 7."""
    return " ".join(number.split("-")[1:])


@register.filter
def capped(count: int) -> str:
    """Return a counter that was counted no further than CAP: "12", "999+"."""
    return f"{CAP}+" if count > CAP else f"{count}"


@register.simple_tag
@cache
def icon(name: str, style: str = "mini") -> str:
    """Draw a heroicon (mini, outline or solid) beside its word; screen readers pass over it."""
    draw = {"mini": heroicons.heroicon_mini, "outline": heroicons.heroicon_outline, "solid": heroicons.heroicon_solid}
    attributes: dict[str, Any] = {"class": "ico", "aria_hidden": "true", "focusable": "false"}
    return draw[style](name, **attributes)


@register.simple_tag(takes_context=True)
def current(context: template.Context, path: str, view: str = "") -> SafeString:
    """Mark the menu entry of the open page; a queue has one entry for each ?tampil= view."""
    request = context.get("request")
    here = request is not None and request.path == path and request.GET.get("tampil", "") == view
    return format_html('aria-current="{}"', "page") if here else SafeString("")
