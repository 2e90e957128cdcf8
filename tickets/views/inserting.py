"""A ready reply, put into the composer after what is typed there already."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import signed_in
from core.requests import HtmxRequest
from tickets.canned import canned_texts, words_for
from tickets.forms.handling import ReplyForm
from tickets.views.drafted import drafted, keeps_draft
from tickets.views.pages import context_of, detail_template, get_ticket


@keeps_draft
@require_http_methods(["GET", "POST"])
def insert(request: HtmxRequest, number: str) -> HttpResponse:
    """Draw the composer again with a ready reply in it, kept as a draft; a GET comes only after an expired session."""
    user = signed_in(request)
    ticket = get_ticket(user, number)
    if request.method == "GET":
        return redirect(f"{ticket.get_absolute_url()}?{request.GET.urlencode()}")
    choice = request.POST.get("canned", "")
    text = canned_texts(ticket, user).filter(pk=choice if choice.isdecimal() and len(choice) < 19 else 0).first()
    if text:
        sent = request.POST.copy()
        sent["text"] = "\n\n".join(filter(None, [sent.get("text", "").rstrip(), words_for(text, ticket, user)]))
        request.POST = sent  # type: ignore[assignment]
    elif not request.htmx:
        messages.error(request, _("Pilih salah satu balasan siap pakai."))
    draft = drafted(request, ticket)
    context = context_of(ticket, user) | {"form": draft.form(ReplyForm), "draft": draft}
    return render(request, "tickets/_composer_text.html" if request.htmx else detail_template(context), context)
