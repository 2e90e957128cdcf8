"""Erasing a person: nothing is left by which they could be known, and everything that is counted (UU 27/2022)."""

from collections.abc import Callable
from smtplib import SMTPRecipientsRefused
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from accounts.merging import merge_reporters, undo_merge
from accounts.models import Duty, Lpse, Reporter, Role, User
from accounts.services import save_identity
from audit.models import AuditEntry
from callcenter.models import Call
from consultations.models import Room, Visit
from core.fsm import Conflict
from notifications.models import Notification, SuppressedAddress
from notifications.services.relay import may_resend, relay
from privacy.models import DataClaim
from privacy.services import erasure
from privacy.services.redaction import ERASED
from tests.callcenter import conftest as phone
from tests.conftest import NOW
from tests.consultations import conftest as counter
from tests.privacy.life import DAY, EMAIL, NAME, NEEDLES, Life, found_in_database, make_person, statistics, stored
from tests.tickets.pages import image, upload
from tickets.models import Attachment, Draft, Ticket, TicketEvent
from tickets.services import closing, filing, handling, moving, uploads
from tickets.services.drafts import sweep_drafts

make_visit, rooms, officers, purpose = counter.make_visit, counter.rooms, counter.officers, counter.purpose
newcomer, facts, make_call = counter.newcomer, counter.facts, phone.make_call
Make = Callable[..., DataClaim]
Browse = Callable[[User], Client]


@pytest.fixture
def person(make_user: Callable[..., User], lpse: Lpse) -> User:
    """Somebody whose every field is unlike any other."""
    return make_person(make_user, lpse)


@pytest.fixture
def life(
    person: User,
    colleague: User,
    helpdesk: User,
    supervisor: User,
    ticket_in: Callable[..., Ticket],
    make_visit: Callable[..., Visit],
    make_call: Callable[..., Call],
) -> Life:
    """Their traces at every door."""
    life = Life(person, colleague, helpdesk, ticket_in, make_visit, make_call)
    life.live()
    return life


def erased(person: User) -> User:
    return User.objects.select_related("reporter").get(pk=person.pk)


def test_nothing_is_left_of_a_person_and_everything_that_is_counted(
    life: Life,
    person: User,
    supervisor: User,
    make_claim: Make,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    claim = make_claim(DataClaim.Kind.ERASURE, by=person, text=f"Saya {NAME}.")
    before, traces = statistics(), {line.split(":")[0] for line in found_in_database(*NEEDLES)}
    assert len(stored(life.files)) == len(life.files) == 4
    assert len(traces) > 15

    with django_capture_on_commit_callbacks(execute=True):
        erasure.fulfil(claim.pk, by=supervisor, now=NOW + 3 * DAY, address="192.0.2.1", version=1)
    relay(now=NOW + 3 * DAY)

    assert mail.outbox[-1].to == [EMAIL]
    assert found_in_database(*NEEDLES) == []
    assert stored(life.files) == []
    assert statistics() == before
    assert erased(person).reporter.erased_at == NOW + 3 * DAY


def test_who_was_merged_into_a_person_is_erased_with_them(person: User, walk_in: User, supervisor: User) -> None:
    facts = {"by": supervisor, "now": NOW, "address": "192.0.2.1", "reason": "Hasan Khayal datang dua kali."}
    merge = merge_reporters(kept=person.reporter, merged=walk_in.reporter, **facts)
    known = (*NEEDLES, "Hasan Khayal", "hasan@contoh.invalid", "+6281200000008")
    assert any("reportermerge" in line for line in found_in_database(*known))

    erasure.erase(person.pk, by=supervisor, now=NOW + DAY)

    assert found_in_database(*known) == []
    with pytest.raises(Conflict, match="sudah dihapus"):
        undo_merge(merge.pk, by=supervisor, now=NOW + DAY, address="")


def test_the_account_is_closed_and_points_to_nobody(person: User, supervisor: User) -> None:
    erasure.erase(person.pk, by=supervisor, now=NOW)

    user = erased(person)
    assert (user.name, user.email, user.is_active, user.has_usable_password()) == (ERASED, "", False, False)
    assert (user.reporter.name, user.reporter.phone, user.reporter.kind) == (ERASED, "", "vendor")
    assert Reporter.objects.all().matching(ERASED) == []


def test_whoever_is_signed_in_with_the_account_is_out(person: User, supervisor: User) -> None:
    browser = Client()
    browser.post(reverse("account_login"), {"login": person.username, "password": "kata-sandi-contoh"})
    assert browser.get(reverse("privacy:mine")).status_code == 200

    erasure.erase(person.pk, by=supervisor, now=NOW)

    assert browser.get(reverse("privacy:mine")).status_code == 302
    assert not Session.objects.filter(session_key=browser.cookies["sessionid"].value).exists()


def test_a_second_time_does_nothing(person: User, supervisor: User, life: Life) -> None:
    erasure.erase(person.pk, by=supervisor, now=NOW + 3 * DAY)
    once = erased(person)

    erasure.erase(person.pk, by=supervisor, now=NOW + 4 * DAY)

    assert (erased(person).username, erased(person).reporter.erased_at) == (once.username, NOW + 3 * DAY)
    assert AuditEntry.objects.filter(kind=AuditEntry.Kind.DATA_ERASED).count() == 1


def test_what_was_done_is_in_the_trail_without_a_name(person: User, supervisor: User, life: Life) -> None:
    erasure.erase(person.pk, by=supervisor, now=NOW + 3 * DAY, address="192.0.2.1", reason="PDP-1")

    entry = AuditEntry.objects.get(kind=AuditEntry.Kind.DATA_ERASED)
    assert (entry.actor, entry.subject) == (supervisor, erased(person).username)
    assert entry.data == {"reason": "PDP-1", "tickets": 4, "visits": 1, "calls": 2}


# What stands against it


@pytest.mark.parametrize("what", ["ticket", "visit", "call", "duty", "operator", "correction"])
def test_nothing_changes_while_something_is_open(
    what: str,
    vendor: User,
    supervisor: User,
    request: pytest.FixtureRequest,
    make_claim: Make,
) -> None:
    claim, said = make_claim(DataClaim.Kind.ERASURE), "operator"
    if what == "ticket":
        said = request.getfixturevalue("ticket").number
    elif what == "visit":
        said = request.getfixturevalue("make_visit")(reporter=vendor.reporter).number
    elif what == "call":
        said = request.getfixturevalue("make_call")(reporter=vendor.reporter).number
    elif what == "duty":
        said = str(Duty.objects.create(user=vendor, role=Role.CALL_AGENT))
    elif what == "operator":
        User.objects.filter(pk=vendor.pk).update(is_staff=True)
    else:
        said = make_claim().number

    with pytest.raises(Conflict, match=said):
        erasure.fulfil(claim.pk, by=supervisor, now=NOW, address="", version=1)

    claim.refresh_from_db()
    assert (erased(vendor).name, erased(vendor).is_active, claim.state) == ("Wulan Rekaan", True, "received")


def test_the_page_says_what_is_open_and_a_form_sent_anyway_is_refused(
    ticket: Ticket, make_claim: Make, supervisor: User, sign_in: Browse
) -> None:
    claim = make_claim(DataClaim.Kind.ERASURE)
    browser, path = sign_in(supervisor), reverse("privacy:erase", args=[claim.number])

    page = browser.get(path).content.decode()
    answer = browser.post(path, {"version": 1, "is_meant": "on"})

    assert ticket.number in page
    assert answer.status_code == 409
    assert ticket.number in answer.content.decode()


def test_the_penyelia_gives_the_password_again_before_erasing(
    make_claim: Make, supervisor: User, vendor: User, sign_in: Browse
) -> None:
    claim = make_claim(DataClaim.Kind.ERASURE)
    path, late = reverse("privacy:erase", args=[claim.number]), Client()
    late.force_login(supervisor, backend="allauth.account.auth_backends.AuthenticationBackend")

    asked = late.post(path, {"version": 1, "is_meant": "on"})
    unsaid = sign_in(supervisor).post(path, {"version": 1})
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert (unsaid.status_code, erased(vendor).is_active) == (200, True)
    done = sign_in(supervisor).post(path, {"version": 1, "is_meant": "on"})

    assert (done.status_code, erased(vendor).is_active) == (302, False)
    assert sign_in(supervisor).get(claim.get_absolute_url()).status_code == 200


def test_only_another_person_who_is_penyelia_erases(vendor: User, supervisor: User, helpdesk: User) -> None:
    for by, whom in ((helpdesk, vendor), (vendor, vendor), (supervisor, supervisor)):
        with pytest.raises(PermissionDenied):
            erasure.erase(whom.pk, by=by, now=NOW)


def test_nothing_is_filed_for_somebody_who_was_erased_meanwhile(
    person: User, supervisor: User, make_ticket: Callable[..., Ticket], ticket_in: Callable[..., Ticket]
) -> None:
    closed = ticket_in(1, Ticket.Status.CLOSED, by=person)
    form: dict[str, Any] = {"by": person, "now": NOW + DAY, "key": uuid4(), "reason": "Lagi."}

    erasure.erase(person.pk, by=supervisor, now=NOW)

    with pytest.raises(PermissionDenied):
        make_ticket(by=person)
    with pytest.raises(PermissionDenied):
        save_identity(by=person, kind="vendor", facts={"name": NAME})
    with pytest.raises(Conflict, match="dihapus"):
        closing.reopen_ticket(closed.pk, version=closed.version, **form)


# The last letter


class Refusing:
    """A mail server that knows none of the addresses."""

    def open(self) -> None: ...

    def close(self) -> None: ...

    def send_messages(self, letters: list[Any]) -> None:
        raise SMTPRecipientsRefused({EMAIL: (550, b"5.1.1 unknown")})


def test_the_last_letter_forgets_its_address_even_if_it_is_refused(
    person: User, supervisor: User, make_claim: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = make_claim(DataClaim.Kind.ERASURE, by=person)
    erasure.fulfil(claim.pk, by=supervisor, now=NOW, address="", version=1)
    letter = Notification.objects.get(kind="data_erased")
    assert letter.mail_address == EMAIL
    monkeypatch.setattr("django.core.mail.get_connection", lambda: Refusing())

    Notification.objects.exclude(pk=letter.pk).update(next_at=None)
    relay(now=NOW)

    letter.refresh_from_db()
    assert (letter.dead_at, letter.address, letter.last_error) == (NOW, "", "")
    assert not SuppressedAddress.objects.exists()
    assert not may_resend().exists()


# Files


def test_files_stay_on_the_disk_until_the_erasure_is_committed(
    person: User, supervisor: User, ticket_in: Callable[..., Ticket]
) -> None:
    key = uuid4()
    file = uploads.attach(upload("layar.png", image()), key=key, by=person, now=NOW)
    ticket_in(1, Ticket.Status.CLOSED, by=person, key=key)

    with transaction.atomic():
        erasure.erase(person.pk, by=supervisor, now=NOW)
        transaction.set_rollback(True)

    assert stored([file.file.name]) == [file.file.name]
    assert Attachment.objects.get(pk=file.pk).name == "layar.png"


def test_what_a_crash_leaves_on_the_disk_is_swept(
    person: User, supervisor: User, ticket_in: Callable[..., Ticket]
) -> None:
    key = uuid4()
    file = uploads.attach(upload("layar.png", image()), key=key, by=person, now=NOW)
    ticket_in(1, Ticket.Status.CLOSED, by=person, key=key)

    erasure.erase(person.pk, by=supervisor, now=NOW)  # the test's transaction never commits: nothing runs after it
    assert stored([file.file.name]) == [file.file.name]
    swept = sweep_drafts(now=NOW + 3650 * DAY)

    assert (swept["files"], stored([file.file.name])) == (1, [])


def test_an_erased_file_is_gone_for_good(
    person: User, supervisor: User, helpdesk: User, ticket_in: Callable[..., Ticket], sign_in: Browse
) -> None:
    key = uuid4()
    file = uploads.attach(upload("layar.png", image()), key=key, by=person, now=NOW)
    ticket = ticket_in(1, Ticket.Status.CLOSED, by=person, key=key)

    erasure.erase(person.pk, by=supervisor, now=NOW)

    browser = sign_in(helpdesk)
    page = browser.get(ticket.get_absolute_url()).content.decode()
    assert ERASED in page
    assert "Isinya telah dihapus" in page
    assert browser.get(reverse("tickets:download", args=[file.key])).status_code == 410
    assert browser.get(reverse("tickets:preview", args=[file.key])).status_code == 410


def test_an_officer_who_left_is_named_nowhere_and_their_work_stays(
    make_user: Callable[..., User],
    helpdesk: User,
    supervisor: User,
    lpse: Lpse,
    make_visit: Callable[..., Visit],
    rooms: list[Room],
    ticket_in: Callable[..., Ticket],
) -> None:
    officer = make_user("ratri.d91", (Role.HELPDESK_LPSE, lpse), (Role.CONSULTANT, None), name="Ratri Danastri")
    Room.objects.filter(pk=rooms[3].pk).update(officer=officer)
    visit = make_visit(Visit.State.FINISHED, room=4)
    Room.objects.update(officer=None)
    ticket = ticket_in(1, Ticket.Status.IN_PROGRESS)
    handling_over = moving.reassign_ticket(ticket.pk, by=helpdesk, now=NOW, officer=officer, reason="Cuti.")
    form = {"version": handling_over.version, "key": uuid4()}
    handling.reply_to_ticket(ticket.pk, by=officer, now=NOW, text="Silakan coba.", **form)
    Duty.objects.filter(user=officer).delete()
    assert found_in_database("Danastri", "ratri.d91")

    erasure.erase(officer.pk, by=supervisor, now=NOW)

    assert found_in_database("Danastri", "ratri.d91") == []
    assert ticket.events.get(kind="replied").body == "Silakan coba."
    assert visit.events.get(kind="directed").data == {"room": rooms[3].name}


def test_the_papers_of_other_visitors_stay_with_them(
    make_user: Callable[..., User], supervisor: User, make_visit: Callable[..., Visit]
) -> None:
    former = make_user("mantan.resepsionis")
    visit = make_visit()
    papers = Draft.objects.create(owner=former, case=visit.number, changed_at=NOW)
    own = Draft.objects.create(owner=former, form="/tiket/buat/", data={"title": "Draf"}, changed_at=NOW)

    erasure.erase(former.pk, by=supervisor, now=NOW)

    assert list(Draft.objects.filter(pk__in=[papers.pk, own.pk])) == [papers]


# The rule of the histories


def test_history_gives_way_to_redaction_and_to_nothing_else(
    vendor: User, helpdesk: User, verifier: User, ticket_in: Callable[..., Ticket]
) -> None:
    ticket = ticket_in(1, Ticket.Status.IN_PROGRESS)
    handling.reply_to_ticket(ticket.pk, by=helpdesk, now=NOW, version=ticket.version, key=uuid4(), text="Silakan coba.")
    said = TicketEvent.objects.filter(ticket=ticket, kind="replied")
    row = {"redacted_at": NOW, "body": ""}

    for change in (
        {"body": ""},
        row | {"data": {"to": "Lain"}},
        row | {"at": NOW + DAY},
        row | {"actor": vendor},
        {"redacted_at": NOW, "body": "Lain"},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            said.update(**change)
    said.update(**row)
    with pytest.raises(DatabaseError), transaction.atomic():
        said.update(body="Lain")


def test_a_name_in_the_history_of_others_goes_and_what_they_wrote_stays(
    life: Life, person: User, supervisor: User, colleague: User
) -> None:
    theirs = Ticket.objects.get(reporter__user=colleague)

    erasure.erase(person.pk, by=supervisor, now=NOW + 3 * DAY)

    events = {event.kind: event for event in theirs.events.all()}
    assert (events["shared"].data, events["filed"].body) == ({}, theirs.description)
    assert (events["replied"].body, events["replied"].actor.name) == ("", ERASED)
    assert filing.get_filed(theirs.filing_key, by=colleague).title == theirs.title
