"""What an agent reads aloud about a ticket, once the caller may hear it: a sentence or two for every state (A21)."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from core.dates import local, long_day
from escalation.tiers import Tier
from tickets.journey import Journey
from tickets.models import Ticket, TicketEvent
from tickets.services.closing import REOPEN_FOR
from tickets.services.feedback import open_request

Kind = TicketEvent.Kind
Reason = Ticket.CloseReason
ANSWERS = (Kind.REPLIED, Kind.RESOLVED, Kind.DATA_REQUESTED)
ZONES = {"WIB": "Waktu Indonesia Barat", "WITA": "Waktu Indonesia Tengah", "WIT": "Waktu Indonesia Timur"}
LONG_DIGITS = re.compile(r"\d(?:[ .\-]?\d){14,}")  # an NPWP, NIK or NIP, however it is written
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
MOST_SENTENCES, LONGEST_ANSWER = 2, 300


@dataclass(frozen=True)
class ReadOut:
    """The words after "Bapak/Ibu …, tiket nomor …": how it stands, what we owe, what the caller should do."""

    status: str
    promise: str
    expected: str
    answer: TicketEvent | None

    @property
    def answer_words(self) -> str:
        """The last public answer, short enough to be read aloud, without numbers that tell who somebody is."""
        return shortened(self.answer.body) if self.answer else ""


def read_out(journey: Journey) -> ReadOut:
    """Return what may be said about a ticket now."""
    ticket = journey.ticket
    public = ticket.events.filter(kind__in=ANSWERS, is_public=True).exclude(actor_role="").exclude(body="")
    answer = public.order_by("-pk").first()
    if ticket.is_closed:
        return ReadOut(_how_it_ended(ticket), _sorry(journey), _after_the_end(journey), answer)
    if ticket.awaits_data:
        return ReadOut(_waits_for_data(journey), "", _what_to_send(journey), answer)
    if ticket.awaits_confirmation:
        return ReadOut(_was_solved(journey), _sorry(journey), _what_to_confirm(journey), answer)
    return ReadOut(_where(journey), _what_we_owe(journey, answer), _nothing_to_do(ticket), answer)


def holder_of(ticket: Ticket) -> str:
    """Return who has it, as it is said to somebody outside: "Helpdesk Teknis LKPP", "LPSE Kabupaten …"."""
    return ticket.lpse.name if ticket.tier == Tier.LPSE else f"{ticket.place} LKPP"


def spoken_day(at: datetime, zone: str) -> str:
    """Return e.g. "hari Rabu, 25 November 2026"."""
    return _("hari %(day)s") % {"day": long_day(local(at, zone))}


def spoken_date(at: datetime, zone: str) -> str:
    """Return e.g. "hari Rabu, 25 November 2026 pukul 16.00 Waktu Indonesia Barat"."""
    here = local(at, zone)
    return f"{spoken_day(at, zone)} pukul {here:%H.%M} {ZONES.get(here.tzname() or '', here.tzname())}"


def without_ids(text: str) -> str:
    """Hide every number as long as an NPWP or NIK (A21)."""
    return LONG_DIGITS.sub("••••", text)


def shortened(text: str) -> str:
    """Return the first two sentences of an answer, at most some twenty seconds of reading."""
    sentences = SENTENCE_END.split(without_ids(text).strip())
    words = " ".join([sentence.strip() for sentence in sentences if sentence.strip()][:MOST_SENTENCES])
    return words if len(words) <= LONGEST_ANSWER else f"{words[:LONGEST_ANSWER].rsplit(' ', 1)[0]} …"


def _where(journey: Journey) -> str:
    ticket = journey.ticket
    facts = {"holder": holder_of(ticket), "day": spoken_day(ticket.entered_at, journey.zone)}
    if ticket.is_in_progress:
        return _("saat ini ditangani %(holder)s sejak %(day)s.") % facts
    return _("saat ini berada di %(holder)s sejak %(day)s dan menunggu diambil petugas.") % facts


def _what_we_owe(journey: Journey, answer: TicketEvent | None) -> str:
    """Return the promise that runs or is broken, that to the caller first; else when we have answered."""
    first = journey.promise
    due = first if first and first.is_running else journey.due
    if due and journey.now > due.due_at:
        late = _("Mohon maaf, batas tanggap kami, %(date)s, telah lewat.")
        return f"{late % {'date': spoken_date(due.due_at, journey.zone)}} {_priority(journey)}".strip()
    if due:
        when = _("Kami menanggapi paling lambat %(date)s.") % {"date": spoken_date(due.due_at, journey.zone)}
        return f"{when} {_sorry(journey)}".strip()
    if answer and answer.at >= journey.ticket.entered_at:
        told = _("Kami telah menanggapi pada %(day)s, dan penanganannya berlanjut.")
        return f"{told % {'day': spoken_day(answer.at, journey.zone)}} {_sorry(journey)}".strip()
    return _sorry(journey)


def _sorry(journey: Journey) -> str:
    """Own up to a first response that came late and is not excused."""
    first = journey.promise
    if first is None or not first.is_breached or first.is_excused:
        return ""
    return f"{_('Mohon maaf, tanggapan kami melewati batas waktu.')} {_priority(journey)}".strip()


def _priority(journey: Journey) -> str:
    owed = journey.earned
    if owed is None or owed.redeemed_at or owed.withdrawn_at:
        return ""
    return _("Bapak/Ibu memperoleh prioritas untuk pelayanan berikutnya.")


def _nothing_to_do(ticket: Ticket) -> str:
    if ticket.tier == Tier.LPSE:
        here = _("Tindak lanjutnya dapat Bapak/Ibu tanyakan langsung kepada %(lpse)s.")
        return here % {"lpse": ticket.lpse.name}
    return _("Saat ini tidak ada yang perlu Bapak/Ibu lakukan.")


def _door(ticket: Ticket) -> str:
    """Return where the caller acts on the ticket: people without an account have no page to sign in to."""
    if ticket.at_counter:
        return _("kepada Petugas Konsultasi atau melalui halaman Lacak Tiket")
    if ticket.reporter.is_visitor:
        return _("melalui halaman Lacak Tiket dengan nomor tiket dan kode akses")
    return _("melalui halaman tiket di LPSE Support")


def _waits_for_data(journey: Journey) -> str:
    facts = {"holder": holder_of(journey.ticket), "day": spoken_day(_since(journey), journey.zone)}
    return _("menunggu kelengkapan data dari Bapak/Ibu sejak %(day)s, atas permintaan %(holder)s.") % facts


def _since(journey: Journey) -> datetime:
    """Return when the reporter's turn began."""
    return (journey.legs[-1].left_at if journey.legs else None) or journey.ticket.changed_at


def _what_to_send(journey: Journey) -> str:
    asked = open_request(journey.ticket)
    items = [without_ids(item.name) for item in asked.items.all()] if asked else []
    day = long_day(asked.reply_by) if asked else ""
    listed = _(" dan ").join(filter(None, [", ".join(items[:-1]), *items[-1:]]))
    facts = {"items": listed, "day": day, "door": _door(journey.ticket)}
    wanted = _("Mohon lengkapi %(items)s %(door)s, paling lambat hari %(day)s.") % facts
    return f"{wanted} {_closes(journey, _('Tanpa jawaban sampai %(date)s, tiket ditutup otomatis.'))}".strip()


def _closes(journey: Journey, words: str) -> str:
    """Say when silence closes the ticket, while that lies ahead."""
    wait = journey.wait
    return words % {"date": spoken_date(wait.due_at, journey.zone)} if wait and journey.now <= wait.due_at else ""


def _was_solved(journey: Journey) -> str:
    facts = {"holder": holder_of(journey.ticket), "day": spoken_day(_since(journey), journey.zone)}
    return _("telah diberi solusi oleh %(holder)s pada %(day)s dan menunggu konfirmasi Bapak/Ibu.") % facts


def _what_to_confirm(journey: Journey) -> str:
    wanted = _("Mohon periksa solusinya, lalu konfirmasi penutupan tiket atau nyatakan belum selesai %(door)s.")
    words = _("Tanpa konfirmasi sampai %(date)s, tiket ditutup otomatis.")
    return f"{wanted % {'door': _door(journey.ticket)}} {_closes(journey, words)}".strip()


def _how_it_ended(ticket: Ticket) -> str:
    endings = {
        Reason.CONFIRMED: _("telah ditutup pada %(day)s setelah Bapak/Ibu mengonfirmasi penyelesaiannya."),
        Reason.UNCONFIRMED: _("telah ditutup otomatis pada %(day)s karena solusinya tidak dikonfirmasi."),
        Reason.NO_DATA: _("telah ditutup pada %(day)s karena data yang diminta tidak dilengkapi."),
        Reason.WITHDRAWN: _("telah dibatalkan pada %(day)s atas permintaan Bapak/Ibu."),
    }
    day = spoken_day(ticket.closed_at or ticket.changed_at, ticket.zone)
    return endings[Reason(ticket.close_reason)] % {"day": day}


def _after_the_end(journey: Journey) -> str:
    ticket = journey.ticket
    until = (ticket.closed_at or journey.now) + REOPEN_FOR
    if until - journey.now <= timedelta():
        return _("Bila permasalahan muncul lagi, silakan membuat tiket baru.")
    facts = {"door": _door(ticket), "day": spoken_day(until, journey.zone)}
    return _("Bila permasalahan belum selesai, tiket dapat dibuka kembali %(door)s sampai %(day)s.") % facts
