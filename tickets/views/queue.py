"""The queue of a desk: reading it, keeping views of it, and acting on several of its tickets."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import retarget

from accounts.models import Role, User
from accounts.requests import signed_in
from core.pagination import keyset_page
from core.requests import HtmxRequest
from escalation.tiers import Desk, desks_of, duty_at, find_desk, staff_of
from tickets.forms.queue import ChosenForm, HandOverForm, MoveForm, SaveViewForm
from tickets.models import SavedView, Ticket
from tickets.services import handling, many, moving, saved_views
from tickets.views.shown import COLUMNS, SORTS, Shown, read_shown

LONGEST_QUERY = 1500
STATE = "keadaan"  # with which a page names what it shows


def get_desk(request: HttpRequest, slug: str) -> Desk:
    """Return the desk at this address, or raise Http404 for people who have no business there."""
    desk = find_desk(signed_in(request), slug)
    if desk is None:
        raise Http404
    return desk


def query_of(request: HttpRequest) -> QueryDict:
    """Return what the queue showed when the form was drawn; one longer than our pages write is not ours."""
    text = request.POST.get("query", "")
    return QueryDict(text if len(text) <= LONGEST_QUERY else "")


def back_to(desk: Desk, request: HttpRequest) -> HttpResponse:
    """Return to the queue as it was seen when the form was drawn."""
    return redirect(f"{reverse('tickets:queue', args=[desk.slug])}?{query_of(request).urlencode()}")


@login_required
@require_safe
def queue(request: HtmxRequest, desk: str) -> HttpResponse:
    """Show a queue; to a page that shows just this already, only the time."""
    user, place = signed_in(request), get_desk(request, desk)
    shown = read_shown(place, user, request.GET, now=timezone.now())
    cursors = request.GET.get("sesudah", ""), request.GET.get("sebelum", "")
    context = {"desk": place, "shown": shown, "address": address_of(request)}
    if request.htmx and (asked := request.GET.get(STATE)) and asked == shown.state_of(look(shown, cursors)):
        answer = render(request, "tickets/queue.html#updated", context | {"state": asked})
        return retarget(answer, "#segarkan")
    page = keyset_page(shown.rows.for_lists(), shown.order, *cursors)
    context |= lists_of(user, shown) | {
        "page": page,
        "groups": shown.groups_of(page.rows),
        "state": shown.state_of(page.rows),
    }
    return render(request, "tickets/queue.html" + ("#rows" if request.htmx else ""), context)


def address_of(request: HttpRequest) -> str:
    """Return the address of what is shown, for the page to ask it again."""
    params = request.GET.copy()
    params.pop(STATE, None)
    return f"{request.path}?{params.urlencode()}"


def look(shown: Shown, cursors: tuple[str, str]) -> list[Ticket]:
    """Read of the rows only what their state is made of."""
    return keyset_page(
        shown.rows.only(*COLUMNS, *(name.lstrip("-") for name in shown.order)), shown.order, *cursors
    ).rows


def lists_of(user: User, shown: Shown) -> dict[str, Any]:
    """Return what stands around the rows of a queue, and what may be done with them."""
    place = shown.desk
    works_here = duty_at(user, place.tier, place.lpse.pk if place.lpse else None) is not None
    return {
        "officers": shown.officers,
        "sorts": [(slug, label) for slug, (label, _order) in SORTS.items()],
        "saved": SavedView.objects.at(place).visible_to(user),
        "works_here": works_here,
        "may_move": works_here or user.holds(Role.SUPERVISOR),
    }


@login_required
@require_POST
def take_next(request: HttpRequest, desk: str) -> HttpResponse:
    """Take what stands first at this desk."""
    place = next((own for own in desks_of(signed_in(request)) if own.slug == desk), None)
    if place is None:
        raise Http404
    ticket = handling.take_next_ticket(place, by=signed_in(request), now=timezone.now())
    return redirect(ticket)


@login_required
@require_POST
def take_many(request: HttpRequest, desk: str) -> HttpResponse:
    """Take the chosen tickets."""
    place = get_desk(request, desk)
    take = partial(handling.take_ticket, by=signed_in(request), now=timezone.now())
    return _act_on_many(request, place, ChosenForm(request.POST), take, _("Tiket yang Anda ambil: %(n)s."))


@login_required
@require_POST
def reassign_many(request: HttpRequest, desk: str) -> HttpResponse:
    """Make another officer of the unit responsible for the chosen tickets."""
    place = get_desk(request, desk)
    form = MoveForm(request.POST, people=staff_of(place.tier, place.lpse.pk if place.lpse else None))

    def move(pk: int) -> Ticket:
        officer = form.cleaned_data["officer"]
        return moving.reassign_ticket(pk, by=signed_in(request), now=timezone.now(), officer=officer, reason="")

    return _act_on_many(request, place, form, move, _("Tiket yang dialihkan: %(n)s."))


def _act_on_many(
    request: HttpRequest, desk: Desk, form: ChosenForm, act: Callable[[int], Ticket], done: str
) -> HttpResponse:
    """Act on what the form names, and say how many it was and which were refused."""
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, str(errors[0]))
        return back_to(desk, request)
    outcome = many.act_on_many(form.cleaned_data["tickets"], act, by=signed_in(request))
    if outcome.done:
        messages.success(request, done % {"n": outcome.done})
    for refusal in outcome.refused:
        messages.warning(request, refusal)
    return back_to(desk, request)


@login_required
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, desk: str) -> HttpResponse:
    """Give everything of an absent officer to another."""
    user, place = signed_in(request), get_desk(request, desk)
    moving.require_handover(place, user)
    people = staff_of(place.tier, place.lpse.pk if place.lpse else None).order_by("name")
    data = request.POST if request.method == "POST" else None
    form = HandOverForm(data, loads=many.loads_at(place), people=people)
    if not form.is_valid():
        return render(request, "tickets/hand_over.html", {"form": form, "desk": place})
    moved = moving.hand_over(place, by=user, now=timezone.now(), **form.cleaned_data)
    messages.success(request, ngettext("%(n)d tiket dialihkan.", "%(n)d tiket dialihkan.", moved) % {"n": moved})
    if left := len(moving.held_by(form.cleaned_data["absent"], place)):
        messages.warning(request, _("Tiket yang tidak dapat dialihkan dan tetap di tempatnya: %(n)s.") % {"n": left})
    return redirect("tickets:queue", place.slug)


@login_required
@require_POST
def save_view(request: HttpRequest, desk: str) -> HttpResponse:
    """Keep what is seen now under a name."""
    user, place = signed_in(request), get_desk(request, desk)
    shown = read_shown(place, user, query_of(request), now=timezone.now())
    form = SaveViewForm(request.POST)
    if form.is_valid():
        saved_views.save_view(place, by=user, query=shown.query, **form.cleaned_data)
        messages.success(request, _("Tampilan tersimpan."))
    else:
        messages.error(request, str(form.errors["name"][0]))
    return back_to(place, request)


@login_required
@require_POST
def delete_view(request: HttpRequest, desk: str, pk: int) -> HttpResponse:
    place = get_desk(request, desk)
    saved_views.delete_view(place, pk, by=signed_in(request))
    messages.success(request, _("Tampilan dihapus."))
    return back_to(place, request)
