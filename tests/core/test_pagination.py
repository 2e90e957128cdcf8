"""Keyset pages: each row exactly once, whatever is equal, inserted or forged."""

from datetime import timedelta

import pytest
from django.core import signing

from accounts.models import User
from core.pagination import CAP, Page, capped_count, keyset_page
from notifications.models import Notification
from tests.conftest import NOW

ORDERS = [("at", "id"), ("-at", "-id"), ("kind", "-at", "id")]


@pytest.fixture
def reader(helpdesk: User) -> User:
    """Whose inbox it is."""
    return helpdesk


def add(reader: User, count: int, *, days: int = 0) -> None:
    """Store messages of which many share a moment, a kind or both."""
    Notification.objects.bulk_create(
        Notification(recipient=reader, kind=f"kind{at % 2}", url="/", at=NOW + timedelta(days=days, microseconds=at // 5))
        for at in range(count)
    )


def page(order: tuple[str, ...], *, after: str = "", before: str = "") -> Page:
    return keyset_page(Notification.objects.all(), order, after, before, size=4)


def walk(order: tuple[str, ...]) -> list[Page]:
    """Every page, from the first to the last."""
    pages = [page(order)]
    while pages[-1].next:
        pages.append(page(order, after=pages[-1].next))
    return pages


@pytest.mark.parametrize("count", [0, 1, 4, 5, 8, 23])
@pytest.mark.parametrize("order", ORDERS)
def test_walking_forward_visits_every_row_once_in_order(reader: User, order: tuple[str, ...], count: int) -> None:
    add(reader, count)

    rows = [row for each in walk(order) for row in each.rows]

    assert rows == list(Notification.objects.order_by(*order))


@pytest.mark.parametrize("count", [5, 8, 23])
@pytest.mark.parametrize("order", ORDERS)
def test_walking_back_shows_the_same_pages(reader: User, order: tuple[str, ...], count: int) -> None:
    add(reader, count)
    forth = walk(order)

    back = [forth[-1]]
    while back[-1].previous:
        back.append(page(order, before=back[-1].previous))

    assert [each.rows for each in back[::-1]] == [each.rows for each in forth]


@pytest.mark.parametrize("count", [0, 1, 4])
def test_one_page_has_no_neighbours(reader: User, count: int) -> None:
    add(reader, count)

    only = page(("-at", "-id"))

    assert (len(only.rows), only.previous, only.next) == (count, "", "")


def test_rows_that_arrive_between_two_pages_move_nothing(reader: User) -> None:
    add(reader, 10)
    order = ("-at", "-id")
    before = list(Notification.objects.order_by(*order))
    first = page(order)

    add(reader, 10, days=1)
    second = page(order, after=first.next)

    assert first.rows + second.rows == before[:8]
    assert page(order, before=second.previous).rows == first.rows


@pytest.mark.parametrize(
    "forged",
    [
        "x",
        "a:b:c",
        "ü:ü:ü",
        "\0",
        "1" * 5000,
        signing.dumps([1, 2], salt="another page"),
        signing.dumps([1], salt="keyset"),
        signing.dumps("ab", salt="keyset"),
    ],
)
def test_a_cursor_that_is_not_ours_gives_the_first_page(reader: User, forged: str) -> None:
    add(reader, 10)
    first = page(("-at", "-id"))

    assert page(("-at", "-id"), after=forged) == first
    assert page(("-at", "-id"), before=forged) == first


def test_a_cursor_of_another_order_gives_the_first_page(reader: User) -> None:
    add(reader, 10)
    cursor = page(("kind", "-at", "id")).next

    assert page(("-at", "-id"), after=cursor) == page(("-at", "-id"))


@pytest.mark.parametrize(("stored", "counted"), [(CAP - 1, CAP - 1), (CAP, CAP), (CAP + 1, CAP + 1), (CAP + 2, CAP + 1)])
def test_a_counter_stops_one_beyond_what_is_shown(reader: User, stored: int, counted: int) -> None:
    add(reader, stored)

    assert capped_count(Notification.objects.all()) == counted
