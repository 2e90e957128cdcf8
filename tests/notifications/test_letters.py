"""The letter: HTML and plain text, to one person, with a name that stays the same and nothing smuggled into it."""

from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from notifications.models import Notification
from notifications.services import letters, notify
from notifications.services.relay import relay
from tests.conftest import NOW
from tickets.models import Ticket


def letter_to(person: User, kind: str = "ticket_received", **context: Any) -> Any:
    """Return the letter as its reader's mail program takes it apart."""
    facts = {"number": "TKT-2026-000123-7", "title": "Gagal masuk", "sender": "Intan"} | context
    notify([person], kind, url="/tiket/TKT-2026-000123-7/", now=NOW, **facts)
    written = letters.write(Notification.objects.latest("pk"))
    return message_from_bytes(written.message().as_bytes(), policy=policy.default)


def bodies(letter: Any) -> tuple[str, str]:
    """Return plain text and HTML."""
    text, html = (part.get_content() for part in letter.iter_parts())
    return text, html


def test_the_letter_says_who_what_and_where(vendor: User, ticket: Ticket, settings: Any) -> None:
    settings.BASE_URL = "https://lpse.example"

    letter = letters.write(Notification.objects.get(recipient=vendor))

    due = "Kami akan menanggapi paling lambat Senin, 23 November 2026 pukul 16.00 WIB."
    assert letter.subject == f"Tiket {ticket.number} telah kami terima. {due}"
    assert letter.body.startswith("Yth. Bapak/Ibu Wulan Rekaan,\n\n")
    assert f"Tiket {ticket.number} “{ticket.title}” telah kami terima. {due}\n" in letter.body
    assert f"https://lpse.example{ticket.get_absolute_url()}\n" in letter.body
    assert "Call Center 144" in letter.body
    assert "LKPP" in letter.body or "Direktorat" in letter.body


def test_the_head_names_the_letter_its_case_and_its_hour(vendor: User, settings: Any) -> None:
    settings.BASE_URL = "https://lpse.example:8443"

    first, second = letter_to(vendor), letter_to(vendor, "ticket_replied")

    pk = Notification.objects.latest("pk").pk
    assert second["Message-ID"] == f"<notification-{pk}@lpse.example>"
    assert first["Message-ID"] != second["Message-ID"]
    assert first["References"] is first["In-Reply-To"] is None
    assert second["References"] == second["In-Reply-To"] == first["Message-ID"]
    assert second["Date"].datetime == NOW
    assert second["Auto-Submitted"] == "auto-generated"
    assert second["To"] == vendor.email
    assert second.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in second.iter_parts()] == ["text/plain", "text/html"]


def test_a_thread_is_of_one_case_and_of_one_person(vendor: User, helpdesk: User) -> None:
    letters_of_others = [letter_to(helpdesk), letter_to(vendor, number="TKT-2026-000999-1")]

    first, second, third = letter_to(vendor), letter_to(vendor), letter_to(vendor)

    assert {letter["References"] for letter in (*letters_of_others, first)} == {None}
    assert second["References"] == third["References"] == first["Message-ID"]


def test_a_subject_always_names_its_case(vendor: User) -> None:
    facts = {"queue": "K-007", "name": "Wulan", "room": "Ruang 1", "due": "pukul 10.00 WIB"}

    letter = letter_to(vendor, "visit_near", number="KNS-2026-000004-2", **facts)
    long = letter_to(vendor, "ticket_replied", sender="Nama " * 50)

    assert letter["Subject"].strip().startswith("[KNS-2026-000004-2] Konsultasi K-007 dengan Wulan")
    assert long["Subject"].strip().startswith("[TKT-2026-000123-7] Nama Nama")


def test_both_bodies_say_the_same(vendor: User, settings: Any) -> None:
    settings.BASE_URL = "https://lpse.example"

    text, html = bodies(letter_to(vendor))

    assert text == text.strip() + "\n"
    for words in (
        "Yth. Bapak/Ibu Wulan Rekaan,",
        "Tiket TKT-2026-000123-7 “Gagal masuk” telah kami terima.",
        "https://lpse.example/tiket/TKT-2026-000123-7/",
        "karena TKT-2026-000123-7 menyangkut Anda atau tugas Anda.",
        "Salam hormat,",
        "Call Center 144",
    ):
        assert words in text
        assert words in html
    assert html.count("<a ") == html.count('<a href="https://lpse.example/tiket/TKT-2026-000123-7/"') == 2
    assert "<form" not in html
    assert "<img" not in html


def test_the_html_escapes_what_people_write(vendor: User) -> None:
    User.objects.filter(pk=vendor.pk).update(name="<b>Siti</b>")

    _text, html = bodies(letter_to(vendor, "ticket_replied", sender="<script>1</script>", title="<img src=x>"))

    assert "<script>" not in html
    assert "<img" not in html
    assert "&lt;b&gt;Siti&lt;/b&gt;," in html


def test_nobody_can_write_the_line_that_parts_the_bodies(vendor: User) -> None:
    line = letter_to(vendor).get_boundary()

    letter = letter_to(vendor, title=f"--{line}", sender=f"--{line}--")

    assert letter.get_boundary() != line
    assert len(list(letter.iter_parts())) == 2


def test_a_code_stands_in_the_letter(vendor: User) -> None:
    url = "/lacak/TKT-2026-000123-7/"
    notify([vendor], "one_time_code", url=url, now=NOW, secret="481 516", number="TKT-2026-000123-7")

    written = letters.write(Notification.objects.latest("pk"))

    assert "Kode: 481 516\n" in written.body
    assert "481 516</b>" in str(written.alternatives[0])


def test_a_second_copy_is_the_same_to_the_last_letter(vendor: User, ticket: Ticket) -> None:
    message = Notification.objects.get(recipient=vendor)

    assert letters.write(message).message().as_bytes() == letters.write(message).message().as_bytes()


def test_names_are_written_as_they_are(vendor: User) -> None:
    User.objects.filter(pk=vendor.pk).update(name='Siti "Ita" <O\'Neil> & Putri')

    letter = letter_to(vendor, "ticket_replied", sender="CV Maju & Jaya <Abadi>", title="Error <500> & 'x'")

    body, _html = bodies(letter)
    assert 'Yth. Bapak/Ibu Siti "Ita" <O\'Neil> & Putri,' in body
    assert "CV Maju & Jaya <Abadi> membalas tiket TKT-2026-000123-7 “Error <500> & 'x'”." in body
    assert letter["Subject"] == "CV Maju & Jaya <Abadi> membalas tiket TKT-2026-000123-7."


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85"])
def test_no_line_of_the_head_can_be_smuggled_in(vendor: User, end: str) -> None:
    smuggled = f"Intan{end}Bcc: semua@contoh.invalid"

    letter = letter_to(vendor, "ticket_replied", sender=smuggled, title=smuggled, number=smuggled)

    assert letter["Bcc"] is None
    assert "Bcc: semua@contoh.invalid" in letter["Subject"]
    assert len(letter["Subject"].splitlines()) == 1


def test_an_address_with_a_second_line_reaches_nobody_else(vendor: User, helpdesk: User) -> None:
    User.objects.filter(pk=vendor.pk).update(email="a@contoh.invalid\nBcc: semua@contoh.invalid")
    notify([vendor, helpdesk], "ticket_received", url="/", now=NOW, number="TKT", title="Uji")

    assert relay(now=NOW) == {"sent": 1, "postponed": 1, "dead": 0, "skipped": 0}

    assert [letter.to for letter in mail.outbox] == [[helpdesk.email]]


def test_a_long_subject_is_cut_and_the_letter_is_not(vendor: User) -> None:
    letter = letter_to(vendor, "ticket_replied", sender="Nama " * 50)

    text, _html = bodies(letter)
    assert len(letter["Subject"].strip()) == letters.SUBJECT_LENGTH
    assert letter["Subject"].endswith("…")
    assert ("Nama " * 50).strip() in text.replace("\n", " ")


def test_the_local_mail_is_read_on_its_page_in_demo_mode_only(
    vendor: User, client: Any, settings: Any, tmp_path: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    settings.DEMO_MODE = True
    assert "Belum ada surel" in client.get(reverse("notifications:mail")).content.decode()
    for number in ("TKT-1", "TKT-2"):
        notify([vendor], "ticket_received", url=f"/tiket/{number}/", now=NOW, number=number, title="<b>Uji</b> “é”")
    relay(now=NOW)
    client.post(reverse("account_reset_password"), {"email": vendor.email})
    relay(now=timezone.now())

    page = client.get(reverse("notifications:mail"))
    html = page.content.decode()

    assert [letter.to for letter in page.context["letters"]] == [vendor.email] * 3
    assert html.index("kata sandi baru") < html.index("Tiket TKT-2 ") < html.index("Tiket TKT-1 ")
    assert "&lt;b&gt;Uji&lt;/b&gt; “é”" in html
    assert f'<a href="{settings.BASE_URL}/tiket/TKT-1/"' in html
    assert "18 Nov 2026 09.12 WIB" in html

    settings.DEMO_MODE = False
    assert client.get(reverse("notifications:mail")).status_code == 404


@pytest.mark.parametrize("demo_mode", [True, False])
def test_the_inbox_leads_to_the_local_mail_in_demo_mode_only(
    vendor: User, sign_in: Callable[[User], Client], settings: Any, demo_mode: bool
) -> None:
    settings.DEMO_MODE = demo_mode

    inbox = sign_in(vendor).get(reverse("notifications:inbox")).content.decode()

    assert (reverse("notifications:mail") in inbox) == demo_mode


def test_where_mail_is_really_sent_the_page_shows_none(client: Any, settings: Any, tmp_path: Any, db: None) -> None:
    settings.DEMO_MODE = True
    settings.EMAIL_FILE_PATH = tmp_path
    (tmp_path / "1.log").write_bytes(b"To: a@b\n\nRahasia\n" + b"-" * 79 + b"\n")

    assert "Rahasia" not in client.get(reverse("notifications:mail")).content.decode()
