"""What the list of letters is narrowed to."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter

from accounts.models import User
from core.filters import ListFilter, NameFilter
from notifications.models import Notification, NotificationQuerySet

Fate = Notification.Fate


class LetterFilter(ListFilter):
    """The filters of the letters: to whom, about which case, and what became of them."""

    keadaan = ChoiceFilter(label=_("Keadaan"), choices=Fate.choices, empty_label=_("Semua keadaan"), method="with_fate")
    orang = NameFilter("recipient", label=_("Penerima"), method="to_person", min_length=2)
    nomor = NameFilter("case", label=_("Nomor"), method="about_case")

    def with_fate(self, rows: NotificationQuerySet, name: str, fate: str) -> NotificationQuerySet:
        return rows.with_fate(Fate(fate))

    def to_person(self, rows: NotificationQuerySet, name: str, text: str) -> NotificationQuerySet:
        """People are looked up first, so that PostgreSQL knows how many letters to expect."""
        people = User.objects.filter(Q(username__icontains=text) | Q(name__icontains=text))
        return rows.filter(recipient__in=list(people.values_list("pk", flat=True)))

    def about_case(self, rows: NotificationQuerySet, name: str, number: Any) -> NotificationQuerySet:
        return rows.filter(case=number.upper())
