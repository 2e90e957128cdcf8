"""What the archive schedule ends is anonymised, and still counted (UU 27/2022, art. 42 and 44)."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.management import call_command

from accounts.models import User
from audit.models import AuditEntry
from callcenter.models import Call
from consultations.models import Visit
from privacy.services import retention
from privacy.services.redaction import ERASED
from tests.callcenter import conftest as phone
from tests.conftest import NOW
from tests.consultations import conftest as counter
from tests.privacy.life import DAY, statistics, stored
from tests.rows import everything
from tests.tickets.pages import image, upload
from tickets.models import Attachment, Ticket
from tickets.services import uploads

make_visit, rooms, officers, purpose = counter.make_visit, counter.rooms, counter.officers, counter.purpose
newcomer, facts, make_call, end_call = counter.newcomer, counter.facts, phone.make_call, phone.end_call
LATER = datetime(2032, 1, 1, tzinfo=UTC)
YOUNG = LATER - 365 * DAY
NAMES = ("RETENTION_TICKETS_YEARS", "RETENTION_FILES_YEARS", "RETENTION_CALLS_YEARS")


@pytest.fixture
def years(settings: Any) -> Callable[..., None]:
    """Set the archive schedule: years of tickets, files, and calls and visits."""

    def write(*numbers: int) -> None:
        for name, number in zip(NAMES, numbers, strict=True):
            setattr(settings, name, number)

    return write


@pytest.fixture
def archive(
    vendor: User,
    ticket_in: Callable[..., Ticket],
    make_visit: Callable[..., Visit],
    end_call: Callable[..., Call],
) -> dict[str, Any]:
    """Of each kind one old and one young row, two old calls from one number, and an old ticket that is open."""
    key = uuid4()
    file = uploads.attach(upload("layar.png", image()), key=key, by=vendor, now=NOW)
    old = ticket_in(1, Ticket.Status.CLOSED, key=key)
    young, still_open = ticket_in(1, Ticket.Status.CLOSED, now=YOUNG), ticket_in(1, Ticket.Status.IN_PROGRESS)
    visit = make_visit(Visit.State.LEFT, problem="Lupa kata sandi.")
    caller = {"from_phone": "+6281377310042", "caller_name": "Hasan Khayal"}
    calls = [end_call(now=NOW + n * DAY, **caller) for n in range(2)] + [
        end_call(now=YOUNG, caller_name="Hasan Khayal")
    ]
    return {"file": file, "old": old, "young": young, "open": still_open, "visit": visit, "calls": calls}


def run(*options: str) -> list[str]:
    said = StringIO()
    with time_machine.travel(LATER, tick=False):
        call_command("retain", *options, stdout=said)
    return said.getvalue().splitlines()


def test_by_default_everything_is_kept_for_ever(archive: dict[str, Any]) -> None:
    before = everything()

    said = run("--apply")

    assert said == [f"{name}: kept for ever." for name in ("files", "tickets", "visits", "calls")]
    assert everything() == before


def test_a_dry_run_says_what_would_go_and_changes_nothing(archive: dict[str, Any], years: Callable[..., None]) -> None:
    years(5, 2, 3)
    before = everything()

    said = run()

    assert said[:4] == [
        "files: 1 older than 2 years would be anonymised.",
        "tickets: 1 older than 5 years would be anonymised.",
        "visits: 1 older than 3 years would be anonymised.",
        "calls: 2 older than 3 years would be anonymised.",
    ]
    assert everything() == before


def test_what_is_over_is_emptied_counted_and_written_down(
    archive: dict[str, Any], years: Callable[..., None], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    years(5, 2, 3)
    before = statistics()

    with django_capture_on_commit_callbacks(execute=True):
        said = run("--apply")

    assert said[1] == "tickets: 1 older than 5 years anonymised."
    old, young = Ticket.objects.get(pk=archive["old"].pk), Ticket.objects.get(pk=archive["young"].pk)
    assert (old.title, old.redacted_at) == (ERASED, LATER)
    assert not old.events.exclude(body="").exists()
    assert (young.title, young.redacted_at) == (archive["young"].title, None)
    assert Ticket.objects.get(pk=archive["open"].pk).redacted_at is None
    assert Visit.objects.get().problem == ""
    calls = list(Call.objects.order_by("pk").values_list("caller_name", flat=True))
    assert calls == ["", "", "Hasan Khayal"]
    assert stored([archive["file"].file.name]) == []
    assert statistics() == before
    entries = AuditEntry.objects.filter(kind=AuditEntry.Kind.DATA_ERASED).order_by("pk")
    assert [(entry.data["what"], entry.data["rows"]) for entry in entries] == [
        ("files", 1),
        ("tickets", 1),
        ("visits", 1),
        ("calls", 2),
    ]


def test_calling_again_is_still_counted_across_batches(
    end_call: Callable[..., Call], years: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    years(0, 0, 3)
    monkeypatch.setattr(retention, "BATCH", 1)
    for n in range(3):
        end_call(now=NOW + n * DAY, from_phone="+6281377310042")
    before = statistics()

    run("--apply")

    assert statistics() == before
    assert statistics()["calls"].repeats == 3
    assert not Call.objects.filter(from_phone__contains="7731").exists()


def test_files_may_be_over_before_their_ticket(archive: dict[str, Any], years: Callable[..., None]) -> None:
    years(0, 2, 0)

    run("--apply")

    file = Attachment.objects.get(pk=archive["file"].pk)
    assert (file.file.name, file.name, file.is_erased) == ("", ERASED, True)
    assert Ticket.objects.get(pk=archive["old"].pk).redacted_at is None


def test_a_run_that_was_killed_goes_on(
    ticket_in: Callable[..., Ticket], years: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    years(5, 0, 0)
    monkeypatch.setattr(retention, "BATCH", 2)
    for _n in range(5):
        ticket_in(1, Ticket.Status.CLOSED)
    seen: list[int] = []

    def dies(pks: list[int], *, now: datetime) -> int:
        seen.extend(pks)
        if len(seen) > 2:
            raise KeyboardInterrupt
        return redact(pks, now=now)

    redact = retention.redact_tickets
    monkeypatch.setattr(retention, "redact_tickets", dies)
    with pytest.raises(KeyboardInterrupt):
        run("--apply")
    half = Ticket.objects.filter(redacted_at=None).count()
    monkeypatch.setattr(retention, "redact_tickets", redact)
    said = run("--apply")

    assert (half, said[1]) == (3, "tickets: 3 older than 5 years anonymised.")
    assert run("--apply")[1] == "tickets: 0 older than 5 years anonymised."


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (datetime(2032, 2, 29, 1, tzinfo=UTC), datetime(2027, 2, 28, 1, tzinfo=UTC)),
        (datetime(2031, 11, 23, 1, tzinfo=UTC), datetime(2026, 11, 23, 1, tzinfo=UTC)),
    ],
)
def test_years_are_those_of_the_calendar(now: datetime, before: datetime) -> None:
    assert retention.years_before(now, 5) == before
