"""The public pages about the service, and their editing by the Penyelia (R01, R02, R40–R49)."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.requests import signed_in, supervisor
from complaints.forms.standard import QuestionForm, TextForm
from complaints.models import PublicText, Question, StandardPart
from complaints.opening import hours_words, today_words
from complaints.services import standard as services
from core.dates import DAYS, local, long_day
from core.requests import client_address
from escalation.models import Holiday
from escalation.services.calendar import calendar_of
from escalation.tiers import LKPP_ZONE

AHEAD = timedelta(days=180)
PAGES = ("home", "complaints:standard", "complaints:hours", "complaints:how", "complaints:questions", "tracking:track")


def _may_edit(request: HttpRequest) -> bool:
    return request.user.is_authenticated and signed_in(request).holds(Role.SUPERVISOR)


@require_safe
def standard(request: HttpRequest) -> HttpResponse:
    """Show the service standard in the decree's own words; what it does not say is left open."""
    context = {"parts": StandardPart.objects.all(), "may_edit": _may_edit(request)}
    return render(request, "complaints/standard.html", context)


@require_safe
def public_text(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the pledge, the privacy notice or the way to the counter, in the office's words."""
    text = get_object_or_404(PublicText, slug=slug)
    return render(request, "complaints/text.html", {"text": text, "may_edit": _may_edit(request)})


@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    return render(
        request, "complaints/questions.html", {"questions": Question.objects.all(), "may_edit": _may_edit(request)}
    )


@require_safe
def hours(request: HttpRequest) -> HttpResponse:
    """Say when LKPP is open, whether it is now, and which days off are ahead."""
    today, calendar = local(timezone.now(), LKPP_ZONE), calendar_of(None)
    days_off = Holiday.objects.filter(lpse=None, day__gte=today.date(), day__lte=today.date() + AHEAD).order_by("day")
    context = {
        "week": [(name, hours_words(calendar.week.get(weekday, ()))) for weekday, name in enumerate(DAYS)],
        "today": today_words(calendar, today.date()),
        "days_off": [(long_day(off.day), off.name) for off in days_off],
    }
    return render(request, "complaints/hours.html", context)


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the public pages for search engines."""
    texts = [reverse("complaints:text", args=[slug]) for slug in PublicText.objects.values_list("slug", flat=True)]
    places = [settings.BASE_URL.rstrip("/") + path for path in [*map(reverse, PAGES), *texts]]
    return render(request, "complaints/sitemap.xml", {"places": places}, content_type="application/xml")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines what is for everybody."""
    site = settings.BASE_URL.rstrip("/") + reverse("complaints:sitemap")
    lines = ["User-agent: *", "Disallow: /lacak/", "Disallow: /tiket/", "Disallow: /m/", f"Sitemap: {site}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


# Editing, by the Penyelia


@login_required
@require_http_methods(["GET", "POST"])
def change_part(request: HttpRequest, pk: int) -> HttpResponse:
    supervisor(request)
    return _change(request, get_object_or_404(StandardPart, pk=pk), "complaints:standard", [])


@login_required
@require_http_methods(["GET", "POST"])
def change_text(request: HttpRequest, slug: str) -> HttpResponse:
    supervisor(request)
    return _change(request, get_object_or_404(PublicText, slug=slug), "complaints:text", [slug])


def _change(request: HttpRequest, row: StandardPart | PublicText, page: str, arguments: list[Any]) -> HttpResponse:
    """Draw the form of one text, or keep it; what stood there is in the audit trail."""
    form = TextForm(request.POST if request.method == "POST" else None, initial={"text": row.text})
    if form.is_valid():
        facts: dict[str, Any] = {"by": signed_in(request), "now": timezone.now(), "address": client_address(request)}
        services.change_text(row, text=form.cleaned_data["text"], before=form.cleaned_data["before"], **facts)
        messages.success(request, _("Tersimpan."))
        return redirect(page, *arguments)
    context = {"form": form, "row": row, "back": reverse(page, args=arguments)}
    return render(request, "complaints/change_text.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def change_question(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """Add or change one question; an empty answer takes it away."""
    supervisor(request)
    row = get_object_or_404(Question, pk=pk) if pk else None
    initial = {"question": row.question, "answer": row.answer, "position": row.position} if row else {}
    form = QuestionForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        facts: dict[str, Any] = {"by": signed_in(request), "now": timezone.now(), "address": client_address(request)}
        services.keep_question(row, **form.cleaned_data, **facts)
        messages.success(request, _("Tersimpan."))
        return redirect("complaints:questions")
    context = {"form": form, "row": row, "back": reverse("complaints:questions")}
    return render(request, "complaints/change_text.html", context)
