"""The letter that a message becomes when it leaves the house."""

from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template import Context, Engine
from django.utils import timezone
from django.utils.text import Truncator, slugify

from accounts.models import Office
from notifications.models import Notification

SUBJECT_LENGTH = 120


def write(notification: Notification) -> EmailMessage:
    """Return the letter, the same each time it is written: a second copy is known by its Message-ID."""
    sentence = " ".join(_render(notification.template, context=notification.context).split())
    link = settings.BASE_URL.rstrip("/") + notification.url
    facts = {"notification": notification, "sentence": sentence, "link": link, "office": Office.objects.first()}
    host = urlsplit(settings.BASE_URL).hostname
    return EmailMessage(
        subject=_subject(sentence, notification.context),
        body=_render("notifications/mail.txt", **facts),
        to=[notification.mail_address],
        headers={
            "Message-ID": f"<notification-{notification.pk}@{host}>",
            "References": f"<{slugify(f'case {notification.url}')}@{host}>",  # mail programs show a case in one place
            "Date": format_datetime(timezone.localtime(notification.at)),
            "Auto-Submitted": "auto-generated",
        },
    )


def _subject(sentence: str, context: dict[str, Any]) -> str:
    """Return the sentence without the title of the case, which would leave no room for what happened to it."""
    title = " ".join(str(context.get("title")).split())
    return Truncator(sentence.replace(f" “{title}”", "")).chars(SUBJECT_LENGTH)


def _render(template: str, **facts: object) -> str:
    """Fill in a text template; in plain text nothing is escaped."""
    return Engine.get_default().get_template(template).render(Context(facts, autoescape=False))
