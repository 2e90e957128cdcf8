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
from core.uploads import lose_file, lost_files
from tickets.models import Attachment, DocumentRequirement, Draft, RequestedItem, Ticket
from tickets.models.history import FORM_LENGTH
from tickets.services import drafts, uploads
from tickets.services.sniffing import ACCEPTED, KINDS, Refused, StorageFull, clean_name

SALT = "tickets.draft"
TOKEN = "draf"  # nosec B105 # the name of a field
REDRAW = "tampilkan"  # the button that shows a form again without judging it
NEED = "need_"  # names the file input of one data dukung: need_7
LETTER = "surat"  # names the file input of a letter, which is kept apart from what it encloses
ITEM = "item_"  # names the file input of one requested item: item_7
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


def drafted(request: HttpRequest, ticket: Ticket | None = None, *, form: str = "") -> "Drafted":
    """Return the draft behind the form of this request; a POST is stored before it is judged.

    `form` is the path the form is sent to, where that is not the path of its page. What was typed there and never
    sent comes back by itself.
    """
    owner = signed_in(request)
    if request.method != "POST":
        return _unsent(request, owner, ticket, form or request.path)
    sender = _sender(request)
    if sender and sender[1] != owner:
        _keep(request, *sender)
        messages.error(request, _("Formulir itu dibuka dengan akun lain. Isinya tersimpan untuk akun tersebut."))
        return Drafted(request, uuid4(), ticket=ticket)
    key = sender[0] if sender else uuid4()
    refusals = _keep(request, key, owner, ticket)
    if sender is None:
        refusals.insert(0, _("Formulir ini dibuka lebih dari 24 jam yang lalu. Periksa kembali, lalu kirim."))
    facts: dict[str, Any] = {"refusals": refusals, "judged": REDRAW not in request.POST, "form": way_back(request)}
    return Drafted(request, key, data=request.POST, ticket=ticket, **facts)


def _unsent(request: HttpRequest, owner: User, ticket: Ticket | None, path: str) -> "Drafted":
    """Return the draft a GET asks for or the last one of this form, else a new one."""
    kept = _find(request.GET.get(TOKEN, ""), owner) or drafts.find_unsent(path, by=owner, ticket=ticket)
    key, data = (kept.key, kept.data) if kept else (uuid4(), None)
    return Drafted(request, key, data=data, ticket=ticket, form=path)


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
        form: str = "",
    ) -> None:
        self.key, self.owner, self.data, self.ticket = key, signed_in(request), data, ticket
        self.refusals = refusals or []  # sentences; a form with any must be shown again
        self.judged = judged  # whether the person pressed send, so that the form may say what is wrong
        self.back = request.path
        self.path = form or request.path  # where the form is sent
        self.is_restored = data is not None and not request.POST
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
    def letter(self) -> list[Attachment]:
        """What was chosen as the letter itself."""
        kept = drafts.key_beside(self.key, LETTER)
        return list(Attachment.objects.filter(draft=kept, draft__owner=self.owner))

    @cached_property
    def room(self) -> int:
        """How many bytes may still be attached."""
        return max(uploads.room(self.key, self.ticket), 0)

    @property
    def can_attach(self) -> bool:
        return self.room > 0

    def form(self, form_class: Callable[..., F], **kwargs: Any) -> F:
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


def save_words(request: HttpRequest, form: str) -> bool:
    """Keep what is being typed; the signed token says whose it is, so an expired session loses nothing either."""
    sender = _sender(request)
    if sender is None:
        return False
    drafts.keep_words(sender[0], by=sender[1], now=timezone.now(), form=form, data=_words(request))
    return True


def keep_file(request: HttpRequest) -> Attachment:
    """Store the words of a form and the one file that comes ahead of it; raise Refused with a sentence.

    The signed token is the permission, so an expired session may still finish what it began.
    """
    sender = _sender(request)
    if sender is None:
        raise Refused(_("Halaman ini dibuka lebih dari 24 jam yang lalu. Muat ulang halaman, lalu unggah kembali."))
    key, owner = sender
    ticket = Ticket.objects.visible_to(owner).numbered(request.POST.get("tiket", "")).first()
    draft = _keep_words(request, key, owner)
    for refusal in _lost(request):
        raise refusal
    for name, upload in _files(request):
        uploads.require_count(draft.attachments.count() + 1, clean_name(upload.name or ""))
        return _attach(name, upload, key, owner, ticket)
    raise Refused(_("Berkas tidak sampai kepada kami. Unggah kembali."))


def _words(request: HttpRequest) -> dict[str, str]:
    left_out = (TOKEN, "csrfmiddlewaretoken", "files", "canned", "tiket")
    return {name: request.POST[name] for name in request.POST if not name.startswith((*left_out, NEED, ITEM))}


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
    _keep_words(request, key, owner)
    refusals = [str(refusal) for refusal in _lost(request)]
    for position, (name, upload) in enumerate(_files(request), start=1):
        try:
            uploads.require_count(position, clean_name(upload.name or ""))
            _attach(name, upload, key, owner, ticket)
        except Refused as error:
            refusals.append(str(error))
            if isinstance(error, StorageFull):
                lose_file(request, upload.name)
    return refusals


def _keep_words(request: HttpRequest, key: UUID, owner: User) -> Draft:
    form = way_back(request)[:FORM_LENGTH]
    return drafts.keep_words(key, by=owner, now=timezone.now(), form=form, data=_words(request))


def _attach(name: str, upload: Any, key: UUID, owner: User, ticket: Ticket | None) -> Attachment:
    """Store a file under what the name of its input says it answers; raise Refused."""
    need, item, now = _requirement(name), _item(name, ticket), timezone.now()
    key = drafts.key_beside(key, LETTER) if name == LETTER else key
    return uploads.attach(upload, key=key, by=owner, now=now, ticket=ticket, requirement=need, item=item)


def _lost(request: HttpRequest) -> list[Refused]:
    """Return a refusal for every file of a request that the disk had no room for."""
    return [uploads.named(StorageFull(), clean_name(name)) for name in lost_files(request)]


def _files(request: HttpRequest) -> list[tuple[str, Any]]:
    return [(name, upload) for name in request.FILES for upload in request.FILES.getlist(name)]


def _requirement(name: str) -> DocumentRequirement | None:
    """Return the data dukung a file input stands for; the plain input stands for none."""
    return DocumentRequirement.objects.filter(pk=_pk(name, NEED)).first()


def _item(name: str, ticket: Ticket | None) -> RequestedItem | None:
    """Return the item of this ticket's open request that a file input answers."""
    rows = RequestedItem.objects.filter(request__ticket=ticket, request__answered_at=None)
    return rows.filter(pk=_pk(name, ITEM)).first() if ticket else None


def _pk(name: str, prefix: str) -> int:
    """Return the key a field name ends in, or 0, which no row has."""
    digits = name.removeprefix(prefix)
    return int(digits) if name.startswith(prefix) and digits.isdecimal() and len(digits) < 19 else 0
