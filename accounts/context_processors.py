"""The office whose name stands under every page."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Office


def office(request: HttpRequest) -> dict[str, object]:
    """Read the office when a page draws it; the row is made by a migration."""
    return {"office": SimpleLazyObject(Office.objects.first)}
