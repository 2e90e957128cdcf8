"""Each verb as a person sends it from a page that was drawn a moment ago, and what must hold after every one."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from escalation.models import Clock, Entitlement, Promise
from tickets.models import DataRequest, Leg, Ticket, TicketEvent
from tickets.services import closing, excusing, feedback, handling, moving, sharing, uploads

Act = Callable[[Ticket, User], Ticket]
# What the clock engine writes; it never touches the ticket, so the version stays.
BY_THE_CLOCK = (TicketEvent.Kind.BREACHED, TicketEvent.Kind.REMINDED, TicketEvent.Kind.RECOUNTED)
WAITS = {Promise.Code.DATA_WAIT, Promise.Code.CONFIRMATION_WAIT}
WANTED = ("Tangkapan layar pesan kesalahan", "NIB")


WRITING = timedelta(minutes=10)


def form(page: Ticket) -> dict[str, Any]:
    """What every form carries: the version its page showed, a one-time key, and when it is sent."""
    return {"version": page.version, "key": uuid4(), "now": page.changed_at + WRITING}


def do(verb: str, ticket: Ticket, by: User, now: datetime) -> Ticket:
    """Act from a page just drawn, at this moment."""
    page = Ticket.objects.get(pk=ticket.pk)
    page.changed_at = now - WRITING
    return ACTS[verb](page, by)


def take(page: Ticket, by: User) -> Ticket:
    return handling.take_ticket(page.pk, by=by, now=form(page)["now"], version=page.version)


def reply(page: Ticket, by: User) -> Ticket:
    return handling.reply_to_ticket(page.pk, by=by, text="Mohon tunggu.", **form(page))


def note(page: Ticket, by: User) -> Ticket:
    return handling.add_internal_note(page.pk, by=by, text="Log server sudah dibaca.", **form(page))


def request_data(page: Ticket, by: User) -> Ticket:
    sent = form(page)
    reply_by = feedback.latest_reply_by(page, now=sent["now"])
    return feedback.request_data(page.pk, by=by, text="Mohon dilengkapi.", items=WANTED, reply_by=reply_by, **sent)


def provide_data(page: Ticket, by: User) -> Ticket:
    return feedback.provide_data(page.pk, by=by, text="Terlampir.", unavailable={}, **form(page))


def reassign(page: Ticket, by: User) -> Ticket:
    officer = next(iter(moving.candidates(Ticket.objects.get(pk=page.pk))), by)
    return moving.reassign_ticket(page.pk, by=by, officer=officer, reason="Sedang cuti.", **form(page))


def return_down(page: Ticket, by: User) -> Ticket:
    return moving.return_ticket(page.pk, by=by, reason="Dapat diselesaikan di sana.", **form(page))


def escalate(page: Ticket, by: User) -> Ticket:
    return handling.escalate_ticket(page.pk, by=by, analysis="Bukan di sisi LPSE.", line="Diteruskan.", **form(page))


def resolve(page: Ticket, by: User) -> Ticket:
    return handling.resolve_ticket(page.pk, by=by, solution="Akun sudah diaktifkan.", **form(page))


def confirm(page: Ticket, by: User) -> Ticket:
    return closing.confirm_closing(page.pk, by=by, comment="Terima kasih.", **form(page))


def confirm_in_presence(page: Ticket, by: User) -> Ticket:
    return closing.confirm_in_presence(page.pk, by=by, comment="Sudah dapat masuk.", **form(page))


def reject(page: Ticket, by: User) -> Ticket:
    return closing.reject_resolution(page.pk, by=by, reason="Masih gagal masuk.", **form(page))


def withdraw(page: Ticket, by: User) -> Ticket:
    return closing.withdraw_ticket(page.pk, by=by, reason="Sudah bisa masuk.", **form(page))


def reopen(page: Ticket, by: User) -> Ticket:
    return closing.reopen_ticket(page.pk, by=by, reason="Gagal masuk lagi.", **form(page))


def rate(page: Ticket, by: User) -> Ticket:
    return closing.rate_ticket(page.pk, by=by, rating=5, now=form(page)["now"])


def excuse(page: Ticket, by: User) -> Ticket:
    return excusing.excuse_breaches(page.pk, by=by, reason="Gangguan.", evidence="Berita acara.", **form(page))


def share(page: Ticket, by: User) -> Ticket:
    colleague = sharing.colleagues(page.reporter).first() or page.reporter
    return sharing.share_ticket(page.pk, by=by, now=form(page)["now"], colleague=colleague)


def unshare(page: Ticket, by: User) -> Ticket:
    shared = page.shares.first()
    colleague = shared.reporter if shared else page.reporter
    return sharing.unshare_ticket(page.pk, by=by, now=form(page)["now"], colleague=colleague)


ACTS: dict[str, Act] = {
    "take": take,
    "reply": reply,
    "note": note,
    "request_data": request_data,
    "provide_data": provide_data,
    "reassign": reassign,
    "return": return_down,
    "escalate": escalate,
    "resolve": resolve,
    "confirm": confirm,
    "confirm_in_presence": confirm_in_presence,
    "reject": reject,
    "rate": rate,
    "withdraw": withdraw,
    "reopen": reopen,
    "excuse": excuse,
    "share": share,
    "unshare": unshare,
}


def attach_text(key: UUID, by: User, ticket: Ticket) -> None:
    """Upload catatan.txt into the form of this key."""
    uploads.attach(
        SimpleUploadedFile("catatan.txt", b"Isi catatan."), key=key, by=by, now=ticket.changed_at, ticket=ticket
    )


def assert_history_holds(*tickets: Ticket) -> None:
    """One open leg while it is the staff's turn and none otherwise; one version for each public event.

    A request for data is open exactly while data are awaited.
    """
    rows = Ticket.objects.in_bulk([ticket.pk for ticket in tickets])
    legs: dict[int, list[tuple[int, int | None]]] = {pk: [] for pk in rows}
    for pk, *where in Leg.objects.filter(ticket__in=rows, left_at=None).values_list("ticket", "tier", "assignee"):
        legs[pk].append(tuple(where))
    versions: dict[int, list[int]] = {pk: [] for pk in rows}
    public = TicketEvent.objects.filter(ticket__in=rows, is_public=True).exclude(kind__in=BY_THE_CLOCK).order_by("pk")
    for pk, version in public.values_list("ticket", "version"):
        versions[pk].append(version)
    asked = Counter(DataRequest.objects.filter(ticket__in=rows, answered_at=None).values_list("ticket", flat=True))

    for pk, now in rows.items():
        awaits_staff = now.status in (Ticket.Status.NEW, Ticket.Status.IN_PROGRESS)
        assert legs[pk] == ([(now.tier, now.assignee_id)] if awaits_staff else []), (now.number, legs[pk])
        assert versions[pk] == list(range(1, now.version + 1)), (now.number, versions[pk])
        assert asked[pk] == now.awaits_data, now.number


def assert_promises_hold(ticket: Ticket) -> None:
    """Clocks, legs and ticket say the same, and what was broken is written down once, for good."""
    now = Ticket.objects.get(pk=ticket.pk)
    running = list(Clock.objects.running().filter(case=now.number).select_related("promise"))
    ours = [clock for clock in running if not clock.binds_reporter]
    codes = [clock.promise.code for clock in running]
    awaits_reporter = now.awaits_data or now.awaits_confirmation

    assert len(codes) == len(set(codes)), codes
    assert now.due_at == min((clock.due_at for clock in ours), default=None)
    assert awaits_reporter == bool(set(codes) & WAITS), codes
    assert not (now.is_closed and running), codes
    assert not (awaits_reporter and ours), codes
    broken = sorted(Clock.objects.breached().filter(case=now.number).values_list("pk", flat=True))
    told = now.events.filter(kind=TicketEvent.Kind.BREACHED)
    assert sorted(event.data["clock"] for event in told) == broken
    earned = Entitlement.objects.filter(case=now.claim)
    assert earned.count() == bool(broken)
    owed = Clock.objects.breached().filter(case=now.number, excused_at=None)
    assert earned.filter(redeemed_at=None, withdrawn_at=None).exists() <= owed.exists()
    assert not (earned.filter(withdrawn_at__isnull=False).exists() and owed.exists())
