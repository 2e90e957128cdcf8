"""Where a case can be: the fixed chain of four tiers, and which duties work at each (R11–R17, A13)."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import LPSE_ROLES, Duty, Lpse, Role, User


class Tier(models.IntegerChoices):
    """The chain every ticket walks, one step at a time (A10)."""

    LPSE = 1, gettext_lazy("LPSE")
    EPROC = 2, gettext_lazy("Helpdesk Eproc")
    TEKNIS = 3, gettext_lazy("Helpdesk Teknis")
    TIM_TEKNIS = 4, gettext_lazy("Tim Teknis")


ROLES_AT: dict[int, tuple[Role, ...]] = {
    Tier.LPSE: LPSE_ROLES,
    Tier.EPROC: (Role.HELPDESK_EPROC,),
    Tier.TEKNIS: (Role.HELPDESK_TEKNIS,),
    Tier.TIM_TEKNIS: (Role.TIM_TEKNIS,),
}
# Who reads what has reached LKPP; Petugas Konsultasi have no tier of their own, they hold what is at the counter.
LKPP_ROLES = (*ROLES_AT[Tier.EPROC], *ROLES_AT[Tier.TEKNIS], *ROLES_AT[Tier.TIM_TEKNIS], Role.CONSULTANT)
SLUGS = {Tier.EPROC: "eproc", Tier.TEKNIS: "teknis", Tier.TIM_TEKNIS: "tim-teknis"}
LKPP_ZONE = "Asia/Jakarta"
LPSE_PREFIX = "lpse-"


@dataclass(frozen=True)
class Desk:
    """One unit at one tier: the place whose queue a person works."""

    tier: Tier
    lpse: Lpse | None = None

    @property
    def slug(self) -> str:
        return f"{LPSE_PREFIX}{self.lpse.code}" if self.lpse else SLUGS[self.tier]

    @property
    def label(self) -> str:
        return self.lpse.name if self.lpse else str(self.tier.label)

    @property
    def position(self) -> str:
        return _("Tingkat %(tier)s dari 4") % {"tier": self.tier.value}

    @property
    def zone(self) -> str:
        """IANA name of the unit's own zone (A04)."""
        return self.lpse.time_zone if self.lpse else LKPP_ZONE


def duty_at(user: User, tier: int, lpse_id: int | None) -> Duty | None:
    """Return the duty by which a person works at this tier for this LPSE, or None."""
    for duty in user.duty_list:
        if duty.role in ROLES_AT[tier] and (tier != Tier.LPSE or duty.lpse_id == lpse_id):
            return duty
    return None


def desks_of(user: User) -> list[Desk]:
    """Return the desks whose queues a person works or, as Penyelia, watches; in the order of the chain, each once."""
    desks = {
        Desk(tier, duty.lpse if tier == Tier.LPSE else None)
        for duty in user.duty_list
        for tier in Tier
        if duty.role in ROLES_AT[tier] or (duty.role == Role.SUPERVISOR and tier != Tier.LPSE)
    }
    return sorted(desks, key=lambda desk: (desk.tier, desk.label))


def find_desk(user: User, slug: str) -> Desk | None:
    """Return the desk at this address if the person may see its queue; the Penyelia may see every LPSE's too."""
    for desk in desks_of(user):
        if desk.slug == slug:
            return desk
    if user.holds(Role.SUPERVISOR) and slug.startswith(LPSE_PREFIX):
        lpse = Lpse.objects.filter(code=slug.removeprefix(LPSE_PREFIX)).first()
        return Desk(Tier.LPSE, lpse) if lpse else None
    return None


def staff_of(tier: int, lpse_id: int | None) -> "models.QuerySet[User]":
    """Return the active people who work at this tier for this LPSE."""
    return people_with(*ROLES_AT[tier], lpse_id=lpse_id if tier == Tier.LPSE else None)


def people_with(*roles: Role, lpse_id: int | None = None) -> "models.QuerySet[User]":
    """Return the active people who hold one of these roles at this LPSE (none: at LKPP)."""
    duties = Duty.objects.in_force().filter(role__in=roles, lpse=lpse_id)
    return User.objects.filter(is_active=True, pk__in=duties.values("user"))
