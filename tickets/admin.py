"""The catalogue of problems, which an office may change. Tickets are not here: they change through their services."""

from django.contrib import admin

from tickets.models import Application, Category, DocumentRequirement, Subcategory


@admin.register(Application)
class ApplicationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "position")
    list_editable = ("position",)


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "position")
    list_editable = ("position",)


class DocumentRequirementInline(admin.TabularInline):  # type: ignore[type-arg]
    model = DocumentRequirement
    extra = 0


@admin.register(Subcategory)
class SubcategoryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "category", "position", "suggested_role", "needs_package_code")
    list_filter = ("category", "suggested_role")
    list_select_related = ("category",)
    search_fields = ("name",)
    inlines = (DocumentRequirementInline,)
