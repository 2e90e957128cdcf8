"""The request form of R03 outside the desk: on a visitor's phone, and on paper. Public; nothing personal comes back."""

from uuid import uuid4

from allauth.core import ratelimit
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations.forms.reception import PhoneRequestForm
from consultations.services.requests import make_request_draft

SALT = "consultations.request"
SHOWN_FOR = 24 * 3600  # seconds during which the page with the code can be opened again


@require_http_methods(["GET", "POST"])
def request_form(request: HttpRequest) -> HttpResponse:
    """Keep a form until a receptionist takes it over; answer with its code and with nothing that was written."""
    if "kode" in request.GET and (code := read_code(request.GET["kode"])):
        return render(request, "consultations/request_sent.html", {"code": code})
    if request.method != "POST":
        return render(request, "consultations/request_form.html", {"form": PhoneRequestForm(initial={"key": uuid4()})})
    form, status = PhoneRequestForm(request.POST), 200
    if form.is_valid():
        if ratelimit.consume(request, action="request_form"):
            draft = make_request_draft(key=form.cleaned_data["key"], now=timezone.now(), data=form.words)
            return redirect(f"{reverse('consultations:request_form')}?kode={signing.dumps(draft.code, salt=SALT)}")
        status = 429
        form.add_error(None, _("Terlalu banyak formulir dikirim dari jaringan ini. Silakan ke meja resepsionis."))
    return render(request, "consultations/request_form.html", {"form": form}, status=status)


def read_code(text: str) -> str:
    """Return the code that an address of ours names, or "" for one that we did not make."""
    try:
        return str(signing.loads(text, salt=SALT, max_age=SHOWN_FOR))
    except signing.BadSignature:
        return ""


@require_safe
def blank_form(request: HttpRequest) -> HttpResponse:
    """Print the form to be filled in by hand."""
    return render(request, "consultations/blank_form.html")
