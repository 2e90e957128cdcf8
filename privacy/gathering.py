"""Everything that is stored about one person, part by part (UU 27/2022 art. 32).

Never in it: internal notes, secrets, names of other people, and complaints, which belong to no account.
"""

from functools import partial

from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import AuditEntry
from callcenter.models import Call
from consultations.models import Visit
from core.templatetags.desk import phone
from escalation.models import Entitlement
from notifications.models import Notification
from privacy.models import DataClaim
from privacy.sections import Person, Section
from tickets.models import Attachment, Draft, RequestedItem, TicketEvent

Kind = AuditEntry.Kind
OWN_ACTS = (Kind.SIGN_IN, Kind.SIGN_OUT, Kind.DATA_DOWNLOADED)
SEEN = (Kind.FILE_READ, Kind.FILE_INFECTED, Kind.TICKET_LOOKED_UP, Kind.TRACKED)
BATCH = 200  # numbers in one question


def sections_of(user: User) -> list[Section]:
    """Return all parts in the order in which they are read."""
    person = Person(user, user.own_reporter)
    doors = [_visits(person), _calls(person), _priorities(person), _claims(person)]
    return [*_account(person), *_cases(person), *doors, *_messages(person), *_trail(person)]


def _account(person: Person) -> list[Section]:
    user = person.user
    told = SocialAccount.objects.filter(user=user).order_by("pk")
    sessions = UserSession.objects.filter(user=user).order_by("pk")
    account = {
        "username": (_("Nama pengguna"), lambda row: row.username),
        "name": (_("Nama"), lambda row: row.name),
        "email": (_("Surel"), lambda row: row.email),
        "joined_at": (_("Akun dibuat"), lambda row: row.date_joined),
        "last_sign_in_at": (_("Terakhir masuk"), lambda row: row.last_login),
        "duties": (_("Tugas"), lambda row: [str(duty) for duty in row.duties.select_related("lpse").order_by("pk")]),
    }
    connected = {
        "provider": (_("Aplikasi LPSE"), lambda row: row.provider),
        "subject": (_("Nomor pengguna di sana"), lambda row: row.uid),
        "last_sign_in_at": (_("Terakhir masuk"), lambda row: row.last_login),
    }
    places = {
        "since": (_("Sejak"), lambda row: row.created_at),
        "seen_at": (_("Terakhir dipakai"), lambda row: row.last_seen_at),
        "address": (_("Alamat jaringan"), lambda row: row.ip),
        "browser": (_("Peramban"), lambda row: row.user_agent),
    }
    return [
        Section("account", _("Akun"), [user], account),
        _identity(person),
        Section("connected", _("Akun aplikasi LPSE"), told, connected),
        Section("sessions", _("Sesi masuk"), sessions, places),
    ]


def _identity(person: Person) -> Section:
    columns = {
        "kind": (_("Jenis pelapor"), lambda row: row.get_kind_display()),
        "name": (_("Nama"), lambda row: row.name),
        "email": (_("Surel"), lambda row: row.email),
        "phone": (_("Nomor telepon"), lambda row: phone(row.phone)),
        "spse_user_id": (_("User ID SPSE"), lambda row: row.spse_user_id),
        "business_form": (_("Bentuk usaha"), lambda row: row.get_business_form_display()),
        "business_name": (_("Nama badan usaha"), lambda row: row.business_name),
        "npwp": (_("NPWP"), lambda row: row.npwp),
        "nib": (_("NIB"), lambda row: row.nib),
        "institution": (_("Instansi"), lambda row: str(row.institution or "")),
        "work_unit": (_("Satuan kerja"), lambda row: row.work_unit),
        "nip": (_("NIP"), lambda row: row.nip),
        "lpse": (_("LPSE"), lambda row: str(row.lpse or "")),
    }
    return Section("identity", _("Identitas pelapor"), [person.reporter] if person.reporter else [], columns)


def _cases(person: Person) -> list[Section]:
    tickets = person.tickets.select_related("lpse", "application", "subcategory__category").order_by("pk")
    facts = {
        "number": (_("Nomor tiket"), lambda row: row.number),
        "filed_at": (_("Dibuat"), lambda row: row.filed_at),
        "status": (_("Status"), lambda row: row.get_status_display()),
        "channel": (_("Jalur"), lambda row: row.get_channel_display()),
        "lpse": (_("LPSE"), lambda row: row.lpse.name),
        "application": (_("Aplikasi"), lambda row: row.application.name),
        "category": (_("Kategori"), lambda row: str(row.subcategory)),
        "type": (_("Jenis tiket"), lambda row: row.get_type_display()),
        "title": (_("Judul"), lambda row: row.title),
        "description": (_("Uraian"), lambda row: row.description),
        "package_code": (_("Kode paket"), lambda row: row.package_code),
        "error_code": (_("Kode error"), lambda row: row.error_code),
        "spse_version": (_("Versi SPSE"), lambda row: row.spse_version),
        "occurred_at": (_("Terjadi"), lambda row: row.occurred_at),
        "stage_deadline_at": (_("Tenggat tahapan"), lambda row: row.stage_deadline_at),
        "promised_at": (_("Batas tanggap"), lambda row: row.promised_at),
        "closed_at": (_("Ditutup"), lambda row: row.closed_at),
        "close_reason": (_("Cara ditutup"), lambda row: row.get_close_reason_display()),
        "rating": (_("Penilaian"), lambda row: row.get_rating_display() if row.rating else ""),
    }
    return [Section("tickets", _("Tiket"), tickets, facts), _texts(person), _answers(person), _files(person)]


def _texts(person: Person) -> Section:
    def writer(event: TicketEvent) -> str:
        if event.actor_id is None:
            return _("Sistem")
        if event.actor_id in person.accounts:
            return _("Anda")
        return str(event.get_actor_role_display()) or _("Rekan Anda")

    columns = {
        "number": (_("Nomor tiket"), lambda row: row.ticket.number),
        "at": (_("Waktu"), lambda row: row.at),
        "by": (_("Oleh"), writer),
        "kind": (_("Kejadian"), lambda row: row.get_kind_display()),
        "text": (_("Isi"), lambda row: row.body),
    }
    return Section("history", _("Riwayat tiket"), person.events.select_related("ticket").order_by("pk"), columns)


def _answers(person: Person) -> Section:
    asked = RequestedItem.objects.filter(request__ticket__in=person.tickets.values("pk"))
    columns = {
        "number": (_("Nomor tiket"), lambda row: row.request.ticket.number),
        "asked": (_("Yang diminta"), lambda row: row.name),
        "answer": (_("Jawaban"), lambda row: row.get_state_display()),
        "reason": (_("Alasan"), lambda row: row.reason),
    }
    return Section("feedback", _("Kelengkapan data"), asked.select_related("request__ticket").order_by("pk"), columns)


def files_of(person: Person) -> "QuerySet[Attachment]":
    """Return what the person sent, what was scanned for them at the counter, and what waits in their drafts."""
    brought = (TicketEvent.Kind.FILED, TicketEvent.Kind.DATA_PROVIDED)
    sent = Q(event__actor__in=person.accounts, event__actor_role="")
    scanned = Q(event__ticket__in=person.tickets.values("pk"), event__kind__in=brought, event__is_public=True)
    visits = Visit.objects.filter(reporter__user=person.user, draft_key__isnull=False).values("draft_key")
    unsent = Q(draft__in=[draft.pk for draft in drafts_of(person)]) | Q(draft__in=visits)
    return Attachment.objects.filter(sent | scanned | unsent).select_related("event__ticket").order_by("pk")


def _files(person: Person) -> Section:
    columns = {
        "name": (_("Nama berkas"), lambda row: row.name),
        "number": (_("Nomor tiket"), lambda row: row.event.ticket.number if row.event else ""),
        "uploaded_at": (_("Diunggah"), lambda row: row.uploaded_at),
        "bytes": (_("Ukuran (bita)"), lambda row: row.size),
        "sha256": (_("Sidik berkas"), lambda row: row.sha256),
        "scan": (_("Pemeriksaan virus"), lambda row: row.get_scan_display()),
        "path": (_("Dalam unduhan ini"), path_of),
    }
    return Section("files", _("Berkas"), files_of(person), columns)


def path_of(file: Attachment) -> str:
    """Return where a file lies in the download; "" for one that nobody may open."""
    return "" if file.is_infected or file.is_being_scanned or not file.file else f"berkas/{file.pk}-{file.name}"


def drafts_of(person: Person) -> list[Draft]:
    """Return what they typed and have not sent: a new ticket, or on a ticket of their own."""
    shared = person.shared.values_list("ticket__number", flat=True)
    known = {*person.numbers, *shared}
    kept = Draft.objects.visible_to(person.user).order_by("changed_at")
    return [each for each in kept if each.form == reverse("tickets:file") or known & set(each.form.split("/"))]


def _visits(person: Person) -> Section:
    rows = Visit.objects.filter(reporter__user=person.user).select_related("purpose").order_by("pk")
    columns = {
        "number": (_("Nomor buku tamu"), lambda row: row.number),
        "state": (_("Keadaan"), lambda row: row.get_state_display()),
        "arrived_at": (_("Datang"), lambda row: row.arrived_at),
        "started_at": (_("Konsultasi dimulai"), lambda row: row.started_at),
        "ended_at": (_("Selesai"), lambda row: row.ended_at),
        "organisation": (_("Badan usaha atau instansi"), lambda row: row.organisation),
        "phone": (_("Nomor telepon"), lambda row: phone(row.phone)),
        "email": (_("Surel"), lambda row: row.email),
        "purpose": (_("Keperluan"), lambda row: row.purpose.name),
        "problem": (_("Uraian"), lambda row: row.problem),
        "error_code": (_("Kode error"), lambda row: row.error_code),
        "ticket": (_("Nomor tiket"), lambda row: row.ticket_number),
        "is_vulnerable": (_("Kelompok rentan"), lambda row: row.is_vulnerable),
        "is_compensated": (_("Didahulukan"), lambda row: row.is_compensated),
    }
    return Section("visits", _("Kunjungan ke loket"), rows, columns)


def _calls(person: Person) -> Section:
    rows = Call.objects.filter(reporter__user=person.user).select_related("category").order_by("pk")
    columns = {
        "number": (_("Nomor catatan"), lambda row: row.number),
        "started_at": (_("Mulai"), lambda row: row.started_at),
        "seconds": (_("Lama (detik)"), lambda row: row.duration_seconds),
        "outcome": (_("Hasil"), lambda row: row.get_outcome_display()),
        "phone": (_("Nomor telepon"), lambda row: phone(row.from_phone)),
        "name": (_("Nama"), lambda row: row.caller_name),
        "organisation": (_("Badan usaha atau instansi"), lambda row: row.organisation),
        "category": (_("Kategori"), lambda row: str(row.category or "")),
        "question": (_("Pertanyaan"), lambda row: row.question),
        "answer": (_("Jawaban"), lambda row: row.answer),
    }
    return Section("calls", _("Panggilan ke Call Center"), rows, columns)


def _priorities(person: Person) -> Section:
    rows = Entitlement.objects.filter(reporter__user=person.user).order_by("pk")
    columns = {
        "case": (_("Karena"), lambda row: row.case),
        "granted_at": (_("Diberikan"), lambda row: row.granted_at),
        "redeemed_at": (_("Digunakan"), lambda row: row.redeemed_at),
        "redeemed_case": (_("Digunakan untuk"), lambda row: row.redeemed_case),
        "withdrawn_at": (_("Ditarik"), lambda row: row.withdrawn_at),
    }
    return Section("priorities", _("Prioritas Kompensasi"), rows, columns)


def _claims(person: Person) -> Section:
    rows = DataClaim.objects.of(person.user).order_by("pk")
    columns = {
        "number": (_("Nomor permohonan"), lambda row: row.number),
        "kind": (_("Permohonan"), lambda row: row.get_kind_display()),
        "filed_at": (_("Diajukan"), lambda row: row.filed_at),
        "text": (_("Uraian"), lambda row: row.text),
        "state": (_("Keadaan"), lambda row: row.get_state_display()),
        "answered_at": (_("Dijawab"), lambda row: row.answered_at),
        "ground": (_("Dasar penolakan"), lambda row: row.get_ground_display()),
        "answer": (_("Jawaban"), lambda row: row.answer),
    }
    return Section("claims", _("Permohonan data"), rows, columns)


def _messages(person: Person) -> list[Section]:
    told = Notification.objects.visible_to(person.user).outside_complaints().order_by("pk")
    columns = {
        "at": (_("Waktu"), lambda row: row.at),
        "kind": (_("Jenis"), lambda row: row.kind),
        "number": (_("Nomor"), lambda row: row.case),
        "letter": (_("Surel"), lambda row: row.fate.label),
        "sent_at": (_("Surel dikirim"), lambda row: row.sent_at),
        "read_at": (_("Dibaca"), lambda row: row.read_at),
    }
    typed = {
        "form": (_("Halaman"), lambda row: row.form),
        "changed_at": (_("Terakhir diubah"), lambda row: row.changed_at),
        "words": (_("Isi"), lambda row: [text for text in row.data.values() if isinstance(text, str) and text]),
    }
    return [
        Section("notifications", _("Pemberitahuan"), told, columns),
        Section("drafts", _("Draf yang belum dikirim"), drafts_of(person), typed),
    ]


def _trail(person: Person) -> list[Section]:
    acts = AuditEntry.objects.filter(actor=person.user, kind__in=OWN_ACTS).order_by("pk")
    own = {
        "at": (_("Waktu"), lambda row: row.at),
        "kind": (_("Kejadian"), lambda row: row.get_kind_display()),
        "address": (_("Alamat jaringan"), lambda row: row.address),
    }
    by_others = {
        "at": (_("Waktu"), lambda row: row.at),
        "kind": (_("Kejadian"), lambda row: row.get_kind_display()),
        "object": (_("Objek"), lambda row: row.subject),
        "by": (_("Oleh"), _reader),
    }
    return [
        Section("sign_ins", _("Masuk dan keluar"), acts, own),
        Section("processing", _("Siapa membuka berkas dan tiket Anda"), partial(_seen, person), by_others),
    ]


def _seen(person: Person) -> list[AuditEntry]:
    """Return who else opened their tickets and files, oldest first; the number leads the subject."""
    rows = AuditEntry.objects.filter(kind__in=SEEN).exclude(actor=person.user)
    rows = rows.select_related("actor").prefetch_related("actor__duties__lpse")
    found: dict[int, AuditEntry] = {}
    for start in range(0, len(person.numbers), BATCH):
        about = Q(*(("subject__istartswith", n) for n in person.numbers[start : start + BATCH]), _connector=Q.OR)
        found |= {entry.pk: entry for entry in rows.filter(about)}
    return [found[pk] for pk in sorted(found)]


def _reader(entry: AuditEntry) -> str:
    """Return as what somebody opened it, not who: officers are people too."""
    if entry.actor is None:
        return _("Tanpa akun")
    return ", ".join(str(duty) for duty in entry.actor.duties.all()) or _("Pemegang akun")
