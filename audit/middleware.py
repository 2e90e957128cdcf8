"""A refusal is worth remembering: somebody signed in asked for what is not theirs."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from audit.models import AuditEntry
from audit.services import record
from core.requests import client_address


class RecordRefusals:
    """Write one entry for every 403, and for every 404 on an address that does exist in the product."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code in (403, 404) and request.resolver_match and request.user.is_authenticated:
            record(
                AuditEntry.Kind.REFUSED,
                by=request.user,
                subject=request.path,
                address=client_address(request),
                now=timezone.now(),
                status=response.status_code,
                method=request.method,
            )
        return response
