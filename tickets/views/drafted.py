"""Forms that lose nothing: every POST is kept as a draft before anything else looks at it.

A form drawn for a person carries a signed token: a one-time key and whose form it is. Words and files are stored
under that key, so neither a mistake in the form nor an expired session asks for them twice.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.requests import signed_in
from core.forms import DeskForm
from tickets.models import Attachment, DocumentRequirement, Draft, Ticket
from tickets.services import drafts, uploads
from tickets.services.sniffing import ACCEPTED, KINDS, Refused, clean_name

SALT = "tickets.draft"
TOKEN = "draf"
REDRAW = "tampilkan"  # the button that shows a form again without judging it
NEED = "need_"  # names the file input of one data dukung: need_7
View = Callable[..., HttpResponse]
F = TypeVar("F", bound=DeskForm)


def keeps_draft(view: View) -> View:
    """Ask for sign-in as login_required does, but keep what an expired session was sending.

    The person returns by GET to the same address with ?draf=<key>, so the view must draw its form there.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        sender = _sender(request) if request.method == "POST" else None
        if sender is None:
            return redirect_to_login(way_back(request) if request.method == "POST" else request.get_full_path())
        for sentence in _keep(request, *sender):
            messages.error(request, sentence)
        messages.info(request, _("Sesi Anda sudah berakhir. Tulisan dan berkas tersimpan; masuk untuk melanjutkan."))
        return redirect_to_login(way_back(request, sender[0]))

    return guarded


def way_back(request: HttpRequest, key: UUID | None = None) -> str:
    """Return the address of the form that sent this request, with what the draft of this key holds.

    A button that posts a form elsewhere names the form's own path in ?next=.
    """
    path = request.GET.get("next", "")
    if not path.startswith("/") or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        path = request.path
    return f"{path}?{urlencode({TOKEN: key})}" if key else path


def drafted(request: HttpRequest, ticket: Ticket | None = None) -> "Drafted":
    """Return the draft behind the form of this request; a POST is stored before it is judged."""
    owner = signed_in(request)
    if request.method != "POST":
        kept = _find(request.GET.get(TOKEN, ""), owner)
        return Drafted(request, kept.key if kept else uuid4(), data=kept.data if kept else None, ticket=ticket)
    sender = _sender(request)
    if sender and sender[1] != owner:
        _keep(request, *sender)
        messages.error(request, _("Formulir itu dibuka dengan akun lain. Isinya tersimpan untuk akun tersebut."))
        return Drafted(request, uuid4(), ticket=ticket)
    key = sender[0] if sender else uuid4()
    refusals = _keep(request, key, owner, ticket)
    if sender is None:
        refusals.insert(0, _("Formulir ini dibuka lebih dari 24 jam yang lalu. Periksa kembali, lalu kirim."))
    judged = REDRAW not in request.POST
    return Drafted(request, key, data=request.POST, refusals=refusals, judged=judged, ticket=ticket)


class Drafted:
    """One form's draft as its view and template need it."""

    file_bytes: int = settings.UPLOAD_FILE_BYTES
    files_at_once: int = settings.UPLOAD_FILES_AT_ONCE
    ticket_bytes: int = settings.UPLOAD_TICKET_BYTES
    accepted = ACCEPTED
    extensions = ",".join(KINDS)

    def __init__(
        self,
        request: HttpRequest,
        key: UUID,
        *,
        data: Any = None,
        refusals: list[str] | None = None,
        judged: bool = False,
        ticket: Ticket | None = None,
    ) -> None:
        self.key, self.owner, self.data, self.ticket = key, signed_in(request), data, ticket
        self.refusals = refusals or []  # sentences; a form with any must be shown again
        self.judged = judged  # whether the person pressed send, so that the form may say what is wrong
        self.back = request.path
        kept = Attachment.objects.filter(draft=key, draft__owner=self.owner)
        self.attachments = [] if data is None else list(kept)

    @property
    def token(self) -> str:
        return signing.dumps([self.key.hex, self.owner.pk], salt=SALT)

    @property
    def is_sent(self) -> bool:
        """The person pressed send, and every file was accepted."""
        return self.judged and not self.refusals

    @cached_property
    def room(self) -> int:
        """How many bytes may still be attached."""
        return max(uploads.room(self.key, self.ticket), 0)

    @property
    def can_attach(self) -> bool:
        return self.room > 0

    def form(self, form_class: type[F], **kwargs: Any) -> F:
        """Build the form from what was posted or kept, with a sentence for every refused file."""
        form = form_class(self.data, **kwargs)
        if not self.judged:
            form.errors.clear()
        for sentence in self.refusals:
            form.add_error(None, sentence)
        return form

    def discard(self) -> None:
        """Throw away the copy that a double click left behind."""
        drafts.discard(self.key, by=self.owner)

    def renew(self) -> None:
        """Give the form a fresh key, because this one was already sent with other words."""
        self.key = drafts.renew(self.key, by=self.owner, now=timezone.now())


def _sender(request: HttpRequest) -> tuple[UUID, User] | None:
    """Return the key and the owner a form was drawn for, or None when its token is forged or too old."""
    try:
        key, pk = signing.loads(request.POST.get(TOKEN, ""), salt=SALT, max_age=drafts.KEPT_FOR)
    except signing.BadSignature:
        return None
    owner = User.objects.filter(pk=pk, is_active=True).first()
    return (UUID(key), owner) if owner else None


def _find(text: str, owner: User) -> Draft | None:
    try:
        return Draft.objects.visible_to(owner).filter(key=UUID(text)).first()
    except ValueError:
        return None


def _keep(request: HttpRequest, key: UUID, owner: User, ticket: Ticket | None = None) -> list[str]:
    """Store the words and the files of a POST; return a sentence for every file that was refused."""
    now = timezone.now()
    words = {name: request.POST[name] for name in request.POST if name not in (TOKEN, "csrfmiddlewaretoken")}
    drafts.keep_words(key, by=owner, now=now, data=words)
    refusals = []
    for position, (name, upload) in enumerate(_files(request), start=1):
        try:
            uploads.require_count(position, clean_name(upload.name or ""))
            uploads.attach(upload, key=key, by=owner, now=now, ticket=ticket, requirement=_requirement(name))
        except Refused as error:
            refusals.append(str(error))
    return refusals


def _files(request: HttpRequest) -> list[tuple[str, Any]]:
    return [(name, upload) for name in request.FILES for upload in request.FILES.getlist(name)]


def _requirement(name: str) -> DocumentRequirement | None:
    """Return the data dukung a file input stands for; the plain input stands for none."""
    digits = name.removeprefix(NEED)
    known = name.startswith(NEED) and digits.isdecimal() and len(digits) < 19
    return DocumentRequirement.objects.filter(pk=int(digits)).first() if known else None
