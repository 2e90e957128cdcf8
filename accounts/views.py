"""One's own profile."""

from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as keys
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import EmailCodeForm, IdentityForm, KindForm, NewEmailForm
from accounts.models import Reporter, User
from accounts.requests import confirmed, signed_in
from accounts.services import ask_new_email, change_email, choose_mail, kinds_for, save_identity
from accounts.spse import claims_of, told_identity
from core.fsm import Conflict
from core.requests import client_address
from core.templatetags.desk import phone

NEW_EMAIL = "new_email"  # in the session: the address that waits for its code


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


@login_required
@require_POST
def mail_choice(request: HttpRequest) -> HttpResponse:
    """Keep whether an officer wants at once, or in one letter a day, what can wait."""
    user = signed_in(request)
    if not user.duty_list:
        raise Http404
    choose_mail(user, quiet=request.POST.get("surel") == "ringkas")
    messages.success(request, _("Pilihan surel tersimpan."))
    return redirect("accounts:profile")


@login_required
@require_http_methods(["GET", "POST"])
@confirmed
def new_email(request: HttpRequest) -> HttpResponse:
    """Ask for a new address, and mail a code there."""
    form = NewEmailForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        user = signed_in(request)
        if not ratelimit.consume(request, action="email_code", key=str(user.pk)):
            return ratelimit.respond_429(request)  # type: ignore[no-any-return]
        request.session[NEW_EMAIL] = ask_new_email(form.cleaned_data["email"], by=user, now=timezone.now())
        return redirect("accounts:confirm_email")
    return render(request, "accounts/email.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def confirm_email(request: HttpRequest) -> HttpResponse:
    """Take the code that was mailed to the new address."""
    if not (waiting := request.session.get(NEW_EMAIL)):
        return redirect("accounts:new_email")
    form = EmailCodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        asked: dict[str, Any] = {"by": signed_in(request), "now": timezone.now(), "address": client_address(request)}
        if change_email(waiting, form.cleaned_data["code"], **asked):
            del request.session[NEW_EMAIL]
            messages.success(request, _("Alamat surel Anda sudah diubah."))
            return redirect("accounts:profile")
        request.session[NEW_EMAIL] = waiting
        form.add_error("code", _("Kode tidak cocok atau sudah lewat 10 menit. Periksa lagi, atau minta kode baru."))
    return render(request, "accounts/confirm_email.html", {"form": form, "email": waiting["email"]})


@login_required
@require_http_methods(["GET", "POST"])
def remove_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a security key away, but not the last factor of somebody who needs one."""
    mine = Authenticator.objects.filter(user=signed_in(request), type=Authenticator.Type.WEBAUTHN)
    if not get_adapter().can_delete_authenticator(get_object_or_404(mine, pk=pk)):
        raise Conflict(_("Tugas Anda memerlukan verifikasi dua langkah. Tambahkan cara lain lebih dahulu."))
    answer: HttpResponse = keys.remove_webauthn(request, pk=pk)
    return answer


def _known(user: User, reporter: Reporter | None, accounts: list[Any]) -> dict[str, Any]:
    """Return what the form need not ask: the identity given before, else what account and LPSE application say."""
    if reporter:
        return model_to_dict(reporter) | {"phone": phone(reporter.phone)}
    told = [told_identity(claims_of(account), account.provider) for account in accounts[:1]]
    return {"name": user.name, "email": user.email} | (told[0] if told else {})
