"""What runs by itself, for the Penyelia: whether it runs, and what it could not do."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import supervisor
from core.pagination import capped_count
from core.requests import HtmxRequest, client_address
from escalation.models import Clock
from escalation.services.jobs import all_jobs, health_of, resend_mail, resume_mail, retry_clock
from escalation.tiers import LKPP_ZONE
from notifications.models import Notification
from notifications.services.pause import doubtful, pause
from notifications.services.relay import may_resend

SHOWN = 50


@login_required
@require_safe
def jobs(request: HtmxRequest) -> HttpResponse:
    """Show every job of the timetable with its last run, and what waits for somebody to look at it."""
    user, now, rows = supervisor(request), timezone.now(), all_jobs()
    parked, standing = Clock.objects.parked_for(user), pause()
    context = {
        "jobs": rows,
        "health": health_of(rows, now=now),
        "waiting": capped_count(Notification.objects.waiting()),
        "dead": capped_count(Notification.objects.dead()),
        "pause": standing,
        "doubtful": doubtful(standing).count() if standing else 0,
        "may_resend": may_resend().exists(),
        "parked": parked.select_related("promise").order_by("parked_at", "pk")[:SHOWN],
        "parked_count": capped_count(parked),
        "now": now,
        "zone": LKPP_ZONE,
    }
    return render(request, "escalation/jobs.html" + ("#rows" if request.htmx else ""), context)


@login_required
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the sweep look again at a clock that it gave up."""
    clock = retry_clock(pk, by=supervisor(request), now=timezone.now(), address=client_address(request))
    case = clock.promise.get_code_display() if clock.is_sealed else clock.case
    messages.success(request, _("Batas waktu %(case)s akan dicoba lagi dalam satu menit.") % {"case": case})
    return redirect("escalation:jobs")


@login_required
@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Let the relay try once more all the letters that it gave up."""
    count = resend_mail(by=supervisor(request), now=timezone.now(), address=client_address(request))
    messages.success(request, _("%(count)d surel akan dikirim ulang.") % {"count": count})
    return redirect("escalation:jobs")


@login_required
@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """Let letters leave again after a restore, with those that waited in the backup only if asked."""
    send, by = request.POST.get("tertunda") == "kirim", supervisor(request)
    count = resume_mail(send=send, by=by, now=timezone.now(), address=client_address(request))
    kept = _("Surel dikirim kembali; %(count)d surel dari cadangan tidak dikirim.")
    sent = _("Surel dikirim kembali, termasuk %(count)d surel dari cadangan.")
    messages.success(request, (sent if send else kept) % {"count": count})
    return redirect("escalation:jobs")
