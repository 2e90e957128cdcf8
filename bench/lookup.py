"""What an agent of the Call Center asks while the caller speaks, among the pages that `make bench` measures."""

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode


def lookups() -> dict[str, tuple[Client, str]]:
    """Return each kind of look-up with an agent's browser, and the screen with a status to be read out."""
    from accounts.models import Duty, Reporter, Role, User
    from callcenter.services import calls, lookup
    from tickets.models import Ticket

    agent, is_new = User.objects.get_or_create(username="call-center", defaults={"name": "Petugas Call Center"})
    if is_new:
        Duty.objects.create(user=agent, role=Role.CALL_AGENT)
    open_tickets = Ticket.objects.open().select_related("reporter").filter(tier=3)
    newest = open_tickets.latest("pk")
    person, now = newest.reporter, timezone.now()
    call = calls.start_call(by=agent, now=now)
    calls.identify(call.pk, by=agent, now=now, reporter=person)
    lookup.look_up(call.pk, by=agent, now=now, number=newest.number, address="")
    rare = Reporter.objects.exclude(pk=person.pk).latest("pk")
    _prefix, year, serial, check = newest.number.split("-")
    wrong = f"{year} {serial} {(int(check) + 1) % 10}"
    texts = {
        "number": newest.number,
        "number, without zeros": f"{year} {int(serial)} {check}",
        "number, wrong": wrong,
        "phone": rare.phone,
        "name": rare.name,
        "name, misspelt": "Melatti Rekan",
        "name, begun": rare.name[:3],
        "business": rare.business_name,
        "NPWP": rare.npwp,
        "e-mail": rare.email,
    }
    browser = Client(headers={"host": "localhost", "hx-request": "true"})
    browser.force_login(agent)
    path = reverse("callcenter:find")
    found = {f"phone, {name}": (browser, f"{path}?{urlencode({'cari': text})}") for name, text in texts.items()}
    return found | {"phone, status to read out": (browser, reverse("callcenter:desk"))}
