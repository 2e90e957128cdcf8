"""The page on which one row of the settings is added or changed; its template is accounts/change_row.html."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import signed_in
from core.forms import RowForm
from core.fsm import Conflict
from core.requests import client_address


def change_row(
    request: HttpRequest, form: RowForm, keep: Callable[..., None], *, back: str, title: str, closes: str = "is_active"
) -> HttpResponse:
    """Draw the form of one row, or keep it; a refused change stands next to the field that switches the row off."""
    if form.is_valid():
        facts: dict[str, Any] = {"by": signed_in(request), "now": timezone.now(), "address": client_address(request)}
        try:
            keep(form.row, form.cleaned_data, **facts)
        except Conflict as refusal:
            form.add_error(closes if closes in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Tersimpan."))
            return redirect(back)
    context = {"form": form, "back": reverse(back), "title": title, "row": form.row if form.row.pk else None}
    return render(request, "accounts/change_row.html", context)
