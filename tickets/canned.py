"""The ready replies of the desk that holds a ticket, offered to whoever works there."""

from accounts.models import User
from knowledge.models import CannedText, CannedTextQuerySet
from knowledge.services import fill_in
from tickets.models import Ticket
from tickets.permissions import works_here


def canned_texts(ticket: Ticket, user: User) -> CannedTextQuerySet:
    """Return the texts this person may insert into a reply to this ticket."""
    texts = CannedText.objects.all()
    return texts.of(ticket.desk) if works_here(ticket, user) else texts.none()


def words_for(text: CannedText, ticket: Ticket, user: User) -> str:
    """Return a text with what this ticket and this officer say in place of its marks."""
    facts = {
        "nama": ticket.reporter.name,
        "nomor": ticket.number,
        "judul": ticket.title,
        "petugas": user.name,
        "lpse": ticket.lpse.name,
    }
    return fill_in(text, facts)
