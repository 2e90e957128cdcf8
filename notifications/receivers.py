"""Who signs in hears at once that mail does not reach them; letters about accounts; and whose messages are whose."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.merging import move_rows
from accounts.models import Reporter, User
from accounts.signals import letter_due, merge_undone, reporters_merged
from notifications.models import Notification
from notifications.services import notify
from notifications.services.suppression import refuses_mail


@receiver(user_logged_in, dispatch_uid="mail_is_refused")
def say_that_mail_is_refused(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    if refuses_mail(user):
        words = _("Surel tidak sampai kepada Anda: alamat yang tercatat menolaknya. Lihat Pemberitahuan dan Profil.")
        messages.warning(request, words, fail_silently=True)


@receiver(reporters_merged, dispatch_uid="messages_of_the_merged")
def take_over(kept: Reporter, merged: Reporter, **_kwargs: Any) -> dict[str, Any]:
    """Two identities of one person are made one: what they were told of cases goes along, not of their account."""
    told = Notification.objects.filter(recipient=merged.user_id).exclude(case="")
    return {"messages": move_rows(told, recipient=kept.user_id)}


@receiver(merge_undone, dispatch_uid="messages_of_two_again")
def give_back(merged: Reporter, moved: dict[str, Any], **_kwargs: Any) -> None:
    move_rows(Notification.objects.filter(pk__in=moved["messages"]), recipient=merged.user_id)


@receiver(letter_due, dispatch_uid="letters_about_accounts")
def write_letter(user: User, kind: str, address: str, secret: str, facts: dict[str, Any], **_kwargs: Any) -> None:
    page = reverse("accounts:profile")
    notify([user], kind, url=page, now=timezone.now(), address=address, secret=secret, **facts)
