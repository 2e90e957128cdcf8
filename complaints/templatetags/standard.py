"""How the office's texts are drawn: headings, numbered points and paragraphs, nothing else."""

import re
from itertools import groupby
from typing import Any

from django import template
from django.template.defaultfilters import urlize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
POINT = re.compile(r"\d+\.\s+")
HEADING = "## "


def _kind(line: str) -> str:
    if not line:
        return "gap"
    if line.startswith(HEADING):
        return "heading"
    return "point" if POINT.match(line) else "text"


@register.filter
def worded(text: str, level: int = 3) -> SafeString:
    """Return a text with its headings at this level; everything in it is escaped, addresses become links.

    Lines below each other are one paragraph, and points keep their numbers.
    """
    lines = [line.strip() for line in text.splitlines()]
    blocks = groupby(lines, key=_kind)
    return format_html_join("", "{}", ((_block(kind, list(block), level),) for kind, block in blocks))


def _block(kind: str, lines: list[str], level: int) -> SafeString:
    if kind == "heading":
        return format_html_join("", f"<h{level}>{{}}</h{level}>", ((line.removeprefix(HEADING),) for line in lines))
    if kind == "point":
        start, points = lines[0].partition(".")[0], _linked(POINT.sub("", line, 1) for line in lines)
        return format_html('<ol start="{}">{}</ol>', start, format_html_join("", "<li>{}</li>", points))
    if kind == "text":
        return format_html("<p>{}</p>", format_html_join(SafeString("<br>"), "{}", _linked(lines)))
    return SafeString("")


def _linked(lines: Any) -> Any:
    return ((urlize(line),) for line in lines)
