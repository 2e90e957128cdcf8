"""The people of the demo LPSE application; nobody of these names is meant."""

from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.contrib.auth.models import User

from lpse_support.local.spse.settings import BASE_URL

# What the application says of each. The first has an account here; the second comes for the first time.
PEOPLE: dict[str, dict[str, Any]] = {
    "penyedia": {"name": "Wulan Rekaan", "email": "penyedia@contoh.example"},
    "penyedia.baru": {
        "name": "Gilang Karangan",
        "email": "penyedia.baru@contoh.example",
        "role": "PENYEDIA",
        "lpse": "sukamaju",
        "phone_number": "+6281200009001",
        "business_name": "CV Rekaan Baru",
        "business_form": "cv",
        "npwp": "9000000000009001",
        "nib": "9000000009001",
    },
    "ppk.baru": {"name": "Ratna Karangan", "email": "ppk.baru@contoh.example", "role": "PPK", "lpse": "sukamaju"},
    "belum.verifikasi": {
        "name": "Doni Karangan",
        "email": "belum.verifikasi@contoh.example",
        "role": "PENYEDIA",
        "email_verified": False,
    },
}


def subject(username: str) -> str:
    """Return by which this person is known for good."""
    return f"contoh-{username}"


class PeopleOfTheDemo(DefaultOIDCAdapter):  # type: ignore[misc]
    """Says of a person what stands above."""

    def get_issuer(self) -> str:
        return BASE_URL

    def get_claims(self, purpose: str, user: User, *args: Any, **kwargs: Any) -> dict[str, Any]:
        known = PEOPLE[user.username]
        return {"sub": subject(user.username), "preferred_username": user.username, "email_verified": True} | known

    def get_user_sub(self, client: Any, user: User) -> str:
        return subject(user.username)

    def get_user_by_sub(self, client: Any, sub: str) -> User | None:
        return next((user for user in User.objects.all() if subject(user.username) == sub), None)
