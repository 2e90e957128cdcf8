"""Production as docker-compose.yml runs it, behind nginx with TLS: a journey passes, whoever is killed meanwhile."""

import shutil
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.containers import SERVICES, filled
from tests.faults.site import HOST, Load, Person, Site
from tests.processes import wait_until
from tests.tickets.pages import PDF

pytestmark = pytest.mark.faults
serial = count(1)
STALLED, CUT_AFTER = 60, 60  # uploads, seconds (F22)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with the demo's people."""
    if not shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin"):
        pytest.skip("No nginx here. Install it, for example with `apt-get install nginx-light`, to run these tests.")
    site = Site(tmp_path_factory.mktemp("site"))
    try:
        site.start()
        yield site
    finally:
        site.stop()


@pytest.fixture(scope="module")
def vendor(site: Site) -> Person:
    person = Person(site)
    assert person.sign_in("penyedia").status == 302
    return person


@pytest.fixture(scope="module")
def officer(site: Site) -> Person:
    person = Person(site)
    assert person.sign_in("helpdesk.lpse").status == 302
    return person


@pytest.fixture(scope="module")
def facts(site: Site) -> dict[str, Any]:
    """What Buat Tiket asks for, but its title."""
    question = (
        "SELECT (SELECT id FROM tickets_application WHERE name = 'SPSE'), "
        "(SELECT id FROM tickets_subcategory WHERE name = 'Gagal masuk'), "
        "(SELECT id FROM accounts_lpse WHERE code = 'sukamaju')"
    )
    ((application, subcategory, lpse),) = site.rows(question)
    problem = {"application": application, "subcategory": subcategory, "lpse": lpse, "type": "problem"}
    return problem | {"description": "Muncul pesan User ID atau Password salah."}


def file_ticket(person: Person, facts: dict[str, Any], title: str, **more: Any) -> str:
    """File a ticket as often as it takes, with one form; return its number."""
    page = until_answered(lambda: person.get("/tiket/buat/"), 200).text
    answer = until_answered(lambda: person.post("/tiket/buat/", facts | {"title": title} | more, page), 302)
    return str(answer.location.split("/")[2])


def until_answered(ask: Callable[[], Any], status: int) -> Any:
    """Ask again, as people do, until the answer is what they want."""
    deadline = time.monotonic() + 90
    while True:
        try:
            answer = ask()
        except OSError:
            answer = None
        if answer and answer.status == status:
            return answer
        assert time.monotonic() < deadline, answer
        time.sleep(0.2)


def walk(site: Site, vendor: Person, officer: Person, facts: dict[str, Any]) -> str:
    """File, take, answer, solve and confirm one ticket; return its number."""
    picture = SimpleUploadedFile("layar.pdf", PDF)
    number = file_ticket(vendor, facts, f"Perjalanan {next(serial)}", files=picture)
    path = f"/tiket/{number}/"
    assert officer.post(f"{path}ambil/", {}, officer.get(path).text).status == 302
    reply = {"kind": "reply", "text": "Selamat pagi. Kami sedang memeriksa akun Anda."}
    assert officer.post(f"{path}balas/", reply, officer.get(path).text).status == 302
    solution = {"solution": "Kosongkan tembolok, lalu masuk kembali."}
    assert officer.post(f"{path}selesai/", solution, officer.get(f"{path}selesai/").text).status == 302
    assert vendor.post(f"{path}konfirmasi/", {}, vendor.get(path).text).status == 302
    question = (
        "SELECT status, (SELECT count(*) FROM tickets_attachment a JOIN tickets_ticketevent e ON e.id = a.event_id "
        "WHERE e.ticket_id = t.id) FROM tickets_ticket t WHERE number = %s"
    )
    assert site.rows(question, number) == [("closed", 1)]
    return number


def all_mailed(site: Site) -> bool:
    return site.rows("SELECT count(*) FROM notifications_notification WHERE next_at IS NOT NULL") == [(0,)]


def test_a_journey_passes_and_every_letter_arrives_once(
    site: Site, vendor: Person, officer: Person, facts: dict[str, Any]
) -> None:
    number = walk(site, vendor, officer, facts)

    wait_until(lambda: all_mailed(site), "all letters have left", 60)
    told = 'SELECT count(*) FROM notifications_notification WHERE "case" = %s AND sent_at IS NOT NULL'
    assert site.rows(told, number)[0][0] >= 4
    assert sum(number in subject for subject in site.sink.subjects) == site.rows(told, number)[0][0]
    assert set(site.sink.copies.values()) == {1}


def test_the_proxy_leads_to_https_hides_the_metrics_and_leaves_files_as_they_are_compressed(site: Site) -> None:
    guest = Person(site)

    plain = Person(site, "http").get("/masuk/?a=1")
    metrics = guest.get("/metrik")

    assert (plain.status, plain.location) == (301, f"https://{HOST}/masuk/?a=1")
    assert metrics.status == 404
    raw = socket.create_connection(("127.0.0.1", site.ports["https"]))
    with pytest.raises(ssl.SSLError, match="unrecognized name"):
        ssl.create_default_context().wrap_socket(raw, server_hostname="lain.example")


def test_the_health_check_of_a_worker_tells_a_living_one_from_none(site: Site) -> None:
    check = filled(SERVICES["worker"]["healthcheck"]["test"][1], {}).replace(
        "celery ", f"{sys.executable} -m celery ", 1
    )

    def ask(name: str) -> int:
        words = check.replace("celery@$HOSTNAME", name)
        return subprocess.run(words, env=site.environment, shell=True, capture_output=True, check=False).returncode

    assert ask("worker1@site") == 0
    assert ask("nobody@site") != 0


def test_while_no_web_is_there_the_proxy_says_so(site: Site) -> None:
    webs = {"web1", "web2"}
    site.absent |= webs
    for name in webs:
        site.send(name, signal.SIGKILL)

    answer = until_answered(lambda: Person(site).get("/tiket/"), 503)

    site.absent -= webs
    assert "sedang tidak dapat dibuka" in answer.text
    for name in webs:
        site.wait_for(name)


@pytest.mark.parametrize("name", ["web1", "web2", "worker1", "worker2", "beat", "valkey", "postgres"])
def test_whoever_is_killed_nothing_is_lost_and_the_journey_passes_again(
    site: Site, vendor: Person, officer: Person, facts: dict[str, Any], name: str
) -> None:
    """F21, T19."""
    before, numbers = sum(site.sink.copies.values()) - len(site.sink.copies), list[str]()

    def file_one() -> int:
        numbers.append(file_ticket(vendor, facts, f"Saat {name} mati {len(numbers)}"))
        return 302

    with Load(file_one) as filing:
        filing.wait_for(2)
        killed = site.send(name, signal.SIGKILL)
        site.wait_for_another(name, killed)
        filing.wait_for(2)

    walk(site, vendor, officer, facts)
    kept = site.rows("SELECT number FROM tickets_ticket WHERE title LIKE %s", f"Saat {name} mati %")
    assert sorted(number for (number,) in kept) == sorted(numbers)
    wait_until(lambda: all_mailed(site), "all letters have left", 120)
    assert site.rows("SELECT count(*) FROM notifications_notification WHERE dead_at IS NOT NULL") == [(0,)]
    doubled = sum(site.sink.copies.values()) - len(site.sink.copies) - before
    assert doubled <= (1 if name not in ("web1", "web2", "beat") else 0)  # the one that was with the mail server (T3)


def test_a_web_that_is_told_to_end_fails_no_request(site: Site, vendor: Person) -> None:
    """F24."""
    page = vendor.get("/pemberitahuan/").text

    def mark_read() -> int:
        return vendor.post("/pemberitahuan/tandai-dibaca/", {}, page).status

    with Load(lambda: vendor.get("/tiket/").status) as reading, Load(mark_read) as writing:
        for name in ("web1", "web2"):
            reading.wait_for(10)
            told = site.send(name, signal.SIGTERM)
            site.wait_for_another(name, told)
        reading.wait_for(10)

    assert reading.bad() == writing.bad() == []
    assert len(reading.answers) + len(writing.answers) > 60


def test_sixty_uploads_that_stall_keep_nobody_waiting_and_are_cut_off(site: Site, vendor: Person) -> None:
    """F22."""
    head = (
        f"POST /tiket/buat/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 10000000\r\n"
        "Content-Type: multipart/form-data; boundary=batas\r\n\r\n--batas\r\n"
    )
    context = ssl.create_default_context(cafile=str(site.folder / "certificate.pem"))
    begun = time.monotonic()
    stalled = []
    for _upload in range(STALLED):
        plain = socket.create_connection(("127.0.0.1", site.ports["https"]))
        stalled.append(context.wrap_socket(plain, server_hostname=HOST))
        stalled[-1].sendall(head.encode())

    took = []
    for _page in range(40):
        asked = time.monotonic()
        assert vendor.get("/tiket/").status == 200
        took.append(time.monotonic() - asked)
    for upload in stalled:
        upload.settimeout(CUT_AFTER)
        upload.recv(4096)  # the answer, or the end of the line

    assert statistics.quantiles(took, n=20)[-1] <= 1
    assert time.monotonic() - begun <= CUT_AFTER


def test_while_postgresql_is_stopped_people_are_told_and_afterwards_all_goes_on_by_itself(
    site: Site, vendor: Person, facts: dict[str, Any]
) -> None:
    webs = [site.pid(name) for name in ("web1", "web2")]
    with (
        Load(lambda: vendor.get("/tiket/").status) as first,
        Load(lambda: Person(site).get("/masuk/").status) as second,
    ):
        first.wait_for(5)
        site.absent.add("postgres")
        stopped = time.monotonic()
        site.parts["postgres"].stop()
        wait_until(lambda: len(first.bad()) > 3 and len(second.bad()) > 3, "people notice", 30)
        site.absent.remove("postgres")
        wait_until(site.ready["postgres"], "PostgreSQL answers", 60)
        back = time.monotonic()
        first.wait_for(20)
        second.wait_for(20)

    bad = first.bad() + second.bad()
    assert {status for _at, status in bad} == {503}
    assert all(stopped <= at <= back + 5 for at, _status in bad)
    assert [site.pid(name) for name in ("web1", "web2")] == webs
    assert file_ticket(vendor, facts, "Sesudah basis data kembali")
    wait_until(lambda: all_mailed(site), "worker and beat go on as well", 120)


def test_two_webs_know_the_same_sessions(site: Site) -> None:
    person = Person(site, "web1")
    assert person.sign_in("penyedia2").status == 302

    assert person.at("web2").get("/tiket/").status == 200
    page = person.at("web2").get("/tiket/").text
    assert person.at("web2").post("/keluar/", {}, page).status == 302
    assert person.at("web1").get("/tiket/").status == 302


def test_a_form_sent_to_both_webs_does_its_work_once(site: Site, vendor: Person, facts: dict[str, Any]) -> None:
    page, form = vendor.get("/tiket/buat/").text, facts | {"title": "Dikirim ke dua proses"}

    answers = [vendor.at(web).post("/tiket/buat/", form, page) for web in ("web1", "web2", "web1")]

    assert {answer.status for answer in answers} == {302}
    assert len({answer.location for answer in answers}) == 1
    assert site.rows("SELECT count(*) FROM tickets_ticket WHERE title = %s", form["title"]) == [(1,)]


def test_two_webs_count_failed_tries_together(site: Site) -> None:
    webs = ["web1", "web2"] * 3

    texts = [Person(site, web).sign_in("resepsionis", "kata-sandi-keliru").text for web in webs]

    refused = ["Terlalu banyak" in text for text in texts]
    assert refused == [False] * 5 + [True]
    assert "Terlalu banyak" in Person(site, "web1").sign_in("resepsionis").text


def test_secrets_come_from_files_and_an_earlier_key_still_holds(site: Site, vendor: Person, tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("kunci-baru-" + "y" * 50 + "\n")
    settled = {"SECRET_KEY_FILE": str(secret), "SECRET_KEY_FALLBACKS": site.environment["SECRET_KEY"]}
    words = [word for word in site.parts["web1"].command if not word.startswith("--bind")]
    old, site.ports["web3"] = site.environment, site.ports["https"] + 1
    site.environment = {name: value for name, value in old.items() if name != "SECRET_KEY"} | settled
    site.add("web3", [*words, f"--bind=127.0.0.1:{site.ports['web3']}"], lambda: site.web_answers("web3"))
    site.environment = old
    site.wait_for("web3")

    assert vendor.at("web3").get("/tiket/").status == 200
