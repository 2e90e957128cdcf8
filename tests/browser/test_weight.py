"""What a slow phone has to load: the page where a ticket is made, with everything it asks for."""

import gzip
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from accounts.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
PAGE = "/tiket/buat/"
FIRST_LOAD, AGAIN = 150_000, 15_000  # bytes on their way


def sent(path: str, client: Client) -> int:
    """Return the bytes of one answer: files as they lie pre-compressed, pages as a proxy compresses them."""
    if not path.startswith(settings.STATIC_URL):
        return len(gzip.compress(client.get(path).content, 6))
    file = Path(settings.STATIC_ROOT) / path.removeprefix(settings.STATIC_URL)
    packed = (file.with_name(file.name + ending) for ending in ("", ".br", ".gz"))
    return min(each.stat().st_size for each in packed if each.exists())


def test_making_a_ticket_loads_little_at_first_and_next_to_nothing_again(
    open_browser: Callable[..., Page], vendor: User, sign_in: Callable[[User], Client]
) -> None:
    page, asked = open_browser(vendor), set[str]()
    page.on("request", lambda request: asked.add(urlsplit(request.url).path))

    page.goto(PAGE, wait_until="networkidle")

    client = sign_in(vendor)
    files = {path for path in asked if path.startswith(settings.STATIC_URL)}
    assert len(files) >= 5
    assert sum(sent(path, client) for path in asked) < FIRST_LOAD
    for path in files:
        assert "immutable" in client.get(path)["Cache-Control"], path
    assert sum(sent(path, client) for path in asked - files) < AGAIN
