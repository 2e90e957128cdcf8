"""Saving what is being typed, and throwing it away."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tickets.models.history import FORM_LENGTH
from tickets.views.drafted import drafted, keeps_draft, save_words


def _form(request: HttpRequest) -> str:
    """Return the path of the form these words belong to; a foreign one is as good as none."""
    path = request.GET.get("untuk", "")[:FORM_LENGTH]
    return path if path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else "/"


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the words of a form while they are typed; the token inside the form is the permission."""
    saved = save_words(request, _form(request))
    return render(request, "tickets/_saved.html", {"saved": saved, "now": timezone.now()})


@keeps_draft
@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Throw away what was typed in a form, and draw it empty."""
    drafted(request).discard()
    return redirect(request.GET.get("next", "") if _back_is_safe(request) else "start")


def _back_is_safe(request: HttpRequest) -> bool:
    path = request.GET.get("next", "")
    return path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
