"""What the service promises, as rows the Penyelia may change."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import supervisor
from core.requests import client_address
from escalation.forms.promises import PromiseForm
from escalation.models import Promise
from escalation.services.promises import change_promise


@login_required
@require_safe
def promises(request: HttpRequest) -> HttpResponse:
    supervisor(request)
    return render(request, "escalation/promises.html", {"promises": Promise.objects.all()})


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    by, promise = supervisor(request), get_object_or_404(Promise, pk=pk)
    form = PromiseForm(request.POST if request.method == "POST" else None, promise=promise)
    if form.is_valid():
        facts = dict(form.cleaned_data)
        reason, address = facts.pop("reason"), client_address(request)
        change_promise(promise.pk, by=by, reason=reason, now=timezone.now(), address=address, facts=facts)
        messages.success(
            request, _("Janji layanan tersimpan. Perubahan berlaku bagi layanan yang dimulai sejak sekarang.")
        )
        return redirect("escalation:promises")
    return render(request, "escalation/promise.html", {"promise": promise, "form": form})
