"""A real browser. Without Chromium on the machine these tests skip, and say how to get it."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connections
from django.test import Client
from django.test.testcases import _StaticFilesHandler as CollectedFilesHandler
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User

# Playwright runs an event loop in this thread; the tests themselves stay ordinary functions.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser(django_db_setup: None) -> Iterator[Browser]:
    """Chromium, once per session."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(
            "No Chromium here. Install it, for example with `apt-get install chromium`, to run the browser tests."
        )
    rows = connections["default"]._test_serialized_contents
    with sync_playwright() as playwright:
        # A thread with an event loop gets a connection object of its own; it must know the rows to restore as well.
        connections["default"]._test_serialized_contents = rows
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """The product over HTTP, with the collected and hashed static files that people get."""
    with patch("django.contrib.staticfiles.handlers.StaticFilesHandler", CollectedFilesHandler):
        server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about: console errors, policy reports, pieces of a page that did not load."""
    return []


@pytest.fixture
def open_browser(
    browser: Browser, live_server: LiveServer, complaints: list[str], sign_in: Callable[[User], Client]
) -> Iterator[Callable[..., Page]]:
    """Return a page in a browser of its own; signed in when a person is named."""
    contexts: list[BrowserContext] = []

    def open_page(user: User | None = None, *, theme: str = "light", **options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, locale="id-ID", **options)
        contexts.append(context)
        context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
        if user:
            session = sign_in(user).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("response", look)
        return page

    def hear(message: ConsoleMessage) -> None:
        # That something did not load is told better by the response itself.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    def look(response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            complaints.append(f"{response.status} {response.url}")

    yield open_page
    for context in contexts:
        context.close()
    assert not [each for each in complaints if "Content Security Policy" in each]
