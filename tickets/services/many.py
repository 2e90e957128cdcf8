"""Acts on several tickets at once: each in a transaction of its own, so that one refusal does not undo the others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.fsm import Conflict
from core.middleware import LOCK_NOT_AVAILABLE
from escalation.tiers import Desk
from tickets.models import Ticket


@dataclass
class Outcome:
    """How many tickets it was done to, and why not to the others, each in a sentence with its number."""

    done: int = 0
    refused: list[str] = field(default_factory=list)


def act_on_many(numbers: Iterable[str], act: Callable[[int], Ticket], *, by: User) -> Outcome:
    """Do the same to each ticket this person may see; never stops at a refusal."""
    outcome = Outcome()
    keys = dict(Ticket.objects.visible_to(by).filter(number__in=numbers).values_list("number", "pk"))
    for number in numbers:
        refusal = _try(act, keys[number]) if number in keys else _("tidak ditemukan.")
        if refusal:
            outcome.refused.append(f"{number}: {refusal}")
        else:
            outcome.done += 1
    return outcome


def _try(act: Callable[[int], Ticket], pk: int) -> str:
    """Act on one ticket; return why it was refused, or nothing."""
    try:
        act(pk)
    except PermissionDenied:
        return _("tidak dapat Anda tangani.")
    except Conflict as refusal:
        return str(refusal)
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) != LOCK_NOT_AVAILABLE:
            raise
        return _("sedang diubah orang lain.")
    return ""


@dataclass(frozen=True)
class Load:
    """How many open tickets an officer is responsible for at one desk."""

    officer: User
    count: int

    @property
    def words(self) -> str:
        return ngettext("%(name)s (%(n)d tiket)", "%(name)s (%(n)d tiket)", self.count) % {
            "name": self.officer,
            "n": self.count,
        }


def loads_at(desk: Desk) -> list[Load]:
    """Return everybody who has open tickets at a desk, those who have left the unit included."""
    held = Ticket.objects.at(desk).open().exclude(assignee=None)
    counts = dict(held.order_by().values_list("assignee").annotate(Count("pk")))
    return [Load(officer, counts[officer.pk]) for officer in User.objects.filter(pk__in=counts).order_by("name")]
