"""With whom a reporter shares a ticket."""

from django.db import models

from accounts.models import Reporter


class TicketShare(models.Model):
    """A colleague of the same organisation with whom the reporter shares one ticket (A14)."""

    ticket = models.ForeignKey("tickets.Ticket", models.CASCADE, related_name="shares")
    reporter = models.ForeignKey(Reporter, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "reporter"], name="shared_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id} → {self.reporter}"
