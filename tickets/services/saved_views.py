"""Keeping a way of looking at a queue, for oneself or for the whole unit."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.fsm import Conflict
from escalation.tiers import Desk
from tickets.models import SavedView
from tickets.services.moving import require_handover

MOST = 20  # for each person and desk, and for each unit


@transaction.atomic
def save_view(desk: Desk, *, by: User, name: str, query: str, of_unit: bool) -> SavedView:
    """Keep what is seen now; an earlier view of the same name and owner shows it from now on.

    Raises PermissionDenied for people of other units, Conflict when there are enough.
    """
    require_handover(desk, by)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # one after the other, so that the limit holds
    owner = None if of_unit else by
    others = SavedView.objects.at(desk).filter(owner=owner).exclude(name=name)
    if others.count() >= MOST:
        raise Conflict(_("Sudah ada %(n)s tampilan tersimpan. Hapus salah satu lebih dahulu.") % {"n": MOST})
    view, _is_new = SavedView.objects.update_or_create(
        tier=desk.tier, lpse=desk.lpse, owner=owner, name=name, defaults={"query": query}
    )
    return view


def delete_view(desk: Desk, pk: int, *, by: User) -> None:
    """Remove one's own view, or one of the unit; raises PermissionDenied for people of other units.

    What is gone already, or belongs to somebody else, is passed over.
    """
    require_handover(desk, by)
    SavedView.objects.at(desk).visible_to(by).filter(pk=pk).delete()
