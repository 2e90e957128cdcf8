"""One's own profile."""

from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import IdentityForm, KindForm
from accounts.models import Reporter, User
from accounts.requests import signed_in
from accounts.services import kinds_for, save_identity
from accounts.spse import claims_of, told_identity
from core.templatetags.desk import phone


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show the account, and ask who its owner is as a reporter: first the kind (?jenis=), then its fields."""
    user = signed_in(request)
    reporter, kinds = user.own_reporter, kinds_for(user)
    accounts = list(SocialAccount.objects.filter(user=user).order_by("pk"))
    known = _known(user, reporter, accounts)
    kind = request.GET.get("jenis", known.get("kind", "")) if reporter is None else reporter.kind
    connected = [account.provider for account in accounts]
    page: dict[str, Any] = {"kinds": kinds, "next": get_next_redirect_url(request), "connected": connected}
    if kind not in kinds:
        page["form"] = KindForm(request.GET if "jenis" in request.GET else None, kinds=kinds)
        return render(request, "accounts/profile.html", page)
    offices = [duty.lpse for duty in user.duty_list if duty.lpse]
    sent = request.POST if request.method == "POST" else None
    form = IdentityForm(sent, kind=kind, offices=offices, initial=known)
    if sent is not None and form.is_valid():
        save_identity(by=user, kind=kind, facts=form.cleaned_data)
        messages.success(request, _("Identitas Anda tersimpan."))
        return redirect(page["next"] or "accounts:profile")
    return render(request, "accounts/profile.html", page | {"form": form, "kind": Reporter.Kind(kind)})


def _known(user: User, reporter: Reporter | None, accounts: list[Any]) -> dict[str, Any]:
    """Return what the form need not ask: the identity given before, else what account and LPSE application say."""
    if reporter:
        return model_to_dict(reporter) | {"phone": phone(reporter.phone)}
    told = [told_identity(claims_of(account), account.provider) for account in accounts[:1]]
    return {"name": user.name, "email": user.email} | (told[0] if told else {})
