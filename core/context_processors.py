"""What every page knows about its own look."""

from django.conf import settings
from django.http import HttpRequest

THEMES = ("light", "dark", "auto")


def look(request: HttpRequest) -> dict[str, str]:
    """Return the person's theme; "auto" is painted light until theme.js has asked the device."""
    theme = request.COOKIES.get(settings.THEME_COOKIE_NAME, THEMES[0])
    return {"theme": theme if theme in THEMES else THEMES[0]}
