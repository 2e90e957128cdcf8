"""People, offices and identities for the operator; signing in to it is allauth's, with its rate limits."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Duty, Institution, Lpse, Office, Reporter, User

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
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
