"""People, offices and identities for the operator, who signs in through the product; others find no admin at all."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import Duty, Institution, Lpse, Office, Reporter, User

_of_django = admin.site.admin_view


def _for_operators_alone(view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
    inner = _of_django(view, cacheable)

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return inner(request, *args, **kwargs) if admin.site.has_permission(request) else _nothing(request)

    return update_wrapper(guarded, view)


def _nothing(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """Stand in for Django's own sign-in form, which counts no tries and asks for no second factor."""
    raise Http404


admin.site.admin_view = _for_operators_alone  # type: ignore[assignment,method-assign]
admin.site.login = _nothing  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "LPSE Support"
admin.site.unregister(Group)  # what a person may do comes from duties


class DutyInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Duty
    fk_name = "user"  # not who granted it
    extra = 0


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    list_display = ("username", "name", "email", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff", "duties__role")
    search_fields = ("username", "name", "email")
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()
    inlines = (DutyInline,)
    fieldsets = (
        (None, {"fields": ("username", "password", "name", "email")}),
        (_("Hak akses"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Waktu"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "name", "email", "usable_password", "password1", "password2")}),)


@admin.register(Lpse)
class LpseAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "code", "time_zone", "spse_version")
    search_fields = ("name", "code")


@admin.register(Institution)
class InstitutionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "kind")
    list_filter = ("kind",)
    search_fields = ("name",)


@admin.register(Office)
class OfficeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """One row, made by a migration: it may be changed, not multiplied or removed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Office | None = None) -> bool:
        return False


@admin.register(Reporter)
class ReporterAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "kind", "organisation", "user")
    list_filter = ("kind",)
    list_select_related = ("user", "institution", "lpse")
    search_fields = ("name", "business_name", "work_unit", "user__username")
    autocomplete_fields = ("user", "institution", "lpse")
