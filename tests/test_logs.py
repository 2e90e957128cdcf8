"""The log tells what happened to which request, and nothing by which anybody is known."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from celery.signals import setup_logging
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from accounts.models import Lpse, User
from escalation.services import jobs, sweep
from escalation.tasks import sweep_clocks
from lpse_support import logs
from notifications.models import Notification
from notifications.tasks import relay
from tests.conftest import NOW
from tests.tickets.pages import token_in
from tickets.models import Application, Subcategory, Ticket
from tickets.views.drafted import SALT
from tracking.services import make_access_code

NAME, TITLE, PASSWORD = "Wulan Rekaan", "Berkas penawaran rahasia", "kata-sandi-contoh"
FIELDS = {"levelname", "name", "message", "request_id", "time"}
ID = re.compile(r"[0-9a-f]{32}")
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What a container would have written by now."""
    made = logging.config.DictConfigurator(logs.configuration("json"))  # type: ignore[attr-defined]
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.Discreet())
    handler.addFilter(made.configure_filter(made.config["filters"]["id"]))
    loggers = [logging.getLogger(name) for name in ("", "gunicorn.error", "celery.task")]
    access = logging.getLogger("lpse_support.middleware")
    before = access.level
    access.setLevel("INFO")
    for logger in loggers:
        logger.addHandler(handler)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    for logger in loggers:
        logger.removeHandler(handler)
    access.setLevel(before)


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The signals of a worker close connections; a test lives in one transaction."""
    with patch.object(jobs, "close_old_connections"):
        yield


@pytest.fixture
def guest(db: None) -> Client:
    """A browser that sees error pages instead of errors."""
    cache.clear()
    return Client(raise_request_exception=False)


def test_a_request_is_one_line_with_view_status_time_and_the_number_of_its_user(
    lines: Lines, sign_in: Callable[[User], Client], vendor: User
) -> None:
    browser = sign_in(vendor)

    answer = browser.get(reverse("tickets:mine"), {"q": NAME})

    (line,) = (line for line in lines() if line["name"] == "lpse_support.middleware")
    assert line.keys() == FIELDS | {"view", "method", "status", "ms", "user"}
    assert (line["view"], line["method"], line["status"], line["user"]) == ("tickets:mine", "GET", 200, vendor.pk)
    assert isinstance(line["ms"], int)
    assert line["request_id"] == answer["X-Request-ID"]


@pytest.mark.parametrize("given", [None, "Wulan", "x" * 32, "0" * 31, "a@b.example"])
def test_an_id_that_does_not_look_like_one_is_replaced(lines: Lines, guest: Client, given: str | None) -> None:
    answer = guest.get("/", headers={"X-Request-ID": given} if given else {})

    assert ID.fullmatch(answer["X-Request-ID"])
    assert {line["request_id"] for line in lines()} == {answer["X-Request-ID"]}
    assert not given or given not in json.dumps(lines())


def test_the_id_of_a_proxy_is_kept(lines: Lines, guest: Client) -> None:
    given = uuid4().hex

    assert guest.get("/", headers={"X-Request-ID": given})["X-Request-ID"] == given

    assert {line["request_id"] for line in lines()} == {given}


def test_the_error_page_shows_the_number_under_which_the_log_has_the_error(lines: Lines, guest: Client) -> None:
    with patch("lpse_support.views.calendar_of", side_effect=ValueError(NAME)):
        answer = guest.get("/")

    assert answer.status_code == 500
    number = answer["X-Request-ID"]
    assert f'Nomor kejadian: <span class="num">{number[:8]}</span>' in answer.content.decode()
    (line,) = (line for line in lines() if line["levelname"] == "ERROR")
    assert (line["request_id"], line["message"]) == (number, "500 home")
    assert "builtins.ValueError" in line["exc_info"]
    assert "in home" in line["exc_info"]


def test_each_run_of_a_task_has_an_id_of_its_own(lines: Lines, db: None) -> None:
    with patch.object(sweep, "sweep_clocks", side_effect=lambda **_: logging.getLogger("tests").warning("swept")):
        sweep_clocks.apply()
        sweep_clocks.apply()

    ids = [line["request_id"] for line in lines() if line["message"] == "swept"]
    assert len(set(ids)) == 2
    assert all(ID.fullmatch(each) for each in ids)


def test_a_letter_is_told_of_under_the_id_of_the_request_it_comes_from(
    lines: Lines, sign_in: Callable[[User], Client], ticket_in: Callable[..., Ticket], vendor: User
) -> None:
    tickets, browser, asked = [ticket_in(status="in_progress") for _ in range(2)], sign_in(vendor), set()
    Notification.objects.update(next_at=None)
    for ticket in tickets:
        page = reverse("tickets:withdraw", args=[ticket.number])
        form = {"draf": token_in(browser.get(page)), "version": ticket.version, "reason": "Sudah dapat masuk."}
        answer = browser.post(page, form)
        (letter,) = Notification.objects.waiting().exclude(recipient=vendor).filter(case=ticket.number)
        asked.add((f"Message {letter.pk}: sent", answer["X-Request-ID"]))

    relay.apply()

    told = {(line["message"], line["request_id"]) for line in lines() if line["name"].endswith("services.relay")}
    assert told >= asked
    assert len({request_id for _message, request_id in asked}) == 2


def test_worker_and_beat_log_as_the_web_does_and_speak_of_themselves_as_loudly_as_they_were_told() -> None:
    celery, before = logging.getLogger("celery"), logging.getLogger("celery").level

    with patch("lpse_support.celery.dictConfig") as configured:
        setup_logging.send(sender=None, loglevel=logging.ERROR)

    configured.assert_called_once_with(settings.LOGGING)
    assert celery.level == logging.ERROR
    celery.setLevel(before)


def journey(browser: Client, vendor: User, lpse: Lpse, subcategory: Subcategory) -> list[str]:
    """Do what people do, well and badly; return the words that the log must not hold."""
    browser.post(reverse("account_login"), {"login": vendor.email, "password": "salah-sekali"})
    browser.post(reverse("account_login"), {"login": vendor.username, "password": PASSWORD})
    token = signing.dumps([uuid4().hex, vendor.pk], salt=SALT)
    facts = {"application": Application.objects.get(name="SPSE").pk, "subcategory": subcategory.pk, "lpse": lpse.pk}
    facts |= {"type": "problem", "title": TITLE, "description": f"Hubungi {NAME}.", "draf": token}
    assert browser.post(reverse("tickets:file"), facts).status_code == 302
    ticket = Ticket.objects.get(title=TITLE)
    browser.get(ticket.get_absolute_url(), {"dari": NAME})
    browser.get(reverse("tickets:search"), {"q": vendor.reporter.npwp})
    browser.post(reverse("account_logout"))
    code = make_access_code(ticket.number, by=None, now=NOW)
    browser.post(reverse("tracking:track"), {"nomor": ticket.number, "kode": code})
    browser.post(reverse("account_reset_password"), {"email": vendor.email})
    browser.get(f"/m/{code}/", {"email": vendor.email})
    browser.get(f"/tidak-ada/{NAME}/")
    browser.get("/", headers={"Host": "wulan.rekaan.example", "X-Request-ID": vendor.reporter.phone})
    Client(enforce_csrf_checks=True).post(reverse("tracking:track") + f"?kode={code}", {"kode": code})
    return [code, token, PASSWORD, "salah-sekali", "wulan.rekaan.example"]


def mishaps(browser: Client, vendor: User) -> None:
    """Let everything fail with words that quote what people wrote."""
    words = f"{NAME} {vendor.email} {vendor.reporter.phone} {vendor.reporter.npwp} {TITLE}"
    with patch("lpse_support.views.calendar_of", side_effect=ValueError(words)):
        browser.get("/", {"q": words})
    with patch.object(sweep, "sweep_clocks", side_effect=KeyError(words)):
        sweep_clocks.apply()
    log = logging.getLogger("tests")
    try:
        with connection.cursor() as cursor:
            User.objects.filter(pk=vendor.pk).update(name=words)
            cursor.execute("INSERT INTO accounts_user SELECT * FROM accounts_user WHERE id = %s", [vendor.pk])
    except IntegrityError as error:
        log.exception("Could not be saved: %s", error)
    log.warning("Sent to %s, who is %s", vendor.email, vendor.reporter.phone)
    log.warning("request", extra={"data": words, "email": vendor.email})
    logging.getLogger("gunicorn.error").error("Error handling request %s", f"/lacak/?nama={NAME.split()[0]}")
    logging.getLogger("gunicorn.error").warning("Invalid request from ip=%s: %s", "203.0.113.9", "Invalid HTTP header")


def test_a_journey_leaves_nothing_by_which_anybody_is_known(
    lines: Lines, guest: Client, vendor: User, lpse: Lpse, subcategory: Subcategory
) -> None:
    vendor.username = "akun-khayal"
    vendor.save()

    forbidden = journey(guest, vendor, lpse, subcategory)
    reporter = vendor.reporter
    mishaps(guest, vendor)

    text = json.dumps(lines(), ensure_ascii=False)
    forbidden += [*NAME.split(), TITLE, vendor.username, vendor.email, reporter.phone, reporter.npwp, "203.0.113.9"]
    assert [word for word in forbidden if word.lower() in text.lower()] == []
    requests = [line for line in lines() if line["name"] == "lpse_support.middleware"]
    assert len(requests) == 13
    assert {"tickets:file", "tracking:track", "none", "home"} <= {line["view"] for line in requests}
    errors = [line["exc_info"] for line in lines() if "exc_info" in line]
    assert all(any(kind in text for text in errors) for kind in ("ValueError", "KeyError", "IntegrityError"))
