"""The agent's one screen: the running call, the search box, what may be read aloud, and the outcome (R27–R32)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Reporter, Role, User
from accounts.requests import signed_in
from callcenter.forms.calls import CallForm, OutcomeForm, words_of
from callcenter.models import Call
from callcenter.services import calls, lookup
from callcenter.shown import context_of, status_of
from callcenter.timer import timer_of
from core.forms import DeskForm, is_visible
from core.requests import HtmxRequest, client_address

RECENT = 5


def agent(request: HttpRequest) -> User:
    """Return the agent behind a view that login_required guards; for everybody else there is no such page."""
    user = signed_in(request)
    if not user.holds(Role.CALL_AGENT):
        raise Http404
    return user


def own_call(request: HttpRequest, number: str) -> Call:
    """Return the agent's own call of this number, or raise Http404."""
    return get_object_or_404(Call.objects.filter(agent=agent(request)).with_people(), number=number)


def searched(request: HttpRequest) -> str:
    """Return what is looked for, short and visible."""
    text = request.GET.get("cari", "").replace("\0", "").strip()[: lookup.LONGEST]
    return text if is_visible(text) else ""


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show the call that is not finished, or what there is between two calls."""
    user = agent(request)
    call = calls.unfinished_call(user)
    if call is None:
        recent = Call.objects.filter(agent=user).order_by("-pk").select_related("ticket")[:RECENT]
        return render(request, "callcenter/idle.html", {"recent": recent})
    return _draw(request, call, OutcomeForm(initial=words_of(call), reporter=call.reporter))


def _draw(request: HttpRequest, call: Call, form: DeskForm) -> HttpResponse:
    now, text = timezone.now(), searched(request)
    context: dict[str, Any] = context_of(call, now) | {"form": form, "text": text}
    if text:
        context["found"] = lookup.find(text, by=agent(request), now=now)
    return render(request, "callcenter/desk.html", context)


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    calls.start_call(by=agent(request), now=timezone.now())
    return redirect("callcenter:desk")


@login_required
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Answer while the agent types; without htmx the whole screen does."""
    request_htmx: HtmxRequest = request  # type: ignore[assignment]
    user, text = agent(request), searched(request)
    call = calls.unfinished_call(user)
    if call is None or not request_htmx.htmx:
        return redirect(f"{reverse('callcenter:desk')}?{urlencode({'cari': text})}")
    found = lookup.find(text, by=user, now=timezone.now()) if text else None
    return render(request, "callcenter/_found.html", {"call": call, "found": found, "text": text})


@login_required
@require_safe
def timer(request: HttpRequest, number: str) -> HttpResponse:
    """Draw the bar of a call anew; it stops asking by itself once the call is over."""
    call = own_call(request, number)
    return render(request, "callcenter/_timer.html", {"call": call, "timer": timer_of(call, timezone.now())})


@login_required
@require_POST
def keep(request: HttpRequest, number: str) -> HttpResponse:
    """Keep what was typed so far; what makes no sense yet waits for the next letter."""
    now, form = timezone.now(), CallForm(request.POST)
    form.is_valid()
    call = _keep(request, own_call(request, number), form)
    request_htmx: HtmxRequest = request  # type: ignore[assignment]
    if not request_htmx.htmx:
        return redirect("callcenter:desk")
    return render(request, "callcenter/_kept.html", status_of(call, now) | {"form": form, "now": now})


def _keep(request: HttpRequest, call: Call, form: CallForm) -> Call:
    """Write down what makes sense of a form that was validated; an outcome waits until all of it does."""
    facts = {name: form.cleaned_data[name] for name in CallForm.base_fields if name in form.cleaned_data}
    sent = {name: value for name, value in facts.items() if name in request.POST}
    return calls.keep(call.pk, by=agent(request), now=timezone.now(), **sent)


@login_required
@require_POST
def look_up(request: HttpRequest, number: str) -> HttpResponse:
    """Open the ticket that the caller names."""
    call, wanted = own_call(request, number), request.POST.get("tiket", "")[:24].replace("\0", "")
    address = client_address(request)
    lookup.look_up(call.pk, by=agent(request), now=timezone.now(), number=wanted, address=address)
    return redirect("callcenter:desk")


@login_required
@require_POST
def identify(request: HttpRequest, number: str) -> HttpResponse:
    """Take a known reporter for the caller, who has named themselves; without one, nobody known."""
    call, reporter = own_call(request, number), Reporter.objects.keyed(request.POST.get("pelapor", ""))
    calls.identify(call.pk, by=agent(request), now=timezone.now(), reporter=reporter)
    return redirect("callcenter:desk")


@login_required
@require_POST
def hang_up(request: HttpRequest, number: str) -> HttpResponse:
    call = own_call(request, number)
    calls.hang_up(call.pk, by=agent(request), now=timezone.now())
    return redirect(f"{reverse('callcenter:desk')}#hasil")


@login_required
@require_POST
def end(request: HttpRequest, number: str) -> HttpResponse:
    """Give the call its outcome, with everything that stands in the form."""
    call = own_call(request, number)
    form = OutcomeForm(request.POST, reporter=call.reporter)
    if not form.is_valid():
        return _draw(request, _keep(request, call, form), form)
    ended = calls.end_call(call.pk, by=agent(request), now=timezone.now(), **form.cleaned_data)
    told = {"number": ended.number, "outcome": ended.get_outcome_display()}
    messages.success(request, _("Panggilan %(number)s tercatat: %(outcome)s.") % told)
    return redirect("callcenter:desk")
