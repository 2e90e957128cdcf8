"""What every page knows about its own look."""

from django.http import HttpRequest

THEMES = ("light", "dark", "auto")
THEME_COOKIE = "theme"


def look(request: HttpRequest) -> dict[str, str]:
    """Return the person's theme; "auto" is painted light until theme.js has asked the device."""
    theme = request.COOKIES.get(THEME_COOKIE, THEMES[0])
    return {"theme": theme if theme in THEMES else THEMES[0]}
