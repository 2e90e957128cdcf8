"""The cast of the tests, one sentence each. Real processes come from tests/processes.py."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from allauth.account.internal.flows.login import record_authentication
from django.apps import apps
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.db import connection
from django.db.backends.base.creation import BaseDatabaseCreation
from django.http import HttpRequest
from django.test import Client

from accounts.models import Duty, Institution, Lpse, Reporter, Role, User
from accounts.services import add_visitor
from core.dates import local
from escalation.tiers import Tier
from tickets.models import Application, Subcategory, Ticket
from tickets.services import closing, counter, feedback, filing, handling

NOW = datetime(2026, 11, 18, 2, 12, tzinfo=UTC)  # Wednesday 09.12 WIB
Status = Ticket.Status
# Argon2 is slow by design; what it does here is the same with little work.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1
PASSWORD = make_password("kata-sandi-contoh")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Keep the rows of a new database beside it, to bring them back all at once after tests that commit."""
    steps = []
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS seeds CASCADE; CREATE SCHEMA seeds")
        for model in apps.get_models():
            table = model._meta.db_table
            if model._default_manager.exists():
                cursor.execute(f"CREATE TABLE seeds.{table} AS TABLE {table}")
                steps.append(f"INSERT INTO {table} TABLE seeds.{table} ON CONFLICT DO NOTHING")

    def restore(creation: BaseDatabaseCreation, _rows: str) -> None:
        with creation.connection.cursor() as cursor:
            cursor.execute("; ".join(steps))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseCreation, "deserialize_db_from_string", restore)
        yield


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """Every test begins an hour into that morning, whatever the day it runs on, and its clock goes on from there."""
    with time_machine.travel(NOW + timedelta(hours=1), tick=True):
        yield


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    """Every test keeps its uploaded files to itself."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def static(settings: Any) -> None:
    """Static files are looked up when asked for; otherwise every test browser reads the whole folder first."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """A person with an account and these duties: (role, lpse or None)."""

    def make(username: str, *duties: tuple[Role, Lpse | None], **fields: Any) -> User:
        user = User.objects.create(
            username=username,
            name=fields.pop("name", username.replace(".", " ").title()),
            email=f"{username}@contoh.invalid",
            password=PASSWORD,
            **fields,
        )
        Duty.objects.bulk_create(Duty(user=user, role=role, lpse=lpse) for role, lpse in duties)
        return user

    return make


@pytest.fixture
def lpse(db: None) -> Lpse:
    """The office where everything happens."""
    return Lpse.objects.create(code="sukamaju", name="LPSE Kabupaten Sukamaju Fiktif", time_zone="Asia/Jakarta")


@pytest.fixture
def other_lpse(db: None) -> Lpse:
    """An office in another zone that has no business with our tickets."""
    return Lpse.objects.create(code="bahari", name="LPSE Kota Bahari Contoh", time_zone="Asia/Makassar")


def _vendor(user: User, lpse: Lpse, serial: int) -> User:
    Reporter.objects.create(
        user=user,
        kind=Reporter.Kind.VENDOR,
        name=user.name,
        email=user.email,
        phone=f"+62812000000{serial}",
        business_form=Reporter.BusinessForm.CV,
        business_name=f"CV Rekaan {serial}",
        npwp=f"{serial:016}",
        spse_user_id=user.username,
        lpse=lpse,
    )
    return user


@pytest.fixture
def vendor(make_user: Callable[..., User], lpse: Lpse) -> User:
    """The reporter: a vendor whose problem it is."""
    return _vendor(make_user("vendor", name="Wulan Rekaan"), lpse, 1)


@pytest.fixture
def other_vendor(make_user: Callable[..., User], lpse: Lpse) -> User:
    """A vendor who must never see the reporter's tickets."""
    return _vendor(make_user("other_vendor", name="Bagus Contoh"), lpse, 2)


@pytest.fixture
def colleague(make_user: Callable[..., User], lpse: Lpse, vendor: User) -> User:
    """Somebody of the reporter's own business, with whom a ticket can be shared (A14)."""
    person = _vendor(make_user("colleague", name="Cahya Rekaan"), lpse, 9)
    Reporter.objects.filter(user=person).update(npwp=vendor.reporter.npwp, business_name=vendor.reporter.business_name)
    return person


@pytest.fixture
def ppk(make_user: Callable[..., User], lpse: Lpse) -> User:
    """A procurement officer of a local government."""
    user = make_user("ppk", name="Dewi Contoh")
    institution = Institution.objects.create(name="Kabupaten Sukamaju Fiktif", kind=Institution.Kind.LOCAL_GOVERNMENT)
    Reporter.objects.create(
        user=user,
        kind=Reporter.Kind.PPK,
        name=user.name,
        email=user.email,
        phone="+6281200000003",
        institution=institution,
        work_unit="Dinas Khayal",
        spse_user_id="ppk",
        lpse=lpse,
    )
    return user


@pytest.fixture
def helpdesk(make_user: Callable[..., User], lpse: Lpse) -> User:
    """Staff of the right LPSE."""
    return make_user("helpdesk", (Role.HELPDESK_LPSE, lpse))


@pytest.fixture
def verifier(make_user: Callable[..., User], lpse: Lpse) -> User:
    """A colleague of the helpdesk at the same LPSE."""
    return make_user("verifier", (Role.VERIFIER, lpse))


@pytest.fixture
def other_helpdesk(make_user: Callable[..., User], other_lpse: Lpse) -> User:
    """Staff of another LPSE."""
    return make_user("other_helpdesk", (Role.HELPDESK_LPSE, other_lpse))


@pytest.fixture
def author(make_user: Callable[..., User], lpse: Lpse) -> User:
    """An Admin PPE of the LPSE who reports a problem of their own (A15)."""
    user = make_user("author", (Role.ADMIN_PPE, lpse))
    Reporter.objects.create(
        user=user, kind=Reporter.Kind.LPSE_STAFF, name=user.name, email=user.email, phone="+6281200000004", lpse=lpse
    )
    return user


@pytest.fixture
def eproc(make_user: Callable[..., User]) -> User:
    """Helpdesk Eproc, the second tier."""
    return make_user("eproc", (Role.HELPDESK_EPROC, None))


@pytest.fixture
def teknis(make_user: Callable[..., User]) -> User:
    """Helpdesk Teknis, the third tier."""
    return make_user("teknis", (Role.HELPDESK_TEKNIS, None))


@pytest.fixture
def tim_teknis(make_user: Callable[..., User]) -> User:
    """Tim Teknis, the end of the chain."""
    return make_user("tim_teknis", (Role.TIM_TEKNIS, None))


@pytest.fixture
def supervisor(make_user: Callable[..., User]) -> User:
    """The Penyelia, who answers for the promise and reads everything."""
    return make_user("supervisor", (Role.SUPERVISOR, None))


@pytest.fixture
def receptionist(make_user: Callable[..., User]) -> User:
    """The front desk of LKPP; has no business with web tickets."""
    return make_user("receptionist", (Role.RECEPTIONIST, None))


@pytest.fixture
def consultant(make_user: Callable[..., User]) -> User:
    """Petugas Konsultasi: has what is at the counter, and reads what reached LKPP."""
    return make_user("consultant", (Role.CONSULTANT, None))


@pytest.fixture
def call_agent(make_user: Callable[..., User]) -> User:
    """Answers 144; has no business with tickets before the call desk exists."""
    return make_user("call_agent", (Role.CALL_AGENT, None))


@pytest.fixture
def complaint_officer(make_user: Callable[..., User]) -> User:
    """Keeps the complaint register; has no business with tickets."""
    return make_user("complaint_officer", (Role.COMPLAINT_OFFICER, None))


@pytest.fixture
def chain(helpdesk: User, eproc: User, teknis: User, tim_teknis: User) -> dict[int, User]:
    """One officer per tier."""
    return {Tier.LPSE: helpdesk, Tier.EPROC: eproc, Tier.TEKNIS: teknis, Tier.TIM_TEKNIS: tim_teknis}


@pytest.fixture
def subcategory(db: None) -> Subcategory:
    """A kind of problem that asks for nothing special."""
    return Subcategory.objects.get(category__name="Akun", name="Gagal masuk")


@pytest.fixture
def make_ticket(vendor: User, lpse: Lpse, subcategory: Subcategory) -> Callable[..., Ticket]:
    """A ticket filed through the service; by the vendor unless said otherwise."""

    def make(*, by: User = vendor, key: UUID | None = None, now: datetime = NOW, **facts: Any) -> Ticket:
        base = {
            "lpse": lpse,
            "application": Application.objects.first(),
            "subcategory": subcategory,
            "type": Ticket.Type.PROBLEM,
            "title": "Tidak dapat masuk ke SPSE",
            "description": "Muncul pesan User ID atau Password salah.",
        }
        return filing.file_ticket(by=by, key=key or uuid4(), now=now, facts=base | facts, identity={})

    return make


@pytest.fixture
def ticket(make_ticket: Callable[..., Ticket]) -> Ticket:
    """A new ticket of the vendor at its LPSE."""
    return make_ticket()


@pytest.fixture
def ticket_in(make_ticket: Callable[..., Ticket], chain: dict[int, User]) -> Callable[..., Ticket]:
    """A ticket brought to a tier and status through the services, as people would."""

    def bring(tier: int = Tier.LPSE, status: str = Status.NEW, **fields: Any) -> Ticket:
        ticket = make_ticket(**fields)
        hour = timedelta(hours=1)
        now = ticket.filed_at

        def form() -> dict[str, Any]:
            fresh = Ticket.objects.get(pk=ticket.pk)
            return {"version": fresh.version, "key": uuid4(), "now": now}

        for below in range(Tier.LPSE, tier):
            now += hour
            handling.escalate_ticket(
                ticket.pk, by=chain[below], analysis="Sudah diperiksa.", line="Diteruskan.", **form()
            )
        if status != Status.NEW:
            now += hour
            handling.take_ticket(ticket.pk, by=chain[tier], now=now)
        if status == Status.AWAITING_DATA:
            now += hour
            sent, day = form(), local(now, ticket.zone).date() + timedelta(days=1)
            feedback.request_data(
                ticket.pk,
                by=chain[tier],
                text="Mohon lengkapi.",
                items=["NIB", "Tangkapan layar"],
                reply_by=day,
                **sent,
            )
        if status in (Status.AWAITING_CONFIRMATION, Status.CLOSED):
            now += hour
            handling.resolve_ticket(ticket.pk, by=chain[tier], solution="Silakan coba lagi.", **form())
        if status == Status.CLOSED:
            now += hour
            closing.confirm_closing(ticket.pk, by=ticket.reporter.user, **form())
        return Ticket.objects.select_related("reporter__user", "lpse").get(pk=ticket.pk)

    return bring


@pytest.fixture
def walk_in(lpse: Lpse) -> User:
    """Who stands in the histories for a visitor without an account."""
    facts = {"name": "Hasan Khayal", "email": "hasan@contoh.invalid", "phone": "+6281200000008"}
    visitor = add_visitor(kind=Reporter.Kind.VENDOR, business_name="PT Awan Contoh", lpse=lpse, **facts)
    return visitor.user


@pytest.fixture
def file_consultation(consultant: User, walk_in: User, lpse: Lpse, subcategory: Subcategory) -> Callable[..., Ticket]:
    """A ticket of the counter filed through the service; of the visitor without an account unless said otherwise."""

    def file(
        *, by: User = consultant, of: User = walk_in, key: UUID | None = None, now: datetime = NOW, **facts: Any
    ) -> Ticket:
        problem = {
            "lpse": lpse,
            "application": Application.objects.first(),
            "subcategory": subcategory,
            "type": Ticket.Type.PROBLEM,
            "title": "Tidak dapat masuk ke SPSE",
            "description": "Muncul pesan User ID atau Password salah.",
        }
        visit = {"visit": "BT-20261118-001", "is_compensated": False, "facts": problem, "reporter": of.reporter}
        return counter.file_consultation(by=by, key=key or uuid4(), now=now, **visit | facts)

    return file


@pytest.fixture
def consultation_in(file_consultation: Callable[..., Ticket], consultant: User) -> Callable[..., Ticket]:
    """A ticket at the counter in this status, brought there as its officer would."""

    def bring(status: str = Status.IN_PROGRESS, **fields: Any) -> Ticket:
        ticket = file_consultation(**fields)
        now = ticket.filed_at + timedelta(hours=1)
        form = {"by": consultant, "now": now, "version": ticket.version, "key": uuid4()}
        if status == Status.AWAITING_DATA:
            day = local(now, ticket.zone).date() + timedelta(days=1)
            feedback.request_data(ticket.pk, text="Mohon lengkapi.", items=["NIB"], reply_by=day, **form)
        if status in (Status.AWAITING_CONFIRMATION, Status.CLOSED):
            solved = handling.resolve_ticket(ticket.pk, solution="Silakan coba lagi.", **form)
            form |= {"by": ticket.reporter.user, "version": solved.version, "key": uuid4()}
        if status == Status.CLOSED:
            closing.confirm_closing(ticket.pk, **form | {"now": now + timedelta(hours=1)})
        return Ticket.objects.select_related("reporter__user", "lpse").get(pk=ticket.pk)

    return bring


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """A browser in which this person is signed in."""

    def browser(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        request = HttpRequest()
        request.session = client.session
        record_authentication(request, user, "password", reauthenticated=True)  # they have just written it once more
        request.session.save()
        return client

    return browser


@pytest.fixture
def browsers(vendor: User, helpdesk: User, sign_in: Callable[[User], Client]) -> dict[str, Client]:
    """What each person browses with; an error in the product is an answer of 500, as in production."""
    browsers = {"guest": Client(), "vendor": sign_in(vendor), "helpdesk": sign_in(helpdesk)}
    for browser in browsers.values():
        browser.raise_request_exception = False
    return browsers
