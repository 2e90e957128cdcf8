"""Keeping who a person is."""

import secrets
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import LPSE_ROLES, Institution, Lpse, Reporter, User
from core.fsm import Conflict


def kinds_for(user: User) -> list[Reporter.Kind]:
    """Return the kinds of reporter a person can be: staff of LKPP serve only, those of an LPSE also report (A15)."""
    at_lpse = user.holds(*LPSE_ROLES)
    if user.duty_list and not at_lpse:
        return []
    return [kind for kind in Reporter.Kind if at_lpse or kind != Reporter.Kind.LPSE_STAFF]


@transaction.atomic
def save_identity(*, by: User, kind: str, facts: dict[str, Any]) -> Reporter:
    """Keep under which identity this person reports; `facts` are fields of Reporter.

    Raises PermissionDenied for a kind they cannot be, Conflict when they chose another kind before.
    """
    if kind not in kinds_for(by):
        raise PermissionDenied
    reporter, is_new = Reporter.objects.select_for_update().get_or_create(user=by, defaults=facts | {"kind": kind})
    if reporter.kind != kind:
        raise Conflict(_("Jenis pelapor sudah dipilih. Hubungi pengelola LPSE bila perlu diubah."))
    if not is_new:
        for name, value in facts.items():
            setattr(reporter, name, value)
        reporter.save(update_fields=list(facts))
    return reporter


@transaction.atomic
def add_visitor(
    *,
    kind: str,
    name: str,
    email: str,
    phone: str,
    business_name: str = "",
    work_unit: str = "",
    institution: Institution | None = None,
    lpse: Lpse | None = None,
) -> Reporter:
    """Keep a person who came in or called and has no account; return who they are.

    The user made with it stands for them in histories, and can be signed in as by a one-time code only.
    """
    username = f"tamu-{secrets.token_hex(4)}"
    while User.objects.filter(username=username).exists():
        username = f"tamu-{secrets.token_hex(4)}"
    user = User.objects.create(username=username, name=name, password=make_password(None))
    return Reporter.objects.create(
        user=user,
        is_visitor=True,
        kind=kind,
        name=name,
        email=email,
        phone=phone,
        business_name=business_name,
        work_unit=work_unit,
        institution=institution,
        lpse=lpse,
    )
