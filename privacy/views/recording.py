"""Requests about personal data that did not come through the person's own account: a Penyelia writes them down."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.merge_forms import FindForm
from accounts.models import Reporter
from accounts.requests import supervisor
from core.fsm import AlreadyDone, Conflict
from privacy.forms import RecordForm
from privacy.models import DataClaim
from privacy.services import claims
from tickets.views.drafted import drafted, keeps_draft

FOUND = 20


@login_required
@require_http_methods(["GET", "POST"])
def find_person(request: HttpRequest) -> HttpResponse:
    """Find who asks, by POST, so that names and numbers stay out of every log."""
    by = supervisor(request)
    form = FindForm(request.POST if request.method == "POST" else None)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    found = [person for person in Reporter.objects.matching(text, limit=FOUND) if person.user not in (None, by)]
    return render(request, "privacy/find_person.html", {"form": form, "found": found, "text": text})


@keeps_draft
@require_http_methods(["GET", "POST"])
def record_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what this person asked for; the same form sent twice records once."""
    by, person, now = supervisor(request), Reporter.objects.keyed(str(pk)), timezone.now()
    if person is None or person.user in (None, by):
        raise Http404
    draft, status = drafted(request), 200
    form = draft.form(RecordForm, now=now)
    if draft.is_sent and form.is_valid():
        try:
            recorded = claims.record_claim(of=person.user, by=by, key=draft.key, now=now, **form.cleaned_data)
        except AlreadyDone:
            recorded = DataClaim.objects.of(person.user).get(key=draft.key)
        except Conflict as refusal:
            form.add_error(None, str(refusal))
            status = 409
        if status == 200:
            draft.discard()
            messages.success(request, _("Permohonan dicatat dengan nomor %(number)s.") % {"number": recorded.number})
            return redirect(recorded)
    return render(request, "privacy/record_claim.html", {"form": form, "draft": draft, "person": person}, status=status)
