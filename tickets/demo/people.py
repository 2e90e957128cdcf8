"""The invented offices and people of the demo (people.json); nobody of these names is meant."""

import json
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.demo import OPERATOR
from accounts.models import Duty, Institution, Lpse, Reporter, User

SPSE_VERSION = "4.5"
FIRST_NPWP, FIRST_NIB, FIRST_NIP = 9_000_000_000_000_000, 9_000_000_000_000, 900_000_000_000_000_000


def make_people(password: str) -> dict[str, User]:
    """Make the offices and everybody in them, all with one password; return the people by username."""
    data = json.loads(Path(__file__).with_name("people.json").read_text(encoding="utf-8"))
    offices = {
        code: Lpse.objects.create(code=code, name=name, time_zone=zone, spse_version=SPSE_VERSION)
        for code, (name, zone) in data["lpse"].items()
    }
    institutions = {
        name: Institution.objects.create(name=name, kind=kind) for name, kind in data["institutions"].items()
    }
    secret = make_password(password)
    people = {
        person["username"]: User(
            username=person["username"], name=person["name"], email=_email(person), password=secret
        )
        for person in data["people"]
    }
    User.objects.bulk_create(people.values())
    for serial, person in enumerate(data["people"], start=1):
        user, office = people[person["username"]], None
        if duty := person.get("duty"):
            office = offices.get(duty[1])
            Duty.objects.create(user=user, role=duty[0], lpse=office)
        if facts := person.get("reporter"):
            institution = institutions.get(facts.pop("institution", ""))
            Reporter.objects.create(
                user=user,
                name=user.name,
                email=user.email,
                institution=institution,
                lpse=office,
                **_numbers(serial, facts),
            )
    User.objects.create_superuser(OPERATOR, f"{OPERATOR}@contoh.example", password, name="Operator Contoh")
    return people


def _email(person: dict[str, Any]) -> str:
    return f"{person['username']}@contoh.example"


def _numbers(serial: int, facts: dict[str, str]) -> dict[str, str]:
    """Add invented numbers: telephone, and NPWP and NIB of a vendor or NIP of an official."""
    facts["phone"] = f"+62812{serial:08}"
    if facts["kind"] == Reporter.Kind.VENDOR:
        return facts | {"npwp": f"{FIRST_NPWP + serial}", "nib": f"{FIRST_NIB + serial}"}
    return facts | {"nip": f"{FIRST_NIP + serial}"}
