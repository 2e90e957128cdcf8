"""Who signs in hears at once that mail does not reach them; and letters about accounts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.signals import letter_due
from notifications.services import notify
from notifications.services.suppression import refuses_mail


@receiver(user_logged_in, dispatch_uid="mail_is_refused")
def say_that_mail_is_refused(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    if refuses_mail(user):
        words = _("Surel tidak sampai kepada Anda: alamat yang tercatat menolaknya. Lihat Pemberitahuan dan Profil.")
        messages.warning(request, words, fail_silently=True)


@receiver(letter_due, dispatch_uid="letters_about_accounts")
def write_letter(user: User, kind: str, address: str, secret: str, facts: dict[str, Any], **_kwargs: Any) -> None:
    page = reverse("accounts:profile")
    notify([user], kind, url=page, now=timezone.now(), address=address, secret=secret, **facts)
