"""Rooms for the operator; who sits in them the officers say themselves."""

from django.contrib import admin

from consultations.models import Room


@admin.register(Room)
class RoomAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "order", "officer", "is_open")
    list_select_related = ("officer",)
    autocomplete_fields = ("officer",)
