"""Choosing a person, and the menu that leads to LPSE Support."""

from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from lpse_support.local.spse import settings
from lpse_support.local.spse.people import PEOPLE


def people(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the invented people."""
    if request.method == "POST":
        username = request.POST.get("username", "")
        person = get_object_or_404(User, username=username)
        login(request, person)  # type: ignore[arg-type]  # to the checker, people are those of LPSE Support
        onward = request.POST.get("next", "")
        return redirect(onward if url_has_allowed_host_and_scheme(onward, {request.get_host()}) else "menu")
    return render(request, "people.html", {"people": PEOPLE.items(), "next": request.GET.get("next", "")})


@login_required
def menu(request: HttpRequest) -> HttpResponse:
    return render(request, "menu.html", {"support": f"{settings.SUPPORT_URL}/masuk/spse/"})
