"""What a person asks of a queue: filters from the address, a view to keep, tickets chosen at once, a handing over."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, ModelChoiceFilter

from accounts.models import User
from core.filters import ListFilter, NameFilter
from core.forms import DeskForm, PlainLine, PlainText
from core.numbers import read_number
from core.pagination import PAGE_SIZE
from escalation.tiers import Desk, staff_of
from tickets.models import Application, Category, Ticket
from tickets.models.desk import NAME_LENGTH
from tickets.models.queryset import TicketQuerySet
from tickets.services.many import Load

REASON = 1000
AGES = [(str(days), format_lazy(_("lebih dari {n} hari"), n=days)) for days in (1, 3, 7, 14)]
LATE, EXCUSED = "ya", "dikecualikan"


class QueueFilter(ListFilter):
    """The filters of a queue."""

    kategori = ModelChoiceFilter(
        field_name="subcategory__category",
        label=_("Kategori"),
        queryset=Category.objects.all(),
        empty_label=_("Semua kategori"),
    )
    aplikasi = ModelChoiceFilter(
        field_name="application",
        label=_("Aplikasi"),
        queryset=Application.objects.all(),
        empty_label=_("Semua aplikasi"),
    )
    petugas = ModelChoiceFilter(
        field_name="assignee",
        label=_("Penanggung jawab"),
        queryset=User.objects.none(),
        empty_label=_("Semua petugas"),
        null_label=_("Belum diambil"),
        null_value="tidak-ada",
    )
    kanal = ChoiceFilter(
        field_name="channel", label=_("Kanal"), choices=Ticket.Channel.choices, empty_label=_("Semua kanal")
    )
    umur = ChoiceFilter(label=_("Lama di sini"), choices=AGES, empty_label=_("Semua umur"), method="older_than")
    terlambat = ChoiceFilter(
        label=_("Keterlambatan"),
        choices=[(LATE, _("Pernah terlambat")), (EXCUSED, _("Terlambat, dikecualikan"))],
        empty_label=_("Semua ketepatan waktu"),
        method="late_or_excused",
    )
    instansi = NameFilter("reporter__institution__name", label=_("Instansi"))
    lpse = NameFilter("lpse__name", label=_("LPSE"))

    def __init__(self, params: Any, rows: TicketQuerySet, *, desk: Desk, is_open: bool, now: datetime) -> None:
        super().__init__(params, rows)
        self.now = now
        self.filters["petugas"].queryset = staff_of(desk.tier, desk.lpse.pk if desk.lpse else None).order_by("name")
        if desk.lpse:
            del self.filters["lpse"]
        if not is_open:
            del self.filters["umur"]

    def older_than(self, rows: TicketQuerySet, name: str, days: str) -> TicketQuerySet:
        return rows.filter(entered_at__lt=self.now - timedelta(days=int(days)))

    def late_or_excused(self, rows: TicketQuerySet, name: str, which: str) -> TicketQuerySet:
        return rows.late() if which == LATE else rows.excused()


class SaveViewForm(DeskForm):
    """A name for what one sees now."""

    name = PlainLine(label=_("Nama tampilan"), max_length=NAME_LENGTH)
    of_unit = forms.BooleanField(label=_("Untuk seluruh unit"), required=False)


class ChosenForm(DeskForm):
    """Tickets chosen in a list; numbers that are none are left out, and no more are read than a page shows."""

    tickets = forms.Field(widget=forms.MultipleHiddenInput, error_messages={"required": _("Pilih tiket lebih dahulu.")})

    def clean_tickets(self) -> list[str]:
        numbers = (read_number(text, Ticket.NUMBER_KIND) for text in self.cleaned_data["tickets"][:PAGE_SIZE])
        return list(dict.fromkeys(number for number in numbers if number))


class MoveForm(ChosenForm):
    """To whom the chosen tickets go."""

    officer = forms.ModelChoiceField(
        label=_("Petugas"),
        queryset=User.objects.none(),
        error_messages={"required": _("Pilih petugas yang menerima tiket.")},
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = people  # type: ignore[attr-defined]


class HandOverForm(DeskForm):
    """Whose tickets go to whom, and why."""

    absent = forms.ChoiceField(label=_("Petugas yang berhalangan"), help_text=_("Beserta jumlah tiket terbukanya."))
    officer = forms.ModelChoiceField(
        label=_("Petugas yang menerima"), queryset=User.objects.none(), empty_label=_("Pilih petugas")
    )
    reason = PlainText(
        label=_("Alasan"),
        help_text=_("Hanya terbaca petugas."),
        max_length=REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, loads: list[Load], people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.loads = {str(load.officer.pk): load.officer for load in loads}
        absent = [("", _("Pilih petugas")), *((str(load.officer.pk), load.words) for load in loads)]
        self.fields["absent"].choices = absent  # type: ignore[attr-defined]
        self.fields["officer"].queryset = people  # type: ignore[attr-defined]

    def clean_absent(self) -> User:
        return self.loads[self.cleaned_data["absent"]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("absent") and cleaned.get("absent") == cleaned.get("officer"):
            self.add_error("officer", _("Pilih petugas lain."))
        return cleaned
