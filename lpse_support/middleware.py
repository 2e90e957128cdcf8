"""What is observed of every request: a line in the log and a measurement, of the view and never of what was asked."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from lpse_support.logs import view_of
from lpse_support.metrics import REQUESTS, SECONDS

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
log = logging.getLogger(__name__)


class ObserveRequests:
    """Stands outside of everything that may refuse a request, so that refusals are seen as well."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - began
        view, method = view_of(request), request.method if request.method in METHODS else "other"
        REQUESTS.labels(view, method, response.status_code).inc()
        SECONDS.labels(view, method).observe(seconds)
        user = getattr(request, "_cached_user", None)  # whom somebody asked for already: a line asks no database
        facts = {"view": view, "method": method, "status": response.status_code, "ms": round(seconds * 1000)}
        log.info("request", extra=facts | {"user": user.pk if user else None})
        return response
