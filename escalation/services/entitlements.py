"""Priority on the next service: earned by a broken promise, used once, oldest first (R39, A16)."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import Reporter
from escalation.models import Clock, Entitlement


def grant(broken: Sequence[Clock], *, now: datetime) -> None:
    """Owe each reporter one priority for each claim; further breaches under the same claim earn nothing more (A02)."""
    first = {clock.claim: clock for clock in reversed(broken) if clock.earns_entitlement}
    claims = sorted(first)  # one order, or two sweeps could wait in a circle
    earned = [
        Entitlement(reporter_id=reporter, clock=first[claim], case=claim, granted_at=now)
        for claim in claims
        if (reporter := first[claim].reporter_id)
    ]
    Entitlement.objects.bulk_create(earned, ignore_conflicts=True)
    # Locked, so that none is withdrawn for an older breach of its claim at this very moment.
    rows = Entitlement.objects.filter(case__in=claims)
    for claim, withdrawn_at in rows.order_by("case").select_for_update().values_list("case", "withdrawn_at"):
        if withdrawn_at:
            rows.filter(case=claim).update(clock=first[claim], granted_at=now, withdrawn_at=None)


def redeem(reporter: Reporter, *, case: str, url: str, now: datetime) -> Entitlement | None:
    """Use the oldest priority this reporter is owed for a case that begins now; return it, or None without one."""
    owed = Entitlement.objects.owed_to(reporter).select_for_update(of=("self",)).first()
    if owed:
        owed.redeemed_at, owed.redeemed_case, owed.redeemed_url = now, case, url
        owed.save(update_fields=["redeemed_at", "redeemed_case", "redeemed_url"])
    return owed


def release(case: str, *, now: datetime) -> None:
    """Give back the priority that was used for a case nobody was served in; it stands where it stood before (A16).

    Unless all the breaches that earned it were excused while it was in use.
    """
    used = Entitlement.objects.select_for_update(of=("self",)).filter(redeemed_case=case).first()
    if used:
        used.redeemed_at, used.redeemed_case, used.redeemed_url = None, "", ""
        used.save(update_fields=["redeemed_at", "redeemed_case", "redeemed_url"])
        withdraw(used.case, now=now)


def withdraw(claim: str, *, now: datetime) -> None:
    """Take back what was earned under a claim once all its breaches are excused, unless it was used."""
    # Locked before the breaches are looked at: another one, recorded meanwhile, waits and brings it back.
    owed = Entitlement.objects.select_for_update().filter(case=claim, redeemed_at=None, withdrawn_at=None).first()
    if owed and not Clock.objects.breached().filter(claim=claim, excused_at=None, earns_entitlement=True).exists():
        owed.withdrawn_at = now
        owed.save(update_fields=["withdrawn_at"])
