"""The working calendar of the Penyelia: days off, office hours, periods with other hours."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Lpse
from accounts.requests import supervisor
from core.dates import local
from core.pagination import keyset_page
from escalation.forms.calendar import HolidayForm, HoursForm, PeriodForm, RemovalForm, UnitForm
from escalation.models import Holiday, HoursPeriod, OfficeHours
from escalation.services import changes
from escalation.services.importing import missing_joint_leave
from escalation.tiers import LKPP_ZONE
from escalation.views.changing import decide
from escalation.views.weeks import weeks_of

PAGE = 100


@login_required
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Show one year, the hours of everybody, and those of one LPSE."""
    supervisor(request)
    today, choice = local(timezone.now(), LKPP_ZONE).date(), UnitForm(request.GET)
    context = {
        "missing": missing_joint_leave(today),
        "tentative": Holiday.objects.filter(is_tentative=True, day__gte=today).count(),
        "choice": choice,
        "with_own_hours": _with_own_hours(),
        "unit": choice.unit,
        "weeks": weeks_of(choice.unit),
    }
    return render(request, "escalation/calendar.html", context | _year(request, today))


def _year(request: HttpRequest, today: date) -> dict[str, object]:
    """Return the days off of the year that was asked for, else of this one, and the years there are."""
    years = {day.year for day in Holiday.objects.dates("day", "year")} | {today.year}
    asked = request.GET.get("tahun", "")
    year = next((year for year in years if str(year) == asked), today.year)
    cursors = request.GET.get("sesudah", ""), request.GET.get("sebelum", "")
    days = Holiday.objects.filter(day__year=year).select_related("lpse")
    page = keyset_page(days, ("day", "pk"), *cursors, size=PAGE)
    return {"years": sorted(years), "year": year, "page": page, "kept": f"tahun={year}&"}


def _with_own_hours() -> QuerySet[Lpse]:
    own = OfficeHours.objects.filter(period=None, lpse__isnull=False)
    return Lpse.objects.filter(pk__in=own.values("lpse"))


def _data(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _calendar_of(lpse: Lpse | None) -> str:
    """Return the address of the page with the hours of this LPSE."""
    return f"{reverse('escalation:calendar')}?lpse={lpse.code}#jam" if lpse else f"{reverse('escalation:calendar')}#jam"


@login_required
@require_http_methods(["GET", "POST"])
def add_holiday(request: HttpRequest) -> HttpResponse:
    supervisor(request)
    return decide(request, HolidayForm(_data(request)), heading=_("Tambah hari libur"), back=_year_of(None))


@login_required
@require_http_methods(["GET", "POST"])
def change_holiday(request: HttpRequest, pk: int) -> HttpResponse:
    supervisor(request)
    holiday = get_object_or_404(Holiday, pk=pk)
    form = HolidayForm(_data(request), holiday=holiday)
    return decide(request, form, heading=_("Ubah hari libur"), back=_year_of(holiday))


@login_required
@require_POST
def delete_holiday(request: HttpRequest, pk: int) -> HttpResponse:
    supervisor(request)
    holiday = get_object_or_404(Holiday, pk=pk)
    form = RemovalForm(request.POST, removal=changes.delete_holiday(holiday))
    heading = _("Hapus hari libur %(name)s") % {"name": holiday.name}
    return decide(request, form, heading=heading, back=_year_of(holiday))


def _year_of(holiday: Holiday | None) -> str:
    """Return the address of the page with the year of this holiday."""
    page = reverse("escalation:calendar")
    return f"{page}?tahun={holiday.day.year}" if holiday else page


@login_required
@require_http_methods(["GET", "POST"])
def change_hours(request: HttpRequest, code: str = "") -> HttpResponse:
    """Change the usual hours of one LPSE, or without one those of everybody."""
    supervisor(request)
    lpse = get_object_or_404(Lpse, code=code) if code else None
    unit = lpse or _("LKPP dan semua LPSE tanpa jam sendiri")
    heading = _("Ubah jam kerja %(unit)s") % {"unit": unit}
    return decide(request, HoursForm(_data(request), lpse=lpse), heading=heading, back=_calendar_of(lpse))


@login_required
@require_POST
def delete_hours(request: HttpRequest, code: str) -> HttpResponse:
    """Let an LPSE keep the hours of everybody again."""
    supervisor(request)
    lpse = get_object_or_404(_with_own_hours(), code=code)
    form = RemovalForm(request.POST, removal=changes.set_hours([], lpse=lpse))
    heading = _("Hapus jam kerja sendiri %(unit)s") % {"unit": lpse}
    return decide(request, form, heading=heading, back=_calendar_of(lpse))


@login_required
@require_http_methods(["GET", "POST"])
def add_period(request: HttpRequest) -> HttpResponse:
    supervisor(request)
    heading = _("Tambah periode jam kerja khusus")
    return decide(request, PeriodForm(_data(request)), heading=heading, back=_calendar_of(None))


@login_required
@require_http_methods(["GET", "POST"])
def change_period(request: HttpRequest, pk: int) -> HttpResponse:
    supervisor(request)
    form = PeriodForm(_data(request), period=get_object_or_404(HoursPeriod, pk=pk))
    return decide(request, form, heading=_("Ubah periode jam kerja khusus"), back=_calendar_of(None))


@login_required
@require_POST
def delete_period(request: HttpRequest, pk: int) -> HttpResponse:
    supervisor(request)
    period = get_object_or_404(HoursPeriod, pk=pk)
    form = RemovalForm(request.POST, removal=changes.delete_period(period))
    heading = _("Hapus periode %(name)s") % {"name": period}
    return decide(request, form, heading=heading, back=_calendar_of(None))
