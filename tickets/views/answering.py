"""What the reporter, or a colleague of theirs, does with one ticket."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Reporter
from accounts.requests import signed_in
from tickets.forms.handling import (
    ConfirmForm,
    RateForm,
    RejectForm,
    ReopenForm,
    ShareForm,
    WithdrawForm,
)
from tickets.services import closing, feedback, sharing
from tickets.services.verbs import REQUIREMENTS
from tickets.views.acting import act, write
from tickets.views.drafted import drafted, keeps_draft
from tickets.views.pages import answer_form, get_ticket


@keeps_draft
@require_http_methods(["GET", "POST"])
def provide_data(request: HttpRequest, number: str) -> HttpResponse:
    """Answer what staff asked for, item by item (R18)."""
    ticket = get_ticket(signed_in(request), number)
    draft = drafted(request, ticket)
    form, context = answer_form(ticket, draft)
    if draft.is_sent and form.is_valid():
        done = _("Data Anda telah kami terima. Petugas melanjutkan penanganan.")
        done = done if context["own"] else _("Data pelapor tersimpan. Giliran Anda melanjutkan penanganan.")
        return act(request, ticket, draft, form, feedback.provide_data, "provide_data", done)
    REQUIREMENTS["provide_data"](ticket, signed_in(request))
    return render(request, "tickets/provide_data.html", context)


@keeps_draft
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    ticket = get_ticket(signed_in(request), number)
    done = _("Terima kasih. Tiket ini telah ditutup.")
    return write(request, ticket, ConfirmForm, closing.confirm_closing, "confirm", done)


@keeps_draft
@require_http_methods(["GET", "POST"])
def reject(request: HttpRequest, number: str) -> HttpResponse:
    ticket = get_ticket(signed_in(request), number)
    done = _("Tiket kembali ke petugas yang memberikan solusi.")
    return write(request, ticket, RejectForm, closing.reject_resolution, "reject", done)


@keeps_draft
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    ticket = get_ticket(signed_in(request), number)
    done = _("Tiket telah dibatalkan. Anda dapat membukanya kembali dalam 30 hari.")
    return write(request, ticket, WithdrawForm, closing.withdraw_ticket, "withdraw", done)


@keeps_draft
@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, number: str) -> HttpResponse:
    ticket = get_ticket(signed_in(request), number)
    done = _("Tiket telah dibuka kembali.")
    return write(request, ticket, ReopenForm, closing.reopen_ticket, "reopen", done)


@login_required
@require_POST
def rate(request: HttpRequest, number: str) -> HttpResponse:
    ticket = get_ticket(signed_in(request), number)
    form = RateForm(request.POST)
    if form.is_valid():
        closing.rate_ticket(ticket.pk, by=signed_in(request), now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Terima kasih atas penilaian Anda."))
    else:
        messages.error(request, _("Pilih salah satu penilaian."))
    return redirect(ticket)


@login_required
@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, number: str) -> HttpResponse:
    """Choose a colleague who may read and answer this ticket (A14)."""
    ticket = get_ticket(signed_in(request), number)
    sharing.require_sharing(ticket, signed_in(request))
    data = request.POST if request.method == "POST" else None
    form = ShareForm(data, colleagues=sharing.colleagues(ticket.reporter))
    if form.is_valid():
        sharing.share_ticket(ticket.pk, by=signed_in(request), now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Tiket dibagikan."))
        return redirect("tickets:share", ticket.number)
    shares = ticket.shares.select_related("reporter").order_by("pk")
    return render(request, "tickets/share.html", {"ticket": ticket, "form": form, "shares": shares})


@login_required
@require_POST
def unshare(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    ticket = get_ticket(signed_in(request), number)
    sharing.require_sharing(ticket, signed_in(request))
    colleague = get_object_or_404(Reporter.objects.filter(pk__in=ticket.shares.values("reporter")), pk=pk)
    sharing.unshare_ticket(ticket.pk, by=signed_in(request), now=timezone.now(), colleague=colleague)
    messages.success(request, _("Rekan tidak lagi dapat membaca tiket ini."))
    return redirect("tickets:share", ticket.number)
