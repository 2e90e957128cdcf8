"""Settings: LPSE, institutions, and the office that answers for the service."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.changing import change_row
from accounts.granting import offices_governed_by
from accounts.models import Institution, Lpse, Office, Role
from accounts.office_forms import InstitutionFilter, InstitutionForm, LpseFilter, LpseForm, OfficeForm
from accounts.offices import keep_for_all, keep_lpse
from accounts.requests import administrator, signed_in, supervisor
from core.filters import ListFilter
from core.pagination import keyset_page

BY_NAME = ("name", "pk")


def _list(request: HttpRequest, filters: ListFilter, template: str) -> HttpResponse:
    page = keyset_page(filters.qs, BY_NAME, request.GET.get("sesudah", ""), request.GET.get("sebelum", ""))
    kept = f"{urlencode(filters.chosen)}&" if filters.chosen else ""
    return render(request, template, {"filters": filters, "page": page, "kept": kept})


# LPSE


@login_required
@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    """List the LPSE by name; an Admin Agency sees their own."""
    rows = offices_governed_by(administrator(request))
    return _list(request, LpseFilter(request.GET, rows), "accounts/offices.html")


@login_required
@require_http_methods(["GET", "POST"])
def add_office(request: HttpRequest) -> HttpResponse:
    supervisor(request)
    return _change_office(request, Lpse(), _("Tambah LPSE"))


@login_required
@require_http_methods(["GET", "POST"])
def change_office(request: HttpRequest, pk: int) -> HttpResponse:
    lpse = get_object_or_404(offices_governed_by(administrator(request)), pk=pk)
    return _change_office(request, lpse, lpse.name)


def _change_office(request: HttpRequest, lpse: Lpse, title: str) -> HttpResponse:
    sent, all_of_it = request.POST if request.method == "POST" else None, signed_in(request).holds(Role.SUPERVISOR)
    form = LpseForm(sent, row=lpse, is_supervisor=all_of_it)
    return change_row(request, form, keep_lpse, back="accounts:offices", title=title)


# Institutions, and the office itself


@login_required
@require_safe
def institutions(request: HttpRequest) -> HttpResponse:
    """List the institutions by name."""
    supervisor(request)
    return _list(request, InstitutionFilter(request.GET, Institution.objects.all()), "accounts/institutions.html")


@login_required
@require_http_methods(["GET", "POST"])
def change_institution(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """Add or change one institution."""
    supervisor(request)
    row = get_object_or_404(Institution, pk=pk) if pk else Institution()
    form = InstitutionForm(request.POST if request.method == "POST" else None, row=row)
    title = row.name or _("Tambah instansi")
    return change_row(request, form, keep_for_all, back="accounts:institutions", title=title)


@login_required
@require_http_methods(["GET", "POST"])
def change_main_office(request: HttpRequest) -> HttpResponse:
    """Change what the foot of every page and the letters say of the office."""
    supervisor(request)
    form = OfficeForm(request.POST if request.method == "POST" else None, row=Office.objects.get())
    return change_row(request, form, keep_for_all, back="accounts:settings", title=_("Kantor penyelenggara"))
