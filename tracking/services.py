"""Giving out and checking the codes by which a case is followed without an account (R26, A22)."""

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from accounts.models import User
from audit.models import AuditEntry
from audit.services import record
from tracking.models import AccessCode, OneTimeCode

LETTERS, LENGTH = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 8  # without I, O, 0 and 1, which look alike
DIGITS = 6
ONE_TIME_LIFE = timedelta(minutes=10)
ONE_TIME_TRIES = 5


@transaction.atomic
def make_access_code(case: str, *, by: User | None, now: datetime, address: str = "") -> str:
    """Return a new code for this case, e.g. "K7M4-P2XR"; nobody can look it up again, and the one before is void."""
    code = "".join(secrets.choice(LETTERS) for _letter in range(LENGTH))
    kept, is_new = AccessCode.objects.select_for_update().get_or_create(
        case=case, defaults={"digest": make_password(code), "made_at": now}
    )
    if not is_new:
        kept.digest, kept.made_at, kept.revoked_at = make_password(code), now, None
        kept.generation += 1
        kept.save(update_fields=["digest", "made_at", "revoked_at", "generation"])
    record(AuditEntry.Kind.ACCESS_CODE_MADE, by=by, subject=case, address=address, now=now)
    return f"{code[:4]}-{code[4:]}"


@transaction.atomic
def revoke_access_code(case: str, *, by: User, now: datetime, address: str = "") -> None:
    """Make the code of this case worthless; what it has opened closes."""
    if AccessCode.objects.filter(case=case, revoked_at=None).update(revoked_at=now):
        record(AuditEntry.Kind.ACCESS_CODE_REVOKED, by=by, subject=case, address=address, now=now)


def valid_code(case: str) -> AccessCode | None:
    """Return the code of this case as long as it is good."""
    return AccessCode.objects.filter(case=case, revoked_at=None).first()


def generation_of(case: str) -> int:
    """Return how many access codes this case has had."""
    return AccessCode.objects.filter(case=case).values_list("generation", flat=True).first() or 0


def check_access_code(case: str, code: str, *, now: datetime, address: str) -> AccessCode | None:
    """Return the access code of this case if it was given right, in any notation; write down either.

    Costs one hash whether or not the case exists, so that time tells nothing.
    """
    given = "".join(letter for letter in code.upper() if letter in LETTERS)
    kept = valid_code(case) if case else None
    if kept is None:
        make_password(given)
    is_right = kept is not None and check_password(given, kept.digest)
    kind = AuditEntry.Kind.TRACKED if is_right else AuditEntry.Kind.TRACKING_FAILED
    record(kind, by=None, subject=case, address=address, now=now)
    return kept if is_right else None


@transaction.atomic
def make_one_time_code(case: str, *, now: datetime) -> str:
    """Return a new code of six digits for this case, to be mailed; the one before is void."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    fresh = {"digest": make_password(code), "made_at": now, "expires_at": now + ONE_TIME_LIFE, "tries": 0}
    OneTimeCode.objects.update_or_create(case=case, defaults=fresh | {"used_at": None})
    return code


@transaction.atomic
def use_one_time_code(case: str, code: str, *, now: datetime, address: str = "") -> bool:
    """Tell whether this is the code that was mailed, and make it worthless if it is; every try is counted.

    What fails is written down here; the sign-in that follows on a right code writes itself down.
    """
    kept = OneTimeCode.objects.select_for_update().filter(case=case).first()
    is_right = False
    if kept and not kept.used_at and now < kept.expires_at and kept.tries < ONE_TIME_TRIES:
        kept.tries += 1
        is_right = check_password("".join(filter(str.isdecimal, code)), kept.digest)
        kept.used_at = now if is_right else None
        kept.save(update_fields=["tries", "used_at"])
    if not is_right:
        record(AuditEntry.Kind.TRACKING_FAILED, by=None, subject=case, address=address, now=now)
    return is_right
