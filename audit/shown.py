"""The data of an entry in people's words."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import DAYS, long_day, short_date

DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(rf"{DAY.pattern}T\d\d:\d\d.*[+-]\d\d:\d\d")
BEFORE, AFTER = "before", "after"
NOTHING = "–"
LABELS = {
    "address": gettext_lazy("Alamat"),
    "answer": gettext_lazy("Jawaban"),
    "body": gettext_lazy("Isi"),
    "business_form": gettext_lazy("Bentuk usaha"),
    "business_name": gettext_lazy("Nama badan usaha"),
    "call": gettext_lazy("Panggilan"),
    "call_number": gettext_lazy("Nomor Call Center"),
    "calls": gettext_lazy("Panggilan"),
    "category": gettext_lazy("Kategori"),
    "closes": gettext_lazy("Tutup"),
    "code": gettext_lazy("Kode"),
    "count": gettext_lazy("Jumlah"),
    "day": gettext_lazy("Tanggal"),
    "decree": gettext_lazy("Nomor SK"),
    "earns_entitlement": gettext_lazy("Memberi Prioritas Kompensasi"),
    "email": gettext_lazy("Surel"),
    "ends_on": gettext_lazy("Sampai dengan"),
    "error": gettext_lazy("Galat"),
    "filters": gettext_lazy("Saringan"),
    "first_day": gettext_lazy("Hari pertama"),
    "institution": gettext_lazy("Instansi"),
    "is_active": gettext_lazy("Aktif"),
    "is_tentative": gettext_lazy("Perkiraan"),
    "kept": gettext_lazy("Dipertahankan"),
    "kind": gettext_lazy("Jenis"),
    "landline": gettext_lazy("Telepon"),
    "lapor_app_url": gettext_lazy("LAPOR! di App Store"),
    "lapor_play_url": gettext_lazy("LAPOR! di Play Store"),
    "lapor_url": gettext_lazy("Alamat LAPOR!"),
    "last_day": gettext_lazy("Hari terakhir"),
    "letter": gettext_lazy("Nomor surat penugasan"),
    "letter_addressee": gettext_lazy("Tujuan surat pengaduan"),
    "letter_url": gettext_lazy("Alamat e-Office"),
    "limit": gettext_lazy("Batas"),
    "lpse": gettext_lazy("LPSE"),
    "merged": gettext_lazy("Digabung"),
    "method": gettext_lazy("Yang dicoba"),
    "methods": gettext_lazy("Cara masuk"),
    "moved": gettext_lazy("Batas waktu yang bergeser"),
    "name": gettext_lazy("Nama"),
    "needs_nib": gettext_lazy("Memerlukan NIB"),
    "needs_nip": gettext_lazy("Memerlukan NIP"),
    "needs_package_code": gettext_lazy("Memerlukan kode paket"),
    "needs_spse_version": gettext_lazy("Memerlukan versi SPSE"),
    "nib": gettext_lazy("NIB"),
    "nip": gettext_lazy("NIP"),
    "npwp": gettext_lazy("NPWP"),
    "opens": gettext_lazy("Buka"),
    "parent_name": gettext_lazy("Lembaga"),
    "phone": gettext_lazy("Nomor telepon"),
    "position": gettext_lazy("Urutan"),
    "question": gettext_lazy("Pertanyaan"),
    "reason": gettext_lazy("Alasan"),
    "remind_days": gettext_lazy("Pengingat bagi pelapor (hari kerja ke-)"),
    "requirements": gettext_lazy("Data dukung"),
    "role": gettext_lazy("Tugas"),
    "rows": gettext_lazy("Baris"),
    "sha256": gettext_lazy("Sidik berkas"),
    "source": gettext_lazy("Sumber"),
    "spse_user_id": gettext_lazy("User ID SPSE"),
    "spse_version": gettext_lazy("Versi SPSE"),
    "starts_on": gettext_lazy("Berlaku mulai"),
    "status": gettext_lazy("Jawaban sistem"),
    "suggested_role": gettext_lazy("Peran yang disarankan"),
    "tickets": gettext_lazy("Tiket"),
    "time_zone": gettext_lazy("Zona waktu"),
    "title": gettext_lazy("Judul"),
    "unit": gettext_lazy("Unit"),
    "username": gettext_lazy("Nama pengguna"),
    "virus": gettext_lazy("Virus"),
    "visits": gettext_lazy("Kunjungan"),
    "warn_percents": gettext_lazy("Peringatan bagi petugas (persen)"),
    "warns_last_morning": gettext_lazy("Ingatkan pada pagi hari kerja terakhir"),
    "weekday": gettext_lazy("Hari"),
    "what": gettext_lazy("Perubahan"),
    "why": gettext_lazy("Alasan"),
    "work_unit": gettext_lazy("Satuan kerja"),
    "years": gettext_lazy("Lebih lama dari (tahun)"),
}
# What stands in the data, under the name it stands there.
VALUES: dict[tuple[str, Any], Any] = {
    ("kind", "joint_leave"): gettext_lazy("Cuti bersama"),
    ("kind", "local"): gettext_lazy("Hari libur daerah"),
    ("kind", "national"): gettext_lazy("Hari libur nasional"),
    ("method", "GET"): gettext_lazy("Membuka halaman"),
    ("method", "POST"): gettext_lazy("Mengirim formulir"),
    ("method", "mfa"): gettext_lazy("Verifikasi dua langkah"),
    ("methods", "mfa"): gettext_lazy("Verifikasi dua langkah"),
    ("methods", "password"): gettext_lazy("Kata sandi"),
    ("methods", "socialaccount"): gettext_lazy("Aplikasi LPSE"),
    ("status", 403): gettext_lazy("Tidak berhak"),
    ("status", 404): gettext_lazy("Tidak ditemukan, atau bukan haknya"),
    **{("weekday", number): name for number, name in enumerate(DAYS)},
}


@dataclass(frozen=True)
class Change:
    """One thing that was changed, before and after."""

    label: str
    before: str
    after: str

    @property
    def is_real(self) -> bool:
        """Whether it differs at all: what stayed is told beside what changed."""
        return self.before != self.after


def label_of(name: str) -> str:
    """Return a name as people say it; of a related row, what it is a name of."""
    plain = name.removeprefix("hours__").removesuffix("__code").removesuffix("_id")
    return str(LABELS.get(plain, plain.replace("_", " ").capitalize()))


def facts_of(data: dict[str, Any]) -> list[tuple[str, str]]:
    """Return label and words of all that is no change."""
    return [(label_of(name), words(value, name)) for name, value in data.items() if name not in (BEFORE, AFTER)]


def changes_of(data: dict[str, Any]) -> list[Change]:
    """Return what was changed, each by its name where it has names, and after it what stayed."""
    if BEFORE not in data and AFTER not in data:
        return []
    before, after = data.get(BEFORE), data.get(AFTER)
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return [Change(_("Isi"), words(before), words(after))]
    told = [Change(label_of(n), words(before.get(n), n), words(after.get(n), n)) for n in before | after]
    return sorted(told, key=lambda change: not change.is_real)


def words(value: Any, name: str = "") -> str:
    """Return what a value of JSON says; lines of a list of rows stand below each other."""
    if value in (None, "", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return _("Ya") if value else _("Tidak")
    if isinstance(value, dict):
        return " · ".join(f"{label_of(key)}: {words(part, key)}" for key, part in value.items())
    if isinstance(value, list):
        between = "\n" if any(isinstance(part, dict) for part in value) else ", "
        return between.join(words(part, name) for part in value)
    said = VALUES.get((name.removeprefix("hours__"), value))
    return str(said) if said else _date_words(str(value))


def _date_words(text: str) -> str:
    """Return a date or moment of JSON as people write it, any other text as it is."""
    try:
        if DAY.fullmatch(text):
            return long_day(date.fromisoformat(text))
        if MOMENT.fullmatch(text):
            return short_date(datetime.fromisoformat(text), settings.TIME_ZONE)
    except (ValueError, OverflowError):
        pass
    return text
