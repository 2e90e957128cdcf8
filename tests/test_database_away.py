"""While the database is away every page says so with 503, in the product's look; afterwards all is as before."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from django.urls import reverse

from accounts.models import User

AWAY = [OperationalError("could not connect to server, user lpse"), InterfaceError("connection already closed")]


@contextmanager
def away(error: Exception) -> Iterator[None]:
    """Let every question to the database fail, as when nobody listens there."""
    with patch.object(connection, "ensure_connection", side_effect=error):
        yield


@pytest.fixture
def browser(sign_in: Callable[[User], Client], helpdesk: User) -> Client:
    """An officer signed in, who sees error pages instead of errors."""
    browser = sign_in(helpdesk)
    browser.raise_request_exception = False
    return browser


@pytest.mark.parametrize("error", AWAY, ids=["refused", "cut"])
@pytest.mark.parametrize(
    ("way", "path"),
    [("get", "/"), ("get", "/masuk/"), ("get", "/antrean/lpse-sukamaju/"), ("get", "/tidak-ada/"), ("post", "/mulai/")],
)
def test_every_page_is_a_503_in_the_look_of_the_product(browser: Client, error: Exception, way: str, path: str) -> None:
    with away(error):
        answer = getattr(browser, way)(path)

    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "Layanan belum dapat dijangkau" in page
    assert "kirim kembali" in page
    assert "css/lpse" in page
    assert "user lpse" not in page
    assert not answer.cookies


def test_somebody_without_an_account_gets_the_same_page(client: Client, db: None) -> None:
    client.raise_request_exception = False

    with away(AWAY[0]):
        answers = [client.get(path) for path in ("/", "/masuk/", "/layar-tunggu/", "/tidak-ada/")]

    assert [answer.status_code for answer in answers] == [503] * 4


def test_a_page_that_asks_for_news_gets_503_and_its_screen_stays_as_it_is(browser: Client) -> None:
    with away(AWAY[0]):
        answer = browser.get("/antrean/lpse-sukamaju/", headers={"HX-Request": "true"})

    assert answer.status_code == 503  # htmx leaves the page alone
    assert "HX-Refresh" not in answer


def test_afterwards_all_is_as_before(browser: Client) -> None:
    with away(AWAY[0]):
        browser.get("/antrean/lpse-sukamaju/")

    assert browser.get("/antrean/lpse-sukamaju/").status_code == 200


def test_other_errors_stay_errors(browser: Client, caplog: Any) -> None:
    with patch("lpse_support.views.calendar_of", side_effect=ValueError):
        assert browser.get(reverse("home")).status_code == 500
