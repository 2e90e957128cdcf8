"""Requests about data that came by letter, at the counter or by phone, written down for those without an account."""

from collections.abc import Callable
from io import BytesIO
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import Reporter, User
from audit.models import AuditEntry
from core.fsm import AlreadyDone, Conflict
from notifications.models import Notification
from notifications.services.relay import relay
from privacy.models import DataClaim
from privacy.services import claims, erasure
from privacy.services.correction import correct
from tests.conftest import NOW
from tests.privacy.conftest import HOUR, recorded
from tests.valid_forms import FORMS

Browse = Callable[[User], Client]
Kind = DataClaim.Kind
GROUND = DataClaim.Ground.OTHERS


def mailed(mailoutbox: list[str]) -> str:
    """Return the body of the last letter, once all have left."""
    relay(now=NOW)
    return str(mailoutbox[-1].body)  # type: ignore[attr-defined]


@pytest.mark.standard("A23")
def test_the_promise_counts_from_when_the_request_came(walk_in: User, supervisor: User) -> None:
    claim = recorded(walk_in, supervisor)

    (line,) = claim.events.all()
    assert (claim.filed_at, claim.due_at) == (NOW - HOUR, NOW - HOUR + 72 * HOUR + 48 * HOUR)
    assert (line.kind, line.actor, line.body, line.at) == ("recorded", supervisor, "KTP ditunjukkan di konter.", NOW)


def test_a_request_is_recorded_once_and_another_of_its_kind_waits(walk_in: User, supervisor: User) -> None:
    claim = recorded(walk_in, supervisor)

    with pytest.raises(AlreadyDone):
        recorded(walk_in, supervisor, key=claim.key)
    with pytest.raises(Conflict, match="masih diproses"):
        recorded(walk_in, supervisor)
    recorded(walk_in, supervisor, Kind.COPY)

    assert DataClaim.objects.of(walk_in).count() == 2


def test_nobody_but_another_person_who_is_penyelia_records(walk_in: User, supervisor: User, consultant: User) -> None:
    for of, by in ((walk_in, consultant), (supervisor, supervisor)):
        with pytest.raises(PermissionDenied):
            recorded(of, by)


def test_a_visitor_reads_the_answer_in_the_letter(walk_in: User, supervisor: User, mailoutbox: list[str]) -> None:
    done, refused = recorded(walk_in, supervisor), recorded(walk_in, supervisor, Kind.COPY)

    claims.finish(done.pk, by=supervisor, now=NOW, version=1, answer="Nomor sudah kami ganti.")
    assert "Jawaban kami: “Nomor sudah kami ganti.”" in mailed(mailoutbox)
    claims.refuse(refused.pk, by=supervisor, now=NOW, version=1, ground=GROUND, answer="Ada nama orang lain.")
    assert "Penjelasan: “Ada nama orang lain.”" in mailed(mailoutbox)


def test_the_letter_to_an_account_says_nothing_of_the_answer(
    vendor: User, supervisor: User, mailoutbox: list[str]
) -> None:
    claim = recorded(vendor, supervisor)

    claims.finish(claim.pk, by=supervisor, now=NOW, version=1, answer="NPWP sudah benar.")

    letter = mailed(mailoutbox)
    assert claim.own_url in letter
    assert "NPWP" not in letter


def test_a_visitor_is_corrected_and_erased_like_anybody(walk_in: User, supervisor: User, mailoutbox: list[str]) -> None:
    correction = recorded(walk_in, supervisor)
    who = {"by": supervisor, "now": NOW, "address": ""}
    correct(correction.pk, version=1, facts={"phone": "+6281200000077"}, **who)  # type: ignore[arg-type]
    assert Reporter.objects.get(user=walk_in).phone == "+6281200000077"
    claims.finish(correction.pk, by=supervisor, now=NOW, version=1, answer="Nomor sudah kami ganti.")
    removal = recorded(walk_in, supervisor, Kind.ERASURE)

    erasure.fulfil(removal.pk, version=1, **who)  # type: ignore[arg-type]

    assert "Akun" not in mailed(mailoutbox)
    assert Reporter.objects.get(user=walk_in).erased_at == NOW
    kept = [*Notification.objects.filter(recipient=walk_in).values_list("context", flat=True)]
    lines = [event.body for claim in DataClaim.objects.of(walk_in) for event in claim.events.all()]
    for word in ("ganti", "KTP"):
        assert word not in str(kept) + str(lines)
    with pytest.raises(Conflict, match="sudah dihapus"):
        recorded(walk_in, supervisor)


def test_the_penyelia_hands_out_a_copy(walk_in: User, supervisor: User, sign_in: Browse) -> None:
    claim, browser = recorded(walk_in, supervisor, Kind.COPY), sign_in(supervisor)
    path = reverse("privacy:download_for", args=[claim.number])

    answer = browser.post(path)
    archive = ZipFile(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    claims.finish(claim.pk, by=supervisor, now=NOW, version=1, answer="Salinan dikirim.")

    assert "Hasan Khayal" in archive.read("data.html").decode()
    entry = AuditEntry.objects.get(kind=AuditEntry.Kind.DATA_DOWNLOADED)
    assert (entry.actor, entry.subject) == (supervisor, walk_in.username)
    assert browser.post(path).status_code == 409


def test_a_person_is_found_and_their_request_written_down_on_pages(
    walk_in: User, supervisor: User, sign_in: Browse
) -> None:
    browser, person = sign_in(supervisor), Reporter.objects.get(user=walk_in)

    found = browser.post(reverse("privacy:find_person"), {"text": "hasan"})
    path = reverse("privacy:record_claim", args=[person.pk])
    form = FORMS["privacy:record_claim"] | {"draf": browser.get(path).context["draft"].token}
    late = browser.post(path, form | {"received_at_day": "18-11-2027"})
    filed = browser.post(path, form, follow=True)

    assert path in found.content.decode()
    assert "tidak boleh sesudah sekarang" in late.content.decode()
    assert "Hapus data saya." in late.content.decode()
    claim = DataClaim.objects.get()
    assert filed.redirect_chain[0][0] == claim.get_absolute_url()
    assert (claim.person, claim.filed_at.isoformat()) == (walk_in, "2026-11-18T02:00:00+00:00")
    assert "mencatat permohonan" in filed.content.decode()


def test_nobody_is_found_by_chance_and_the_penyelia_never_finds_themselves(
    supervisor: User, make_user: Callable[..., User], sign_in: Browse
) -> None:
    Reporter.objects.create(user=supervisor, kind="lpse_staff", name=supervisor.name, email="s@x.id", phone="+62811")
    own = Reporter.objects.get(user=supervisor)
    browser = sign_in(supervisor)

    assert browser.post(reverse("privacy:find_person"), {"text": own.name}).context["found"] == []
    assert browser.get(reverse("privacy:record_claim", args=[own.pk])).status_code == 404
    assert browser.get(reverse("privacy:record_claim", args=[own.pk + 1])).status_code == 404


def test_a_visitor_without_email_is_told_otherwise(supervisor: User, walk_in: User, sign_in: Browse) -> None:
    claim, browser = recorded(walk_in, supervisor, key=uuid4()), sign_in(supervisor)

    with_email = browser.get(claim.get_absolute_url()).content.decode()
    Reporter.objects.filter(user=walk_in).update(email="")
    without = browser.get(claim.get_absolute_url()).content.decode()

    assert "Jawaban dikirim lengkap ke surelnya." in with_email
    assert "Sampaikan jawaban lewat telepon atau surat." in without
