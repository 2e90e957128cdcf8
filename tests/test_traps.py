"""Traps of our libraries, each shown once, and the guards that keep us out of them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import QueryDict
from django_fsm import TransitionNotAllowed

from accounts.models import User
from complaints.models import Complaint
from consultations.models import Visit
from core.fsm import Conflict, Stale
from tests.test_project import MODULES, ROOT
from tests.tickets.acts import reply, take
from tickets.models import Ticket

Status = Ticket.Status
MACHINES: dict[str, type[Model]] = {"tickets": Ticket, "consultations": Visit, "complaints": Complaint}
STATES = {"tier", "status", "state"}
WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "select_for_update",
}


def calls_in(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a method or function in a module, by its name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"


def transitions_of(model: type[Model]) -> set[str]:
    return {name for name, member in vars(model).items() if hasattr(member, "_django_fsm")}


def knows(app: str, path: Path) -> bool:
    return path.relative_to(ROOT).parts[0] == app or f"from {app}" in path.read_text()


def own_transitions(path: Path) -> set[str]:
    """What the services of an app may call: the transitions of its own machine."""
    app, folder = path.relative_to(ROOT).parts[:2]
    return transitions_of(MACHINES[app]) if folder == "services" and app in MACHINES else set()


def imported_in(path: Path) -> set[str]:
    """The names a module imports: classes and modules, never a row."""
    imports = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    return {alias.asname or alias.name for node in imports for alias in node.names}


# The state machine


def test_a_state_cannot_be_assigned(ticket: Ticket) -> None:
    with pytest.raises(AttributeError, match="not allowed"):
        ticket.status = Status.CLOSED
    with pytest.raises(AttributeError, match="not allowed"):
        ticket.tier = 4


def test_update_slips_past_the_machine(ticket: Ticket) -> None:
    """Why nobody may write .update(status=…): PostgreSQL knows states, but not which may follow which."""
    Ticket.objects.filter(pk=ticket.pk).update(status=Status.AWAITING_CONFIRMATION)

    assert Ticket.objects.get(pk=ticket.pk).awaits_confirmation


def test_a_transition_does_not_ask_who_you_are(ticket: Ticket, other_helpdesk: User) -> None:
    """Why only services call transitions: they ask first, by require()."""
    ticket.take(officer=other_helpdesk)

    assert ticket.is_in_progress
    with pytest.raises(PermissionDenied):
        take(Ticket.objects.get(pk=ticket.pk), other_helpdesk)


def test_a_wrong_transition_raises_the_librarys_own_error_which_no_page_answers(ticket: Ticket) -> None:
    with pytest.raises(TransitionNotAllowed) as refusal:
        ticket.resolve()

    assert not isinstance(refusal.value, Conflict)


def test_the_object_that_lost_a_race_stays_stale(ticket: Ticket, helpdesk: User, vendor: User) -> None:
    """Why a conflict reads the ticket afresh: the page's own object never learns of it."""
    reply(ticket, vendor)

    for _ in range(2):
        with pytest.raises(Stale):
            reply(ticket, helpdesk)


def test_the_transitions_are_found() -> None:
    assert {"take", "enter_queue", "resolve", "confirm", "reject", "pass_to_eproc"} <= transitions_of(Ticket)
    assert {"direct", "start", "finish"} <= transitions_of(Visit)
    assert {"register", "respond", "close"} <= transitions_of(Complaint)


@pytest.mark.parametrize("app", MACHINES)
def test_only_services_call_transitions(app: str) -> None:
    """A bare name is a view's or a service's, `turns.close(…)` too; `ticket.take(…)` is a transition."""
    outside = [path for path in MODULES if knows(app, path) and ROOT / app / "services" not in path.parents]
    transitions = transitions_of(MACHINES[app])

    found = [
        f"{place(path, node)} {name}"
        for path in outside
        for name, node in calls_in(path)
        if name in transitions
        and isinstance(node.func, ast.Attribute)
        and getattr(node.func.value, "id", "") not in imported_in(path)
        and name not in own_transitions(path)
    ]

    assert not found, f"Call a service from {app}/services instead of the transition: {found}"


def test_nobody_writes_a_state_past_the_machine() -> None:
    found = [
        place(path, node)
        for path in MODULES
        for name, node in calls_in(path)
        if name in {"update", "bulk_update", "setattr"}
        and (STATES & {word.arg for word in node.keywords} or STATES & set(words_in(node.args)))
    ]

    assert not found, f"The state is written past the life cycle: call a service instead: {found}"


def words_in(arguments: list[ast.expr]) -> Iterator[str]:
    for argument in arguments:
        for node in ast.walk(argument):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_nobody_swallows_a_refused_transition() -> None:
    found = [str(path.relative_to(ROOT)) for path in MODULES if "TransitionNotAllowed" in path.read_text()]

    assert not found, f"A refusal is answered with 403 or 409, never passed over: {found}"


@pytest.mark.parametrize("model", MACHINES.values())
def test_a_state_moves_by_transitions_with_a_named_source_target_and_permission(model: type[Model]) -> None:
    for name in transitions_of(model):
        machine = vars(model)[name]._django_fsm
        for source, move in machine.transitions.items():
            assert (source in {"*", "+"}, move.target is None, move.permission is None) == (False, False, False), name


# Views and forms


def test_views_write_nothing() -> None:
    views = [path for path in MODULES if path.name == "views.py" or path.parent.name == "views"]

    found = [f"{place(path, node)} {name}" for path in views for name, node in calls_in(path) if name in WRITES]

    assert views
    assert not found, f"A view calls a service that writes: {found}"


def test_an_empty_post_is_mistaken_for_a_get() -> None:
    """Why nobody writes Form(request.POST or None): an empty form would be drawn again without a word."""

    class Needed(forms.Form):
        text = forms.CharField()

    empty = QueryDict("")

    assert not Needed(empty or None).errors
    assert Needed(empty).errors


def test_nobody_passes_post_or_none() -> None:
    found = [str(path.relative_to(ROOT)) for path in MODULES if "request.POST or" in path.read_text()]

    assert not found, f'Write `request.POST if request.method == "POST" else None`: {found}'


def test_a_service_knows_no_request() -> None:
    services = [path for path in MODULES if path.name == "services.py" or path.parent.name == "services"]

    found = [str(path.relative_to(ROOT)) for path in services if "django.http" in path.read_text()]

    assert not found, f"A service serves pages, tasks and the admin alike; hand it what it needs: {found}"


def test_every_guard_sees_what_it_forbids(tmp_path: Path) -> None:
    bad = tmp_path / "views.py"
    bad.write_text("ticket.take(officer=by)\nTicket.objects.filter(pk=1).update(status='new')\n")

    called = {name for name, _node in calls_in(bad)}

    assert (called & transitions_of(Ticket), called & WRITES) == ({"take"}, {"update"})
