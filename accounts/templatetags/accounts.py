"""The ways in on the sign-in page."""

from django import template
from django.conf import settings

from accounts.demo import demo_accounts as accounts_of_the_demo

register = template.Library()


@register.simple_tag
def lpse_applications() -> list[tuple[str, str]]:
    """Return id and name of the LPSE applications that people can come in from (R08)."""
    return [(entry["id"], entry["name"]) for entry in settings.OIDC_PROVIDERS]


@register.inclusion_tag("account/_demo_accounts.html")
def demo_accounts() -> dict[str, object]:
    """List the accounts to try the product with; nothing outside demo mode."""
    if not settings.DEMO_MODE:
        return {}
    return {"demo_accounts": accounts_of_the_demo(), "demo_password": settings.DEMO_PASSWORD}
