"""A person with a full life at every door, and what of them is found in the database."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.urls import reverse

from accounts.models import Duty, Lpse, Reporter, User
from accounts.services import tell_of_change
from callcenter.figures import figures_of as figures_of_calls
from callcenter.models import Call
from callcenter.services import calls, links
from consultations.guest_book import figures_of as figures_of_visits
from consultations.models import RequestDraft, Visit
from escalation.models import Clock, Entitlement, Promise
from escalation.services.sweep import sweep_clocks
from escalation.tiers import Tier, desks_of
from escalation.views.breaches import totals_of
from notifications.models import Notification, SuppressedAddress
from privacy.models import DataClaim
from privacy.services import claims
from tests.conftest import NOW
from tests.tickets.pages import image, upload
from tickets.models import Draft, Leg, SavedView, Ticket, TicketEvent
from tickets.services import closing, feedback, handling, sharing, uploads
from tracking.services import make_access_code, make_one_time_code

DAY = timedelta(days=1)
WORDS = "Lumbung Kejora 7731"  # in everything they write
NAME, USERNAME, EMAIL, PHONE = "Anindya Purwakerta", "anindya.p77", "anindya.p77@contoh.invalid", "+6281377310042"
NPWP, NIB, SPSE_ID, BUSINESS = "7731004200917731", "7731004291773", "ANINDYAP7731", "CV Purwakerta Jaya"
NEEDLES = (NAME, "Anindya", USERNAME, EMAIL, PHONE, NPWP, NIB, SPSE_ID, BUSINESS, "Purwakerta", WORDS)


def make_person(make_user: Callable[..., User], lpse: Lpse) -> User:
    """Return an account with every field of an identity filled in, and all ways to sign in."""
    user = make_user(USERNAME, name=NAME)
    Reporter.objects.create(
        user=user,
        kind=Reporter.Kind.VENDOR,
        name=NAME,
        email=EMAIL,
        phone=PHONE,
        business_form="cv",
        business_name=BUSINESS,
        npwp=NPWP,
        nib=NIB,
        spse_user_id=SPSE_ID,
        lpse=lpse,
    )
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
    SocialAccount.objects.create(user=user, provider="spse", uid=SPSE_ID, extra_data={"name": NAME, "email": EMAIL})
    Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": WORDS})
    UserSession.objects.create(user=user, ip="192.0.2.77", session_key="k7731", user_agent=f"Peramban {NAME}")
    kind = ContentType.objects.get_for_model(User)
    facts = {"content_type": kind, "object_id": str(user.pk), "object_repr": NAME, "change_message": EMAIL}
    LogEntry.objects.create(user=user, action_flag=2, **facts)
    return user


@dataclass
class Life:
    """Lives what people can: `live` goes through every door as `person`, with the fixtures of the cast."""

    person: User
    colleague: User
    officer: User
    ticket_in: Callable[..., Ticket]
    make_visit: Callable[..., Visit]
    make_call: Callable[..., Call]
    files: list[str] = field(default_factory=list)

    def live(self) -> None:
        """Leave traces everywhere; nothing is open at the end."""
        first = self.closed_ticket_with_files()
        self.shared(first)
        self.ticket_with_answers()
        self.late_ticket()
        self.visited()
        self.called()
        self.left_unsent()
        self.told(first)

    def attached(self, key: Any, name: str, by: User | None = None, **where: Any) -> None:
        file = uploads.attach(upload(name, image()), key=key, by=by or self.person, now=NOW, **where)
        self.files.append(file.file.name)

    def closed_ticket_with_files(self) -> Ticket:
        """Filed with a file, escalated, solved with a file of the officer, confirmed and rated."""
        key = uuid4()
        self.attached(key, f"{NAME}.png")
        words = {"title": f"Masalah {WORDS}", "description": f"Saya {NAME}, {EMAIL}.", "package_code": WORDS}
        ticket = self.ticket_in(Tier.TEKNIS, Ticket.Status.CLOSED, by=self.person, key=key, error_code=WORDS, **words)
        return closing.rate_ticket(ticket.pk, by=self.person, now=NOW + DAY, rating=5)

    def shared(self, own: Ticket) -> None:
        """Shared with a colleague, and answering on the ticket of that colleague."""
        own_colleague = Reporter.objects.get(user=self.colleague)
        Reporter.objects.filter(pk=own_colleague.pk).update(npwp=NPWP)
        sharing.share_ticket(own.pk, by=self.person, now=NOW, colleague=own_colleague)
        theirs = self.ticket_in(Tier.LPSE, Ticket.Status.IN_PROGRESS, by=self.colleague)
        sharing.share_ticket(theirs.pk, by=self.colleague, now=NOW, colleague=self.person.reporter)
        key = uuid4()
        self.attached(key, f"{WORDS}.png", ticket=theirs)
        version = Ticket.objects.get(pk=theirs.pk).version
        handling.reply_to_ticket(theirs.pk, by=self.person, now=NOW, version=version, key=key, text=f"{WORDS}, {NAME}.")
        Reporter.objects.filter(pk=own_colleague.pk).update(npwp="9" * 16)

    def ticket_with_answers(self) -> None:
        """Asked for data, answered with a reason, and withdrawn."""
        ticket = self.ticket_in(Tier.LPSE, Ticket.Status.AWAITING_DATA, by=self.person, title=WORDS)
        asked = ticket.data_requests.get()
        answer: dict[str, Any] = {"by": self.person, "now": NOW + DAY, "key": uuid4(), "version": ticket.version}
        reasons = dict.fromkeys(asked.items.values_list("pk", flat=True), f"Tidak ada, {WORDS}")
        ticket = feedback.provide_data(ticket.pk, text=WORDS, unavailable=reasons, **answer)
        last = answer | {"version": ticket.version, "key": uuid4()}
        closing.withdraw_ticket(ticket.pk, reason=f"Sudah selesai, {NAME}.", **last)

    def late_ticket(self) -> None:
        """Answered too late, which earned a priority."""
        ticket = self.ticket_in(Tier.LPSE, Ticket.Status.IN_PROGRESS, by=self.person, now=NOW - 14 * DAY, title=WORDS)
        sweep_clocks(now=NOW)
        facts = {"by": self.officer, "now": NOW, "version": ticket.version, "key": uuid4()}
        solved = handling.resolve_ticket(ticket.pk, solution=f"Yth. {NAME}, silakan coba.", **facts)
        facts |= {"by": self.person, "version": solved.version, "key": uuid4()}
        closing.confirm_closing(ticket.pk, comment=WORDS, **facts)

    def visited(self) -> None:
        """Came to the counter with a phone form, and confirmed what was solved there."""
        given = {"problem": WORDS, "error_code": WORDS, "organisation": BUSINESS}
        visit = self.make_visit(Visit.State.FINISHED, reporter=self.person.reporter, **given)
        RequestDraft.objects.create(
            key=uuid4(), code="K7M4PX", day=visit.day, data={"name": NAME, "phone": PHONE}, made_at=NOW, visit=visit
        )
        papers = Draft.objects.create(owner=visit.officer, case=visit.number, changed_at=NOW)
        self.attached(papers.key, f"{NAME}.png", by=visit.officer)
        Draft.objects.filter(pk=papers.pk).update(form="", data={})
        Visit.objects.filter(pk=visit.pk).update(draft_key=papers.key)
        if visit.ticket and not Ticket.objects.get(pk=visit.ticket.pk).is_closed:
            ticket = Ticket.objects.get(pk=visit.ticket.pk)
            facts = {"by": self.person, "now": NOW + DAY, "version": ticket.version, "key": uuid4()}
            closing.confirm_closing(ticket.pk, **facts)

    def called(self) -> None:
        """Called twice, once recognised; got a link, and an answer that an officer gave."""
        facts = dict.fromkeys(("caller_name", "question", "answer"), WORDS)
        facts |= {"from_phone": PHONE, "business_name": BUSINESS}
        call = self.make_call(reporter=self.person.reporter, **facts)
        links.direct(call.pk, by=call.agent, now=NOW, question=WORDS, subcategory=None, email=EMAIL, by_mail=True)
        calls.end_call(call.pk, by=call.agent, now=NOW + DAY, outcome=Call.Outcome.DIRECTED)
        ticket = Ticket.objects.filter(reporter=self.person.reporter).earliest("pk")
        call = self.make_call(now=NOW + DAY, ticket=ticket, **facts)
        call.confirmations.create(
            ticket=ticket,
            question=WORDS,
            asked_by=call.agent,
            asked_at=NOW,
            due_at=NOW,
            answer=f"Sampaikan kepada {NAME}.",
            answered_by=self.officer,
            answered_at=NOW,
        )
        calls.end_call(call.pk, by=call.agent, now=NOW + 2 * DAY, outcome=Call.Outcome.ANSWERED)

    def left_unsent(self) -> None:
        """A form that was never sent, with a file."""
        key = uuid4()
        self.attached(key, f"{NAME}.png")
        Draft.objects.filter(key=key).update(form=reverse("tickets:file"), data={"title": WORDS, "description": NAME})

    def told(self, ticket: Ticket) -> None:
        """Codes, letters, a refused address, and an earlier request about their data."""
        make_access_code(ticket.number, by=None, now=NOW)
        make_one_time_code(ticket.number, now=NOW)
        tell_of_change(self.person, f"Alamat surel diubah menjadi {EMAIL}.", address="", old_email=EMAIL)
        letter = Notification.objects.filter(recipient=self.person).earliest("pk")
        Notification.objects.filter(pk=letter.pk).update(last_error=f"550 {EMAIL}", next_at=None, dead_at=NOW)
        SuppressedAddress.objects.create(address=EMAIL.upper(), reason="550", since=NOW, lifted_at=NOW, letter=letter)
        asked = claims.file_claim(by=self.person, key=uuid4(), now=NOW, kind="correction", text=f"NPWP saya {NPWP}.")
        supervisor = User.objects.get(duties__role="supervisor")
        answer = f"Yth. {NAME}, sudah benar."
        claims.finish(asked.pk, by=supervisor, now=NOW, version=1, answer=answer)


def found_in_database(*needles: str) -> list[str]:
    """Return every table and needle, in any case, that any row of it holds; the audit trail is not asked."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (table,) in cursor.fetchall():
            if table in ("audit_auditentry", "audit_auditseal"):
                continue
            for needle in needles:
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" AS row WHERE position(%s in lower(to_jsonb(row)::text)) > 0',
                    [needle.lower()],
                )
                if cursor.fetchone()[0]:
                    found.append(f"{table}: {needle}")
    return found


def stored(files: list[str]) -> list[str]:
    """Return which of these files lie in the storage."""
    return [name for name in files if (Path(settings.MEDIA_ROOT) / name).exists()]


def statistics() -> dict[str, Any]:
    """Return what the office counts, everywhere."""
    tickets = Ticket.objects.order_by("pk")
    clocks = Clock.objects.exclude(promise__code=Promise.Code.DATA_CLAIM)  # the request itself is answered
    shape = ("number", "status", "tier", "channel", "subcategory", "lpse", "filed_at", "closed_at", "close_reason")
    return {
        "calls": figures_of_calls(Call.objects.all()),
        "visits": figures_of_visits(Visit.objects.all()),
        "breaches": totals_of(Clock.objects.breached()),
        "tickets": list(tickets.values_list(*shape, "rating", "reopen_count", "version")),
        "queues": [Ticket.objects.at(desk).open().count() for each in User.objects.all() for desk in desks_of(each)],
        "events": list(TicketEvent.objects.order_by("pk").values_list("kind", "at", "actor", "tier")),
        "legs": Leg.objects.count(),
        "clocks": list(clocks.order_by("pk").values_list("case", "due_at", "met_at", "breached_at")),
        "entitlements": list(Entitlement.objects.order_by("pk").values_list("case", "granted_at", "redeemed_at")),
        "claims": DataClaim.objects.filter(kind="correction").count(),
        "duties": Duty.objects.count(),
        "views": SavedView.objects.count(),
    }
