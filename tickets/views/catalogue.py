"""Settings: what tickets can be about. For the Penyelia."""

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.changing import change_row
from accounts.requests import supervisor
from tickets.forms.catalogue import EntryForm, SubcategoryForm
from tickets.models import Application, Category, Subcategory
from tickets.services.catalogue import keep_entry

BACK = "tickets:catalogue"


@login_required
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """List applications and categories with all they hold, those that are switched off too."""
    supervisor(request)
    wanted = Count("requirements", filter=Q(requirements__is_active=True))
    kinds = Subcategory.objects.annotate(wanted_count=wanted).order_by("position", "name")
    context = {
        "applications": Application.objects.all(),
        "categories": Category.objects.prefetch_related(Prefetch("subcategories", kinds)),
    }
    return render(request, "tickets/catalogue.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def change_application(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """Add or change one application."""
    supervisor(request)
    row = get_object_or_404(Application, pk=pk) if pk else Application()
    return _change(request, EntryForm, row, row.name or _("Tambah aplikasi"))


@login_required
@require_http_methods(["GET", "POST"])
def change_category(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """Add or change one category."""
    supervisor(request)
    row = get_object_or_404(Category, pk=pk) if pk else Category()
    return _change(request, EntryForm, row, row.name or _("Tambah kategori"))


@login_required
@require_http_methods(["GET", "POST"])
def change_subcategory(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one subcategory and its data dukung."""
    supervisor(request)
    row = get_object_or_404(Subcategory.objects.select_related("category"), pk=pk)
    return _change(request, SubcategoryForm, row, str(row))


@login_required
@require_http_methods(["GET", "POST"])
def add_subcategory(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a subcategory to a category."""
    supervisor(request)
    row = Subcategory(category=get_object_or_404(Category, pk=pk))
    return _change(request, SubcategoryForm, row, _("Tambah subkategori"))


def _change(
    request: HttpRequest, kind: type[EntryForm], row: Application | Category | Subcategory, title: str
) -> HttpResponse:
    form = kind(request.POST if request.method == "POST" else None, row=row)
    return change_row(request, form, keep_entry, back=BACK, title=title)
