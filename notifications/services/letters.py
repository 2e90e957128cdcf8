"""The letter that a message becomes when it leaves the house: the same words as HTML and as plain text."""

from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import int_to_base36
from django.utils.text import Truncator

from accounts.models import Office
from notifications.models import DIGEST, PASSWORD_RESET, Notification

SUBJECT_LENGTH = 120
MOST = 50  # messages that one digest tells; the inbox has the others


class Letter(EmailMultiAlternatives):
    """A letter whose two bodies are always parted by the same line, which nobody can write into either of them."""

    def message(self, **options: Any) -> Any:
        message = super().message(**options)
        message.set_boundary(salted_hmac("letter", self.extra_headers["Message-ID"]).hexdigest())
        return message


@dataclass(frozen=True)
class Told:
    """One message inside a letter: its sentence, and the page about it."""

    sentence: str
    link: str


def write(notification: Notification) -> Letter:
    """Return the letter, the same each time it is written: a second copy is known by its Message-ID."""
    told = _told(notification)
    facts: dict[str, Any] = {
        "notification": notification,
        "told": told,
        "gathered": _gathered(notification),
        "code": "" if notification.kind == PASSWORD_RESET else notification.secret,
        "office": Office.objects.first(),
        "subject": _subject(notification, told.sentence),
    }
    letter = Letter(
        subject=facts["subject"],
        body=_text("notifications/email/letter.txt", **facts),
        to=[notification.mail_address],
        headers=_head(notification),
    )
    letter.attach_alternative(render_to_string("notifications/email/letter.html", facts), "text/html")
    return letter


def _head(notification: Notification) -> dict[str, str]:
    """Return what a mail program files the letter by; those of a case stand under the first this person got of it."""
    head = {
        "Message-ID": _name(notification.pk),
        "Date": format_datetime(timezone.localtime(notification.at)),
        "Auto-Submitted": "auto-generated",
    }
    of_case = Notification.objects.filter(recipient=notification.recipient_id, case=notification.case)
    first = of_case.order_by("pk").values_list("pk", flat=True).first() if notification.case else None
    if first and first != notification.pk:
        head |= {"In-Reply-To": _name(first), "References": _name(first)}
    return head


def _name(pk: int) -> str:
    return f"<notification-{pk}@{urlsplit(settings.BASE_URL).hostname}>"


def _told(notification: Notification) -> Told:
    sentence = " ".join(_text(notification.template, context=notification.context).split())
    return Told(sentence, settings.BASE_URL.rstrip("/") + _page(notification))


def _page(notification: Notification) -> str:
    """Return the path behind the link; the one to a new password stands in its letter only, as long as that waits."""
    if notification.kind != PASSWORD_RESET or not notification.secret:
        return notification.url
    account = int_to_base36(notification.recipient_id)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": account, "key": notification.secret})


def _gathered(notification: Notification) -> list[Told]:
    """Return what a digest tells, oldest first; nothing for any other letter."""
    if notification.kind != DIGEST:
        return []
    return [_told(row) for row in notification.gathered.order_by("pk")[:MOST]]


def _subject(notification: Notification, sentence: str) -> str:
    """Return the sentence without the title of the case, which would leave no room for what happened to it."""
    title = " ".join(str(notification.context.get("title")).split())
    subject = Truncator(sentence.replace(f" “{title}”", "")).chars(SUBJECT_LENGTH)
    case = " ".join(notification.case.split())
    return subject if case in subject else Truncator(f"[{case}] {subject}").chars(SUBJECT_LENGTH)


def _text(template: str, **facts: Any) -> str:
    """Fill in a text template; in plain text nothing is escaped."""
    return Engine.get_default().get_template(template).render(Context(facts, autoescape=False))
