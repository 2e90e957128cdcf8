"""Keeping who a person is, and where letters reach them."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import LPSE_ROLES, Institution, Lpse, Reporter, User
from accounts.signals import letter_due
from audit.models import AuditEntry
from audit.services import record
from core.fsm import Conflict

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
REMEMBERED = timedelta(days=90)  # how long an address stays known from which somebody signed in


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
    if reporter.erased_at:  # while this form was on its way
        raise PermissionDenied
    if reporter.kind != kind:
        raise Conflict(_("Jenis pelapor sudah dipilih. Hubungi pengelola LPSE bila perlu diubah."))
    if not is_new:
        for name, value in facts.items():
            setattr(reporter, name, value)
        reporter.save(update_fields=list(facts))
    return reporter


def has_entered_from(name: str, address: str, *, now: datetime) -> bool:
    """Return whether the account of this user name or e-mail address was signed in from this network address lately."""
    entries = AuditEntry.objects.filter(kind=AuditEntry.Kind.SIGN_IN, address=address, at__gt=now - REMEMBERED)
    return entries.filter(Q(actor__username__iexact=name) | Q(actor__email__iexact=name)).exists()


def choose_mail(user: User, *, quiet: bool) -> None:
    """Keep whether an officer has what can wait in one letter a day."""
    user.mail_digest = quiet
    user.save(update_fields=["mail_digest"])


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


def is_visitor(user: User) -> bool:
    """Tell whether somebody is known from the counter or the phone only, and has no account."""
    return bool(user.own_reporter and user.own_reporter.is_visitor)


@transaction.atomic
def tell_of_change(user: User, what: str, *, address: str, old_email: str = "") -> None:
    """Write down what happened to this account, and mail it to its owner, at the address they had before if given."""
    record(
        AuditEntry.Kind.PERSON_CHANGED, by=user, subject=user.username, address=address, now=timezone.now(), what=what
    )
    facts = {"what": what}
    letter_due.send(User, user=user, kind="account_changed", address=old_email, secret="", facts=facts)  # nosec B106 # none


@transaction.atomic
def ask_new_email(email: str, *, by: User, now: datetime) -> dict[str, Any]:
    """Mail a code to a new address, and return what the session keeps until the code comes back.

    To the address of somebody else nothing is mailed, and nothing tells so: nobody learns who has an account.
    """
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    if not User.objects.filter(email__iexact=email).exclude(pk=by.pk).exists():
        letter_due.send(User, user=by, kind="email_code", address=email, secret=code, facts={})
    return {"email": email, "digest": make_password(code), "until": (now + CODE_LIFE).isoformat(), "tries": 0}


@transaction.atomic
def change_email(waiting: dict[str, Any], code: str, *, by: User, now: datetime, address: str) -> bool:
    """Tell whether this is the code that was mailed; if so the address is changed, and the old one is told of it.

    Counts the try in `waiting`; after five, or ten minutes, no code is right.
    """
    waiting["tries"] += 1
    is_late = now >= datetime.fromisoformat(waiting["until"]) or waiting["tries"] > CODE_TRIES
    if is_late or not check_password("".join(filter(str.isdecimal, code)), waiting["digest"]):
        return False
    if User.objects.filter(email__iexact=waiting["email"]).exclude(pk=by.pk).exists():
        raise Conflict(_("Alamat surel ini baru saja dipakai akun lain."))
    old, by.email = by.email, waiting["email"]
    by.save(update_fields=["email"])
    # By an address that is kept here a password could still be asked for.
    EmailAddress.objects.filter(user=by).delete()
    EmailAddress.objects.create(user=by, email=by.email, verified=True, primary=True)
    tell_of_change(by, _("Alamat surel diubah menjadi %s.") % by.email, address=address, old_email=old)
    return True
