"""Priority on the next service: earned by a broken promise, used once, oldest first (R39, A16)."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import Reporter
from escalation.models import Clock, Entitlement


def grant(broken: Sequence[Clock], *, now: datetime) -> None:
    """Owe each reporter one priority for each case; further breaches of the same case earn nothing more (A02)."""
    first = {clock.case: clock for clock in reversed(broken) if clock.earns_entitlement}
    cases = sorted(first)  # one order, or two sweeps could wait in a circle
    earned = [
        Entitlement(reporter_id=reporter, clock=first[case], case=case, granted_at=now)
        for case in cases
        if (reporter := first[case].reporter_id)
    ]
    Entitlement.objects.bulk_create(earned, ignore_conflicts=True)
    # Locked, so that none is withdrawn for an older breach of its case at this very moment.
    rows = Entitlement.objects.filter(case__in=cases)
    for case, withdrawn_at in rows.order_by("case").select_for_update().values_list("case", "withdrawn_at"):
        if withdrawn_at:
            rows.filter(case=case).update(clock=first[case], granted_at=now, withdrawn_at=None)


def redeem(reporter: Reporter, *, case: str, url: str, now: datetime) -> Entitlement | None:
    """Use the oldest priority this reporter is owed for a case that begins now; return it, or None without one."""
    owed = Entitlement.objects.owed_to(reporter).select_for_update(of=("self",)).first()
    if owed:
        owed.redeemed_at, owed.redeemed_case, owed.redeemed_url = now, case, url
        owed.save(update_fields=["redeemed_at", "redeemed_case", "redeemed_url"])
    return owed


def withdraw(case: str, *, now: datetime) -> None:
    """Take back what a case has earned once all its breaches are excused, unless it was used."""
    # Locked before the breaches are looked at: another one, recorded meanwhile, waits and brings it back.
    owed = Entitlement.objects.select_for_update().filter(case=case, redeemed_at=None, withdrawn_at=None).first()
    if owed and not Clock.objects.breached().filter(case=case, excused_at=None, earns_entitlement=True).exists():
        owed.withdrawn_at = now
        owed.save(update_fields=["withdrawn_at"])
