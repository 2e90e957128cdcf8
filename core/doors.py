"""Where the number of a case leads: each app names the model behind its kind of number when it starts."""

from typing import Any

from django.db.models import Model

from core.numbers import kind_of

_doors: dict[str, type[Model]] = {}


def add_door(kind: str, model: type[Model]) -> None:
    """Let numbers of this kind lead to this model, whose queryset has visible_to() and numbered()."""
    _doors[kind] = model


def case_numbered(text: str, *, user: Any) -> Any | None:
    """Return the case that a text names by its kind and number, or None: there is none that this person may see."""
    model = _doors.get(kind_of(text))
    return model._default_manager.visible_to(user).numbered(text).first() if model else None  # type: ignore[attr-defined]
