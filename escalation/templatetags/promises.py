"""What the service promises, for pages that say it in a sentence."""

from django import template

from escalation.models import Promise

register = template.Library()


@register.simple_tag
def promised(code: str) -> str:
    """Return the limit under a clause as the standard words it: {% promised "R45" as limit %}."""
    return Promise.objects.get(code=code).public_words
