"""Facts about a request that Django does not tell by itself."""

from django.conf import settings
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request that knows whether htmx asks for a piece of a page."""

    htmx: HtmxDetails


def client_address(request: HttpRequest) -> str:
    """Return the network address of the person, believing only as many proxies as we run ourselves."""
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    proxies: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if 0 < proxies <= len(chain):
        return chain[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))
