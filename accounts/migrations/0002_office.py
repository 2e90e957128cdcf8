"""The office as the decree names it (R02, R06, R42, R43, R46); an operator may change every word of it."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def add_office(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("accounts", "Office").objects.create(
        name="Direktorat Pengembangan Sistem Pengadaan Secara Elektronik",
        parent_name="Lembaga Kebijakan Pengadaan Barang/Jasa Pemerintah",
        address="Kompleks Rasuna Epicentrum, Jalan Epicentrum Tengah Lot 11B, Jakarta Selatan 12940",
        decree="26 TAHUN 2022",
        call_number="144",
        landline="+622129935577",
        letter_addressee=(
            "Deputi Bidang Monitoring-Evaluasi dan Pengembangan Sistem Informasi\n"
            "Cq. Direktorat Pengembangan Sistem Pengadaan Secara Elektronik\n"
            "Lembaga Kebijakan Pengadaan Barang/Jasa Pemerintah\n"
            "Kompleks Rasuna Epicentrum\nJalan Epicentrum Tengah Lot 11B\nJakarta Selatan 12940"
        ),
        letter_url="https://eoffice.lkpp.go.id/persuratan",
        lapor_url="https://www.lapor.go.id",
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(add_office, migrations.RunPython.noop)]
