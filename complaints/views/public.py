"""The door for everybody: how to complain, a letter to print, and a form that needs no account (R42–R44, R46–R49)."""

from uuid import UUID, uuid4

from allauth.core import ratelimit
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit.models import AuditEntry
from audit.services import record
from complaints.forms.entry import PublicForm
from complaints.models import Complaint
from complaints.services import filing
from complaints.services.files import SENDER, public_sender
from complaints.sheets import receipt_context
from core.fsm import AlreadyDone
from core.requests import client_address
from core.uploads import lost_files
from tickets.models import Attachment
from tickets.services import uploads
from tickets.services.drafts import KEPT_FOR
from tickets.services.sniffing import ACCEPTED, KINDS, Refused, clean_name
from tracking.requests import kept_private
from tracking.services import make_access_code

SALT, TOKEN, REMOVE = "complaints.form", "formulir", "hapus"
LIMITS = {
    "accepted": ACCEPTED,
    "extensions": ",".join(KINDS),
    "bytes": settings.UPLOAD_FILE_BYTES,
    "at_once": settings.UPLOAD_FILES_AT_ONCE,
}
TRAP = "situs"  # people never see this field; programs that fill in everything do


@require_safe
def how(request: HttpRequest) -> HttpResponse:
    """Say how e-Office, LAPOR! and the form work, with the address to copy."""
    return render(request, "complaints/how.html")


@require_safe
def letter(request: HttpRequest) -> HttpResponse:
    """Print a letter that only has to be filled in and signed."""
    return render(request, "complaints/letter.html", {"now": timezone.now()})


@require_http_methods(["GET", "POST"])
def send(request: HttpRequest) -> HttpResponse:
    """Take a complaint of somebody without an account; words and files stay until it is complete."""
    key = _key_of(request)
    form = PublicForm(request.POST if request.method == "POST" else None)
    refusals = take_files(request, key) if request.method == "POST" else []
    files = list(Attachment.objects.filter(draft=key, draft__owner__username=SENDER))
    status = 200
    if request.method == "POST" and REMOVE not in request.POST:
        for sentence in refusals:
            form.add_error(None, sentence)
        if form.is_valid():
            status = _judge(request, form, has_files=bool(files) or Complaint.objects.filter(key=key).exists())
            if form.is_valid() and status == 200:
                return _file(request, form, key)
    elif REMOVE in request.POST:
        form.errors.clear()
    token = signing.dumps(key.hex, salt=SALT)
    context = {"form": form, "files": files, "token": token, "limits": LIMITS}
    return kept_private(render(request, "complaints/send.html", context, status=status))


def _key_of(request: HttpRequest) -> UUID:
    """Return the one-time key of this form, a new one where it has none of ours."""
    try:
        return UUID(signing.loads(request.POST.get(TOKEN, ""), salt=SALT, max_age=KEPT_FOR))
    except (signing.BadSignature, ValueError):
        return uuid4()


def take_files(request: HttpRequest, key: UUID) -> list[str]:
    """Keep the files that came with the form, or take one away again; return a sentence for each that was refused."""
    sender, now = public_sender(), timezone.now()
    gone = Attachment.objects.filter(draft=key, draft__owner=sender, pk__in=_pks(request.POST.get(REMOVE, "")))
    for attachment in gone:
        uploads.remove_file(attachment)
    refusals = [_("“%(name)s” belum terunggah. Unggah kembali.") % {"name": name} for name in lost_files(request)]
    for position, upload in enumerate(request.FILES.getlist("files"), start=1):
        try:
            uploads.require_count(position, clean_name(upload.name or ""))
            uploads.attach(upload, key=key, by=sender, now=now)
        except Refused as refusal:
            refusals.append(str(refusal))
    return refusals


def _pks(text: str) -> list[int]:
    return [int(text)] if text.isdecimal() and len(text) < 19 else []


def _judge(request: HttpRequest, form: PublicForm, *, has_files: bool) -> int:
    """Refuse programs, floods and complaints without evidence, each with a sentence; return the status."""
    said = form.cleaned_data
    if request.POST.get(TRAP):
        _note(request, "honeypot")
        form.add_error(None, _("Formulir tidak dapat dikirim. Kosongkan isian tersembunyi, lalu kirim kembali."))
    elif said["kind"] in Complaint.NEEDS_EVIDENCE and not has_files:
        form.add_error(None, _("Pengaduan dan keberatan harus disertai bukti. Lampirkan bukti, lalu kirim kembali."))
    elif not _is_within_limits(request, said["email"]):
        _note(request, "limit")
        form.add_error(None, _("Terlalu banyak pengaduan dari jaringan atau surel ini. Coba lagi satu jam lagi."))
        return 429
    return 200


def _is_within_limits(request: HttpRequest, email: str) -> bool:
    of_network: bool = ratelimit.consume(request, action="complaint")
    return of_network and (not email or bool(ratelimit.consume(request, action="complaint_to", key=email.casefold())))


def _note(request: HttpRequest, why: str) -> None:
    address = client_address(request)
    kind = AuditEntry.Kind.COMPLAINT_REFUSED
    record(kind, by=None, subject=request.path, address=address, now=timezone.now(), why=why)


@transaction.atomic
def _file(request: HttpRequest, form: PublicForm, key: UUID) -> HttpResponse:
    """Enter the complaint and show its number and code, once; a form sent twice shows the number only."""
    now = timezone.now()
    try:
        complaint = filing.file_complaint(by=None, now=now, key=key, facts=form.facts, named=form.parties)
        code = make_access_code(complaint.number, by=None, now=now, address=client_address(request))
    except AlreadyDone:
        complaint, code = Complaint.objects.get(key=key), ""
    context = receipt_context(complaint, code=code, now=now)
    return kept_private(render(request, "complaints/sent.html", context))
