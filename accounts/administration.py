"""Settings of the service: who has which duty, and the accounts of the staff. For the Penyelia and Admin Agency."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import granting
from accounts.duty_forms import PERIOD, DutyFilter, DutyForm, PeriodForm, PersonForm
from accounts.forms import ResetPasswordForm
from accounts.models import Duty, User
from accounts.requests import administrator, confirmed
from core.pagination import keyset_page
from core.requests import client_address

NEWEST_FIRST = ("-pk",)


def _facts(request: HttpRequest) -> dict[str, Any]:
    """Return who acts, when, and from where."""
    return {"by": administrator(request), "now": timezone.now(), "address": client_address(request)}


@login_required
@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    administrator(request)
    return render(request, "accounts/settings.html")


# Duties


@login_required
@require_safe
def duties(request: HttpRequest) -> HttpResponse:
    """List who has which duty where, those that are over too; newest first."""
    rows = Duty.objects.governed_by(administrator(request)).select_related("user", "lpse", "granted_by")
    filters = DutyFilter(request.GET, rows)
    page = keyset_page(filters.qs, NEWEST_FIRST, request.GET.get("sesudah", ""), request.GET.get("sebelum", ""))
    kept = f"{urlencode(filters.chosen)}&" if filters.chosen else ""
    return render(request, "accounts/duties.html", {"filters": filters, "page": page, "kept": kept})


@login_required
@require_http_methods(["GET", "POST"])
@confirmed
def grant_duty(request: HttpRequest) -> HttpResponse:
    by = administrator(request)
    form = DutyForm(request.POST if request.method == "POST" else None, by=by)
    if form.is_valid():
        duty = granting.grant_duty(**form.cleaned_data, **_facts(request))
        messages.success(request, _("Tugas tersimpan: %(name)s, %(duty)s.") % {"name": duty.user, "duty": duty})
        return redirect("accounts:duties")
    return render(request, "accounts/duty.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
@confirmed
def change_duty(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a duty another period or letter, or end it at once."""
    duty = get_object_or_404(Duty.objects.governed_by(administrator(request)).select_related("user", "lpse"), pk=pk)
    known = {name: getattr(duty, name) for name in PERIOD}
    form = PeriodForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_valid():
        granting.grant_duty(duty.user, role=duty.role, lpse=duty.lpse, **form.cleaned_data, **_facts(request))
        messages.success(request, _("Masa tugas tersimpan."))
        return redirect("accounts:duties")
    return render(request, "accounts/duty.html", {"form": form, "duty": duty})


@login_required
@require_POST
@confirmed
def end_duty(request: HttpRequest, pk: int) -> HttpResponse:
    duty = get_object_or_404(Duty.objects.governed_by(administrator(request)), pk=pk)
    granting.end_duty(duty, **_facts(request))
    messages.success(request, _("Tugas diakhiri dan tidak berlaku lagi mulai sekarang."))
    return redirect("accounts:duties")


# People


@login_required
@require_http_methods(["GET", "POST"])
@confirmed
def add_person(request: HttpRequest) -> HttpResponse:
    """Make an account with its first duty, and mail its owner the link to choose a password."""
    form = PersonForm(request.POST if request.method == "POST" else None, by=administrator(request))
    if form.is_valid():
        person = granting.add_person_with_duty(**form.cleaned_data, **_facts(request))
        invitation = ResetPasswordForm({"email": person.email})
        if invitation.is_valid():
            invitation.save(request)
        messages.success(request, _("Akun dibuat. Tautan untuk membuat kata sandi dikirim ke %s.") % person.email)
        return redirect("accounts:person", person.pk)
    return render(request, "accounts/add_person.html", {"form": form})


@login_required
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one member of the staff: their account, and the duties that are this administrator's to change."""
    by = administrator(request)
    shown = _person(request, pk)
    held = Duty.objects.governed_by(by).filter(user=shown).select_related("lpse", "granted_by").order_by("pk")
    context = {"person": shown, "duties": held, "may_switch": granting.may_switch(shown, by)}
    return render(request, "accounts/person.html", context)


def _person(request: HttpRequest, pk: int) -> User:
    duties = Duty.objects.governed_by(administrator(request))
    return get_object_or_404(User, pk=pk, pk__in=duties.values("user"))


@login_required
@require_POST
@confirmed
def disable_person(request: HttpRequest, pk: int) -> HttpResponse:
    granting.disable_person(_person(request, pk), **_facts(request))
    messages.success(request, _("Akun dinonaktifkan. Pemiliknya tidak dapat masuk lagi."))
    return redirect("accounts:person", pk)


@login_required
@require_POST
@confirmed
def enable_person(request: HttpRequest, pk: int) -> HttpResponse:
    granting.enable_person(_person(request, pk), **_facts(request))
    messages.success(request, _("Akun diaktifkan."))
    return redirect("accounts:person", pk)
