"""Calls and links go along when two identities of one person are made one, and back when that is undone."""

from typing import Any

from django.dispatch import receiver

from accounts.merging import move_rows
from accounts.models import Reporter
from accounts.signals import merge_undone, reporters_merged
from callcenter.models import Call, CallLink


@receiver(reporters_merged, dispatch_uid="calls_of_the_merged")
def take_over(kept: Reporter, merged: Reporter, **kwargs: Any) -> dict[str, Any]:
    return {
        "calls": move_rows(Call.objects.filter(reporter=merged), reporter=kept),
        "links": move_rows(CallLink.objects.filter(reporter=merged), reporter=kept),
        "opened_links": move_rows(CallLink.objects.filter(used_by=merged.user_id), used_by=kept.user_id),
    }


@receiver(merge_undone, dispatch_uid="calls_of_two_again")
def give_back(merged: Reporter, moved: dict[str, Any], **kwargs: Any) -> None:
    move_rows(Call.objects.filter(pk__in=moved["calls"]), reporter=merged)
    move_rows(CallLink.objects.filter(pk__in=moved["links"]), reporter=merged)
    move_rows(CallLink.objects.filter(pk__in=moved["opened_links"]), used_by=merged.user_id)
