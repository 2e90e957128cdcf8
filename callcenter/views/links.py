"""The link for callers who are directed to LPSE Support: made by the agent, opened by the caller (R31)."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import signed_in
from callcenter.forms.links import DirectForm
from callcenter.models import CallLink
from callcenter.services import links
from callcenter.views.confirmations import get_call
from tickets.views.drafted import TOKEN


@login_required
@require_http_methods(["GET", "POST"])
def direct(request: HttpRequest, number: str) -> HttpResponse:
    """Give the caller a link to a prefilled Buat Tiket; once there is one, its page tells what to read aloud."""
    call, now = get_call(signed_in(request), number), timezone.now()
    initial = {"question": call.question, "email": call.reporter.email if call.reporter else ""}
    form = DirectForm(request.POST if request.method == "POST" else None, initial=initial, call=call)
    if form.is_valid():
        made = links.direct(call.pk, by=signed_in(request), now=now, **form.cleaned_data)
        mailed = _("Tautan terkirim ke %(email)s.") % {"email": made.email}
        messages.success(request, mailed if form.cleaned_data["by_mail"] else _("Tautan siap dibacakan."))
        return redirect("callcenter:direct", call.number)
    given = call.links.filter(expires_at__gt=now).last()
    context = {"call": call, "form": form, "link": given, "base_url": settings.BASE_URL}
    return render(request, "callcenter/direct.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, code: str) -> HttpResponse:
    """Open the link: a GET says what it is, the button leads to Buat Tiket; for strangers there is no such page."""
    user, now = signed_in(request), timezone.now()
    try:
        found = links.find_link(code, by=user)
    except CallLink.DoesNotExist:
        raise Http404 from None
    if request.method == "POST":
        draft = links.take_up(found.pk, by=user, now=now)
        return redirect(f"{reverse('tickets:file')}?{TOKEN}={draft.key}")
    context = {"link": found, "ticket": links.ticket_of(found), "is_expired": found.expires_at <= now}
    return render(request, "callcenter/link.html", context)
