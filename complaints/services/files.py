"""Where the files of a complaint stay: away from their form, whose sender could still change them (R44)."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from complaints.models import Complaint
from tickets.models import Attachment, Draft

SENDER = "pengaduan.publik"


def public_sender() -> User:
    """Return whose the files of the public form are, and those of every complaint; nobody signs in as this account."""
    sender, is_new = User.objects.get_or_create(username=SENDER, defaults={"name": _("Formulir pengaduan")})
    if is_new:
        sender.set_unusable_password()
        sender.save(update_fields=["password"])
    return sender


def keep_files(complaint: Complaint, kept: UUID, *, form: UUID, owner: User, now: datetime) -> None:
    """Move the files of the form `form` of `owner` to the key `kept`, where they stay for good.

    What is left of the form is swept with what was sent to it once more.
    """
    facts = {"owner": public_sender(), "case": complaint.number, "changed_at": now}
    Draft.objects.get_or_create(key=kept, defaults=facts)
    Attachment.objects.filter(draft=form, draft__owner=owner).update(draft=kept)
    left = Draft.objects.filter(key=form, owner=owner)
    left.update(case=complaint.number, form=complaint.get_absolute_url(), data={})
