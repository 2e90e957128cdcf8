"""Whom a complaint is about. They, and everyone only in their unit, never learn of it."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import LPSE_ROLES, Lpse, Role, User
from tickets.models import Ticket, TicketEvent

if TYPE_CHECKING:
    from complaints.models.complaint import Complaint

OFFICE_ROLES = [(role.value, role.label) for role in Role if role not in LPSE_ROLES]


class Named(models.Model):
    """One office, desk of LKPP, officer or ticket that a complaint names."""

    complaint = models.ForeignKey("complaints.Complaint", models.CASCADE, related_name="named")
    lpse = models.ForeignKey(Lpse, models.PROTECT, null=True, related_name="+", verbose_name=_("LPSE"))
    role = models.CharField(_("unit di LKPP"), max_length=20, blank=True, choices=OFFICE_ROLES)
    officer = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("petugas"))
    ticket = models.ForeignKey(Ticket, models.PROTECT, null=True, related_name="+", verbose_name=_("tiket"))

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lpse__isnull=False, role="", officer=None, ticket=None)
                | (Q(lpse=None, officer=None, ticket=None) & ~Q(role=""))
                | Q(lpse=None, role="", officer__isnull=False, ticket=None)
                | Q(lpse=None, role="", officer=None, ticket__isnull=False),
                name="names_one_thing",
            ),
            models.UniqueConstraint(
                fields=["complaint", "lpse", "role", "officer", "ticket"], nulls_distinct=False, name="named_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.lpse or self.officer or self.ticket or self.get_role_display())


def barring(user: User) -> Q:
    """Return which complaints this person must not know of: those that name them, or every unit they work in.

    A ticket names everybody of the staff who did something to it.
    """
    named = Named.objects.filter(complaint=OuterRef("pk"))
    acts = TicketEvent.objects.filter(ticket=OuterRef("ticket")).exclude(actor_role="")
    personally = Q(Exists(named.filter(Q(officer=user) | Q(Exists(acts.filter(actor=user))))))
    if not user.duty_list:
        return personally
    in_every_unit = Q()
    for duty in user.duty_list:
        colleagues = acts.filter(actor__duties__role=duty.role, actor__duties__lpse=duty.lpse_id)
        unit = Q(officer__duties__role=duty.role, officer__duties__lpse=duty.lpse_id) | Q(Exists(colleagues))
        unit |= Q(lpse=duty.lpse_id) if duty.lpse_id else Q(role=duty.role)
        in_every_unit &= Q(Exists(named.filter(unit)))
    return personally | in_every_unit


def may_know(complaint: "Complaint", people: "models.QuerySet[User]") -> list[User]:
    """Return those of these people whom the complaint does not concern."""
    rows = type(complaint).objects.filter(pk=complaint.pk)
    return [person for person in people if not rows.filter(barring(person)).exists()]
