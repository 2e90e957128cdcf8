"""Searching tickets, for staff and reporters; the number of another case leads to its page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import signed_in
from core.doors import case_numbered
from tickets.forms.search import SearchForm
from tickets.services.search import SHOWN, find, is_misread_number


@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    if case := case_numbered(text, user=signed_in(request)):  # a visit, a call, a complaint
        return redirect(case)
    context = {
        "search_form": form,
        "text": text,
        "results": find(text, user=signed_in(request)) if text else None,
        "misread": is_misread_number(text),
        "shown": SHOWN,
        "now": timezone.now(),
    }
    return render(request, "tickets/search.html", context)
