"""The waiting display: a page for a television, which asks by itself and never stops."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from consultations.display import TEMPLATE, Board, board_at, version
from core.dates import local
from core.requests import HtmxRequest
from escalation.models import Promise
from escalation.tiers import LKPP_ZONE


@require_safe
def display(request: HtmxRequest) -> HttpResponse:
    """Show the whole page; to a poll only what is not on it yet, or nothing (204)."""
    board = board_at(timezone.now())
    if request.htmx:
        return answer_poll(request, board)
    promise = Promise.objects.get(code=Promise.Code.CONSULTATION)
    return render(request, TEMPLATE, context_of(board) | {"limit": promise.words})


def answer_poll(request: HtmxRequest, board: Board) -> HttpResponse:
    """Bring a page up to date that tells its release, its state, its minute and the calls it has spoken."""
    shown, context = request.GET, context_of(board)
    if shown.get("versi") != context["version"]:
        return HttpResponseClientRefresh()
    has_changed = shown.get("keadaan") != board.state
    if not has_changed and shown.get("pukul") == context["minute"]:
        return HttpResponse(status=204)
    poll = {"has_changed": has_changed, "calls": board.unheard(shown.get("panggilan", ""))}
    return render(request, f"{TEMPLATE}#poll", context | poll)


def context_of(board: Board) -> dict[str, object]:
    here = local(board.now, LKPP_ZONE)
    return {"board": board, "version": version(), "here": here, "minute": f"{here:%H.%M}", "zone": LKPP_ZONE}
