"""Keyset pages: each row exactly once, whatever is equal, inserted or forged."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing

from accounts.models import User
from core.pagination import CAP, Page, capped_count, keyset_page
from notifications.models import Notification
from tests.conftest import NOW

ORDERS = [("at", "id"), ("-at", "-id"), ("kind", "at", "id"), ("kind", "-at", "id")]


@pytest.fixture
def reader(helpdesk: User) -> User:
    """Whose inbox it is."""
    return helpdesk


def add(reader: User, count: int, *, days: int = 0) -> None:
    """Store messages of which many share a moment, a kind or both."""
    first = NOW + timedelta(days=days)
    Notification.objects.bulk_create(
        Notification(recipient=reader, kind=f"kind{turn % 2}", url="/", at=first + timedelta(microseconds=turn // 5))
        for turn in range(count)
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
    ],
    ids=["word", "three parts", "not ASCII", "NUL", "digits", "another page"],
)
def test_a_cursor_that_is_not_ours_gives_the_first_page(reader: User, forged: str) -> None:
    add(reader, 10)
    first = page(("-at", "-id"))

    for shown in (page(("-at", "-id"), after=forged), page(("-at", "-id"), before=forged)):
        assert (shown.rows, shown.previous, bool(shown.next)) == (first.rows, "", True)


def test_a_page_whose_rows_went_away_meanwhile_is_the_first_page(reader: User) -> None:
    add(reader, 6)
    order = ("-at", "-id")
    first = page(order)
    second = page(order, after=first.next)

    for row in second.rows:
        row.delete()
    assert page(order, after=first.next).rows == first.rows

    add(reader, 2, days=-1)
    for row in first.rows:
        row.delete()
    assert len(page(order, before=second.previous).rows) == 2


@pytest.mark.parametrize(
    ("order", "start"),
    [
        (("at", "id"), r'\("\w+"."at", "\w+"."id"\) > \('),
        (("-at", "-id"), r'\("\w+"."at", "\w+"."id"\) < \('),
        (("kind", "at", "id"), r'\("\w+"."kind", "\w+"."at", "\w+"."id"\) > \('),
        (("kind", "-at", "id"), r'"kind" >= '),
    ],
    ids=str,
)
def test_the_next_page_is_looked_up_in_the_index_not_counted_off(
    reader: User, django_assert_num_queries: Callable[..., Any], order: tuple[str, ...], start: str
) -> None:
    add(reader, 10)
    cursor = page(order).next

    with django_assert_num_queries(1) as queries:
        page(order, after=cursor)

    assert re.search(start, queries[0]["sql"])


@pytest.mark.parametrize("other", [("kind", "-at", "id"), ("kind", "-id"), ("at", "id")])
def test_a_cursor_of_another_order_gives_the_first_page(reader: User, other: tuple[str, ...]) -> None:
    add(reader, 10)
    cursor = page(other).next

    assert page(("-at", "-id"), after=cursor) == page(("-at", "-id"))


@pytest.mark.parametrize(("stored", "counted"), [(CAP, CAP), (CAP + 1, CAP + 1), (CAP + 2, CAP + 1)])
def test_a_counter_stops_one_beyond_what_is_shown(reader: User, stored: int, counted: int) -> None:
    add(reader, stored)

    assert capped_count(Notification.objects.all()) == counted
