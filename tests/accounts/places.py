"""What the settings change: how each is made for the table of permissions, and a valid form for it."""

from collections.abc import Callable
from typing import Any

from accounts.merging import merge_reporters
from accounts.models import Institution, Lpse, Reporter, User
from accounts.services import add_visitor
from tests.conftest import NOW
from tests.valid_forms import ENTRY, FORMS
from tickets.models import Application, Category, Subcategory


def _pair() -> list[int]:
    """Return one person twice, as the counter knows them."""
    return [add_visitor(kind="ppk", name="Tamu", email="", phone="+62811").pk for _turn in range(2)]


def _merged() -> int:
    first, second = (Reporter.objects.get(pk=pk) for pk in _pair())
    by = User.objects.get(username="supervisor")
    return merge_reporters(kept=first, merged=second, reason="Sama", by=by, now=NOW, address="").pk


SETTINGS: dict[str, Callable[[], Any]] = {
    "lpse": lambda: Lpse.objects.get(code="sukamaju").pk,
    "agency": lambda: Institution.objects.create(name="Kementerian Rekaan", kind="ministry").pk,
    "group": lambda: Category.objects.get(name="Akun").pk,
    "kind": lambda: Subcategory.objects.get(category__name="Akun", name="Gagal masuk").pk,
    "app": lambda: Application.objects.get(name="SPSE").pk,
    "pair": _pair,
    "visitor": lambda: _pair()[0],
    "merged": _merged,
}


def form_in_settings(address: str) -> dict[str, Any]:
    """Return the form of this address, with the names of what is there already."""
    form = FORMS.get(address, {})
    if address in ("tickets:add_subcategory", "tickets:change_subcategory"):
        form = ENTRY | {"category": Category.objects.get(name="Akun").pk, "suggested_role": "verifier"}
    if address == "accounts:merge":
        form = {"kept": Reporter.objects.latest("pk").pk, "reason": "KTP sama."}
    return form
