"""A whole and valid form for each address that takes one: what is refused is then the person or the state."""

from datetime import timedelta
from typing import Any

from tests.conftest import NOW

DAY = timedelta(days=1)
APPROVED = {"step": "approve", "reason": "Keputusan pimpinan."}
DAY_OFF = APPROVED | {"day": "30-11-2026", "name": "Libur", "kind": "national", "source": "SKB contoh"}
HOURS = APPROVED | {"day_0": "08.00-15.00"}
PERIOD = HOURS | {"name": "Ramadan", "first_day": "08-02-2027", "last_day": "09-03-2027"}
DUTY = {"role": "verifier", "starts_on": "", "ends_on": "31-12-2027", "letter": "ST-12/2026"}
NEWCOMER = {"name": "Rini Rekaan", "email": "rini@contoh.invalid", "username": "rini", "role": "receptionist"}
LPSE = {"name": "LPSE Kota Rekaan", "code": "rekaan", "time_zone": "Asia/Jayapura", "is_active": "on"}
INSTITUTION = {"name": "Kementerian Khayal", "kind": "ministry", "is_active": "on"}
OFFICE = {
    "name": "Direktorat Rekaan",
    "parent_name": "Lembaga Rekaan",
    "address": "Jalan Khayal 1",
    "decree": "1/2026",
    "call_number": "144",
    "landline": "021-1",
    "letter_addressee": "Deputi",
    "letter_url": "https://a.invalid/",
}
ENTRY = {"name": "Rekaan", "position": "3", "is_active": "on"}
VENDOR = {"name": "Wulan Rekaan", "email": "wulan@contoh.invalid", "phone": "0812-0000-0001", "spse_user_id": "wulan"}
VENDOR |= {"business_form": "cv", "business_name": "CV Rekaan 1"}
FORMS: dict[str, dict[str, Any]] = {
    "accounts:grant_duty": DUTY | {"person": "teknis2", "role": "tim_teknis"},
    "accounts:change_duty": DUTY,
    "accounts:add_person": DUTY | NEWCOMER,
    "accounts:add_office": LPSE,
    "accounts:change_office": LPSE | {"code": "sukamaju"},
    "accounts:add_institution": INSTITUTION,
    "accounts:change_institution": INSTITUTION,
    "accounts:change_main_office": OFFICE,
    "accounts:merges": {"text": "Wulan"},
    "tickets:add_category": ENTRY,
    "tickets:change_category": ENTRY,
    "tickets:add_application": ENTRY,
    "tickets:change_application": ENTRY,
    "tickets:save_view": {"query": "tampil=saya", "name": "Pagi"},
    "tickets:reply": {"kind": "reply", "text": "Sudah saya coba, belum berhasil."},
    "tickets:insert": {"kind": "reply", "text": "Yth. Ibu Wulan,"},
    "tickets:confirm_in_presence": {"how": "spoken", "comment": "Sudah dapat masuk."},
    "tickets:escalate": {"to": "4", "analysis": "Log server sudah diperiksa.", "line": "Kami teruskan."},
    "tickets:return": {"reason": "Dapat diselesaikan di sana."},
    "tickets:reassign": {"reason": "Sedang cuti."},
    "tickets:request_data": {"text": "Mohon lengkapi.", "items": "NIB", "reply_by": f"{NOW + DAY:%d-%m-%Y}"},
    "tickets:provide_data": {"text": "NIB sedang kami urus."},
    "tickets:resolve": {"solution": "Kosongkan tembolok, lalu masuk kembali."},
    "tickets:reject": {"reason": "Pesan yang sama masih muncul."},
    "tickets:rate": {"rating": "4"},
    "tickets:withdraw": {"reason": "Sudah dapat masuk."},
    "tickets:reopen": {"reason": "Muncul lagi hari ini."},
    "tickets:excuse": {"reason": "Gangguan jaringan nasional.", "evidence": "Berita acara nomor 12."},
    "tickets:save_draft": {"text": "Baru setengah"},
    "knowledge:texts": {"title": "Salam", "body": "Yth. {nama},"},
    "knowledge:change": {"title": "Salam", "body": "Yth. {nama},"},
    "consultations:ask_excuse": {"excuse": "documents", "note": "NIB tidak dibawa."},
    "privacy:file_claim": {"kind": "correction", "text": "NPWP saya salah."},
    "privacy:find_person": {"text": "Wulan"},
    "privacy:record_claim": {"kind": "erasure", "text": "Hapus data saya.", "proof": "KTP ditunjukkan."}
    | {"received_at_day": f"{NOW:%d-%m-%Y}", "received_at_hour": "09.00"},
    "privacy:correct": {"version": 1, "npwp": "1234567890123456"} | VENDOR,
    "privacy:finish": {"version": 1, "answer": "Sudah diperbaiki."},
    "privacy:erase": {"version": 1, "is_meant": "on"},
    "privacy:refuse": {"version": 1, "ground": "others", "answer": "Data milik orang lain."},
    "escalation:change_promise": {"limit": "4", "warn_percents": "50", "reason": "Keputusan pimpinan."},
    "escalation:add_holiday": DAY_OFF,
    "escalation:change_holiday": DAY_OFF,
    "escalation:delete_holiday": APPROVED,
    "escalation:change_usual_hours": HOURS,
    "escalation:change_hours": HOURS,
    "escalation:delete_hours": APPROVED,
    "escalation:add_period": PERIOD,
    "escalation:change_period": PERIOD,
    "escalation:delete_period": APPROVED,
}
