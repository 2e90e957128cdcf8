"""A thousand letters through a real mail server, while workers are killed and the server is away for a minute."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from notifications.models import Notification
from notifications.services import compose, notify_all
from tests.faults.crew import Crew
from tests.faults.mail_servers import Sink
from tests.processes import Browser, Web, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
MANY = 1000
RELAY = "notifications.tasks.relay"


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A mail server that takes every letter."""
    with Sink() as sink:
        yield sink


def tell_many(people: list[User]) -> None:
    """Tell somebody something about each of a thousand cases, three letters to a case."""
    now = timezone.now()
    about = ((people[n % len(people)], f"TKT-{n // 3}") for n in range(MANY))
    facts = {"title": "Uji", "sender": "Intan", "now": now}
    notify_all(
        [
            row
            for person, number in about
            for row in compose([person], "ticket_replied", url=f"/tiket/{number}/", number=number, **facts)
        ]
    )


def sent() -> int:
    return Notification.objects.filter(sent_at__isnull=False).count()


def ring_until(crew: Crew, count: int, seconds: float = 180) -> None:
    """Ask for the relay as beat does, until so many letters have left."""

    def reached() -> bool:
        crew.queue.send_task(RELAY, expires=1)
        return sent() >= count

    wait_until(reached, f"{count} letters have left", seconds)


def test_workers_killed_among_a_thousand_letters_double_one_each_at_most(
    crew: Crew, sink: Sink, chain: dict[int, User]
) -> None:
    """F1 and T3, with the worker that runs in the containers: two processes, each with a letter in its hand."""
    tell_many(list(chain.values()))
    crew.worker("post", EMAIL_URL=sink.url)
    kills = 0

    for count in range(MANY // 6, MANY, MANY // 6):
        ring_until(crew, count)
        crew.kill("post")
        kills += 1
        wait_until(lambda: crew.answers("post"), "the worker is back", 90)
    ring_until(crew, MANY)

    letters = {name for _address, name in sink.copies}
    doubled = sum(sink.copies.values()) - MANY
    print("DOUBLED", doubled)
    assert kills == 6
    assert len(letters) == len(sink.copies) == MANY
    assert doubled <= 2 * kills
    assert max(sink.copies.values()) <= 2
    assert Notification.objects.filter(attempts__gt=0).count() == 0


def test_a_server_that_is_away_for_a_minute_delays_letters_and_no_page(
    crew: Crew,
    chain: dict[int, User],
    helpdesk: User,
    vendor: User,
    make_ticket: Callable[..., Any],
    serve: Callable[..., Web],
) -> None:
    """F13: what is told meanwhile leaves afterwards; people who read and write notice nothing."""
    people, sink, web, browser = list(chain.values()), Sink(), serve(), Browser(vendor)
    crew.worker("post", EMAIL_URL=sink.url)
    tell_many(people)
    slowest, over = 0.0, time.monotonic() + 60

    while time.monotonic() < over:
        crew.queue.send_task(RELAY, expires=1)
        begun = time.monotonic()
        assert browser.get(web, "/pemberitahuan/").status == 200
        assert browser.post(web, "/pemberitahuan/tandai-dibaca/", {}).status == 302
        make_ticket(now=timezone.now())
        slowest = max(slowest, time.monotonic() - begun)
        time.sleep(0.5)
    assert sent() == 0
    assert not Notification.objects.dead().exists()
    with sink:
        ring_until(crew, Notification.objects.count())

    print("SLOWEST", slowest)
    assert slowest < 2
    assert len(sink.copies) == Notification.objects.count() > MANY
    assert set(sink.copies.values()) == {1}
