"""A complaint on the pages of those who keep the register, from the letter to the end (R42–R45, A25)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEntry
from complaints.files import evidence_of, files_of_response, letter_of
from complaints.models import Complaint, Response
from tests.complaints.conftest import FACTS
from tests.conftest import NOW
from tests.tickets.pages import image, text_of, token_in, upload
from tickets.models import Attachment
from tickets.services.drafts import sweep_drafts

pytestmark = pytest.mark.standard("R45")
Make = Callable[..., Complaint]
Browse = Callable[[User], Client]
LETTER = {name: FACTS[name] for name in ("kind", "name", "title", "substance", "email")} | {
    "source": "letter",
    "letter_number": "B-114/UKPBJ/XI/2026",
    "letter_date": "17-11-2026",
    "received_at_day": "18-11-2026",
    "received_at_hour": "10.15",
    "zone": "Asia/Makassar",
}
ANSWER = {"number": "B-9/LKPP/XI/2026", "date": "18-11-2026", "text": "Kami jelaskan.", "signed_by": "Direktur Contoh"}


@pytest.fixture(autouse=True)
def today() -> Any:
    """The afternoon of the day of the tests."""
    with time_machine.travel(NOW.replace(hour=8), tick=False):
        yield


@pytest.fixture
def keeper(complaint_officer: User, sign_in: Browse) -> Client:
    """The browser of the Pengelola Pengaduan."""
    return sign_in(complaint_officer)


def act(browser: Client, complaint: Complaint, verb: str, **words: Any) -> Any:
    """Open the page of a verb and send its form."""
    path = reverse(f"complaints:{verb}", args=[complaint.number])
    page = browser.get(path)
    form = {"draf": token_in(page), "version": Complaint.objects.get(pk=complaint.pk).version}
    return browser.post(path, form | words)


@pytest.mark.standard("A25")
@pytest.mark.standard("R42")
def test_a_letter_from_e_office_is_entered_with_its_number_date_and_scan(keeper: Client) -> None:
    page = keeper.get(reverse("complaints:enter"))
    files = {"surat": [upload("surat.png", image())], "files": [upload("jadwal.png", image(width=5))]}

    keeper.post(reverse("complaints:enter"), LETTER | {"draf": token_in(page)} | files)

    complaint = Complaint.objects.get()
    assert (complaint.letter_number, f"{complaint.letter_date:%d-%m-%Y}") == ("B-114/UKPBJ/XI/2026", "17-11-2026")
    assert f"{complaint.received_at:%H.%M}" == "02.15"  # 10.15 WITA
    assert complaint.state == Complaint.State.REGISTERED
    shown = text_of(keeper.get(complaint.get_absolute_url()))
    assert "jadwal.png" in shown
    assert "surat.png" in shown


@pytest.mark.standard("R44")
def test_the_scan_of_a_letter_is_no_evidence_and_starts_no_clock(keeper: Client) -> None:
    form = LETTER | {"draf": token_in(keeper.get(reverse("complaints:enter")))}
    wrong = keeper.post(reverse("complaints:enter"), form | {"title": "", "surat": [upload("surat.png", image())]})
    keeper.post(reverse("complaints:enter"), form)

    complaint = Complaint.objects.get()
    opened = keeper.get(reverse("complaints:preview", args=[complaint.number, letter_of(complaint).get().key]))
    refused = keeper.get(reverse("complaints:complete", args=[complaint.number]))

    assert "surat.png" in text_of(wrong)
    assert (complaint.state, complaint.clock) == (Complaint.State.RECEIVED, None)
    assert not evidence_of(complaint).exists()
    assert (opened.status_code, refused.status_code) == (200, 409)


@pytest.mark.standard("R44")
def test_what_was_sent_stays_for_good_and_its_form_can_change_it_no_more(keeper: Client, make_complaint: Make) -> None:
    form = LETTER | {"draf": token_in(keeper.get(reverse("complaints:enter")))}
    files = {"surat": [upload("surat.png", image())], "files": [upload("bukti.png", image())]}
    keeper.post(reverse("complaints:enter"), form | files)
    complaint = Complaint.objects.get()
    act(keeper, complaint, "scan", files=[upload("pos.png", image())])
    act(keeper, complaint, "respond", **ANSWER, files=[upload("lampiran.png", image())])

    keeper.post(reverse("tickets:save_draft"), form)
    keeper.post(reverse("complaints:enter"), form | {"files": [upload("lagi.png", image())]})
    gone = keeper.post(reverse("tickets:remove_file", args=[evidence_of(complaint)[0].key]))
    sweep_drafts(now=NOW + timedelta(days=30))

    assert gone.status_code == 404
    names = ["surat.png", "bukti.png", "pos.png", "lampiran.png"]
    assert list(Attachment.objects.order_by("pk").values_list("name", flat=True)) == names


@pytest.mark.standard("R46")
def test_a_report_of_lapor_needs_its_number(keeper: Client) -> None:
    page = keeper.get(reverse("complaints:enter"))

    refused = keeper.post(reverse("complaints:enter"), LETTER | {"draf": token_in(page), "source": "lapor"})

    assert "Isi Nomor laporan LAPOR!" in text_of(refused)
    assert not Complaint.objects.exists()


@pytest.mark.standard("R44")
def test_a_complaint_without_evidence_is_sent_back_and_completed(keeper: Client, make_complaint: Make) -> None:
    complaint = make_complaint(with_evidence=False)

    act(keeper, complaint, "ask", reason="Mohon lampirkan surat permohonan.")
    waiting = Complaint.objects.get()
    act(keeper, complaint, "scan", files=[upload("pos.png", image())], text="Datang lewat pos.")

    complete = Complaint.objects.get()
    assert (waiting.state, waiting.clock) == (Complaint.State.INCOMPLETE, None)
    assert (complete.state, complete.clock is not None) == (Complaint.State.REGISTERED, True)


def test_the_answer_goes_out_as_a_letter_with_its_files_and_the_case_is_closed(
    keeper: Client, make_complaint: Make
) -> None:
    complaint = make_complaint()

    act(keeper, complaint, "respond", **ANSWER, files=[upload("lampiran.png", image())])
    act(keeper, complaint, "close", note="Pengadu menerima.")

    complaint = Complaint.objects.get()
    assert complaint.state == Complaint.State.CLOSED
    assert complaint.response.number == "B-9/LKPP/XI/2026"
    assert files_of_response(complaint).get().name == "lampiran.png"
    assert complaint.clock.met_at is not None


def test_the_same_answer_sent_twice_is_one_letter(keeper: Client, make_complaint: Make) -> None:
    complaint = make_complaint()
    path = reverse("complaints:respond", args=[complaint.number])
    form = ANSWER | {"draf": token_in(keeper.get(path)), "version": complaint.version}

    first, second = keeper.post(path, form), keeper.post(path, form)

    assert (first.status_code, second.status_code) == (302, 302)
    assert Response.objects.count() == 1


def test_words_for_a_complaint_that_changed_meanwhile_are_kept_and_can_be_sent_again(
    keeper: Client, make_complaint: Make
) -> None:
    complaint = make_complaint()
    path = reverse("complaints:ask", args=[complaint.number])
    form = {"draf": token_in(keeper.get(path)), "version": complaint.version, "reason": "Bukti belum cukup."}
    act(keeper, complaint, "classify", legal_class="normative")

    stale = keeper.post(path, form)

    assert stale.status_code == 409
    assert "Bukti belum cukup." in stale.content.decode()
    again = form | {"draf": token_in(stale), "version": Complaint.objects.get().version}
    assert keeper.post(path, again).status_code == 302


def test_the_class_of_the_law_gives_a_second_due_date(keeper: Client, make_complaint: Make) -> None:
    complaint = make_complaint()

    act(keeper, complaint, "classify", legal_class="normative")

    assert f"{Complaint.objects.get().legal_due:%d-%m-%Y}" == "25-11-2026"


def test_what_cannot_be_done_now_is_refused_with_a_reason(keeper: Client, make_complaint: Make) -> None:
    complaint = make_complaint(with_evidence=False)

    answers = {
        verb: keeper.get(reverse(f"complaints:{verb}", args=[complaint.number])).status_code
        for verb in ("respond", "close", "excuse")
    }

    assert answers == dict.fromkeys(("respond", "close", "excuse"), 409)


@pytest.mark.parametrize("name", ["receipt_as_pdf", "response"])
def test_receipt_and_answer_are_pdf(keeper: Client, make_complaint: Make, name: str) -> None:
    complaint = make_complaint(place="Jakarta")
    act(keeper, complaint, "respond", **ANSWER)

    sheet = keeper.get(reverse(f"complaints:{name}", args=[complaint.number]))

    assert sheet["Content-Type"] == "application/pdf"
    assert sheet.content.startswith(b"%PDF")


def test_words_of_a_complainant_are_never_source_of_the_letter(keeper: Client, make_complaint: Make) -> None:
    complaint = make_complaint(title='#panic("x") $ ] #read("/etc/passwd")', substance='*tebal* #eval("1") \\ `x`')

    sheet = keeper.get(reverse("complaints:receipt_as_pdf", args=[complaint.number]))

    assert sheet.content.startswith(b"%PDF")


def test_reading_evidence_is_written_down(keeper: Client, make_complaint: Make) -> None:
    complaint = make_complaint()
    attachment = evidence_of(complaint).get()

    answer = keeper.get(reverse("complaints:file", args=[complaint.number, attachment.key]))

    assert answer.status_code == 200
    assert AuditEntry.objects.get(kind="file_read").subject == f"{complaint.number} bukti.png"


def test_the_register_is_narrowed_by_words_kind_state_and_origin(keeper: Client, make_complaint: Make) -> None:
    complaint, saran = make_complaint(), make_complaint(kind="suggestion", name="Sekar Fiktif", with_evidence=False)

    def rows(**filters: str) -> list[Complaint]:
        return list(keeper.get(reverse("complaints:register"), filters).context["page"].rows)

    assert rows() == [complaint, saran]
    assert rows(tampil="semua") == [saran, complaint]
    assert rows(cari="sekar") == [saran]
    assert rows(cari=complaint.number.lower()) == [complaint]
    assert rows(jenis="complaint") == [complaint]
    assert rows(tampil="selesai") == rows(tampil="terlambat") == []
    assert rows(asal="letter") == []
    assert rows(tampil="x", sesudah="y", jenis="9") == [complaint, saran]
