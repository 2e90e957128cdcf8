"""The Tanda Terima that the register prints for whoever brought or sent a letter: it carries the access code, once."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEntry
from complaints.models import Complaint
from complaints.services.filing import Party
from tests.tickets.pages import text_of
from tracking.models import AccessCode

pytestmark = [pytest.mark.django_db, pytest.mark.standard("R42, A22")]
Make = Callable[..., Complaint]
Browse = Callable[[User], Client]


def path_of(complaint: Complaint) -> str:
    return reverse("complaints:receipt", args=[complaint.number])


def test_the_code_stands_on_the_receipt_once_and_opens_the_complaint(
    make_complaint: Make, complaint_officer: User, sign_in: Browse, client: Client
) -> None:
    cache.clear()  # of tries at the door by tests before
    complaint, browser = make_complaint(email=""), sign_in(complaint_officer)
    offered = browser.get(path_of(complaint))

    handed = browser.post(path_of(complaint), {"generation": offered.context["generation"]})
    again = browser.get(path_of(complaint))

    code = handed.context["code"]
    assert code in text_of(handed)
    assert complaint_officer.name in text_of(handed)
    assert code not in text_of(again)
    assert handed["Cache-Control"] == "private, no-store"
    assert AuditEntry.objects.get(kind="access_code_made").actor == complaint_officer
    followed = client.post(reverse("tracking:track"), {"nomor": complaint.number, "kode": code}, follow=True)
    assert "Perkembangan pengaduan" in text_of(followed)


@pytest.mark.parametrize("known", ["0", "", "x", "9" * 40])
def test_a_page_sent_again_leaves_the_code_on_paper_good(
    make_complaint: Make, complaint_officer: User, sign_in: Browse, known: str
) -> None:
    complaint, browser = make_complaint(), sign_in(complaint_officer)
    browser.post(path_of(complaint), {"generation": "0"})

    answer = browser.post(path_of(complaint), {"generation": known})

    assert answer.status_code == 302
    assert AccessCode.objects.get(case=complaint.number).generation == 1


def test_whom_it_concerns_gets_no_receipt(make_complaint: Make, complaint_officer: User, sign_in: Browse) -> None:
    complaint, browser = make_complaint(named=[Party(officer=complaint_officer)]), sign_in(complaint_officer)

    answers = [browser.get(path_of(complaint)), browser.post(path_of(complaint), {"generation": "0"})]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert not AccessCode.objects.exists()
