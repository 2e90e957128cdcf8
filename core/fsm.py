"""Refusals of the life cycle: who may not (403) and what cannot be done from here (409)."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django_fsm import can_proceed


class Conflict(Exception):
    """The case is not in a state where this can be done; answered with 409 and this reason."""


class Stale(Conflict):
    """The case changed after the form was drawn; what was typed must be shown again."""


class AlreadyDone(Exception):
    """The same form arrived twice; the first one did the work, so the second is a success too."""


def require(transition: Callable[..., Any], by: Any, *, reason: str) -> None:
    """Raise PermissionDenied (403) for the wrong person, Conflict (409) with this reason for the wrong state.

    Calling a transition does not ask who you are; every service asks here first. Who comes before what state:
    the library's own has_transition_perm is false for both, and could not tell them apart.
    """
    instance = transition.__self__  # type: ignore[attr-defined]
    meta = transition._django_fsm  # type: ignore[attr-defined]
    permission = next(iter(meta.transitions.values())).permission
    if not permission(instance, by):
        raise PermissionDenied
    if not can_proceed(transition):
        raise Conflict(reason)
