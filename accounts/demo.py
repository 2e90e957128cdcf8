"""The accounts to try the product with: one for each role, made by `seed_demo`."""

from django.utils.translation import gettext as _

from accounts.models import Reporter, Role, User

REPORTERS = ("penyedia", "penyedia2", "ppk", "pokja", "pp", "pakpa", "kuppbj", "auditor")
LPSE_STAFF = ("helpdesk.lpse", "verifikator", "adminppe", "adminagency", "helpdesk.lpse2")
TIERS_OF_LKPP = ("eproc", "eproc2", "teknis", "timteknis")
COUNTER = ("resepsionis", "konsultasi", "konsultasi2", "konsultasi3")
OTHERS_AT_LKPP = ("callcenter", "penyelia", "pengaduan")
OPERATOR = "operator"
USERNAMES = (*REPORTERS, *LPSE_STAFF, *TIERS_OF_LKPP, *COUNTER, *OTHERS_AT_LKPP, OPERATOR)


def demo_accounts() -> list[tuple[str, str, str]]:
    """Return username, name and role of the demo accounts that exist, in the order above; one query."""
    rows = User.objects.filter(username__in=USERNAMES).values_list(
        "username", "name", "duties__role", "duties__lpse__name", "reporter__kind"
    )
    found = {username: (name, _role(role, lpse, kind)) for username, name, role, lpse, kind in rows}
    return [(username, *found[username]) for username in USERNAMES if username in found]


def _role(role: str | None, lpse: str | None, kind: str | None) -> str:
    if role:
        return f"{Role(role).label}, {lpse or 'LKPP'}"
    return str(Reporter.Kind(kind).label) if kind else _("Operator (/admin/)")
