"""The pages as a browser uses them: draw, read, fill in, send."""

import io
import re
import zipfile
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import Lpse
from tickets.models import Application, Subcategory, Ticket

FILE = reverse("tickets:file")


def token_in(response: HttpResponse) -> str:
    """Return the signed token of the form on a page."""
    found = re.search(r'name="draf" value="([^"]+)"', response.content.decode())
    assert found, "this page has no form with a draft"
    return found[1]


def text_of(answer: HttpResponse) -> str:
    """Return the words of a page as they are read, without markup."""
    body = re.sub(r"<(script|style|svg|head)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def words(response: HttpResponse, subcategory: Subcategory, lpse: Lpse | None, /, **changes: Any) -> dict[str, Any]:
    """Return a whole and valid form for the page that was drawn."""
    facts = {
        "draf": token_in(response),
        "application": Application.objects.get(name="SPSE").pk,
        "subcategory": subcategory.pk,
        "type": Ticket.Type.PROBLEM,
        "lpse": lpse.pk if lpse else "",
        "title": "Tombol Kirim Penawaran tidak merespons",
        "description": "Muncul 504 Gateway Timeout sejak pukul 09.10.",
    }
    return {name: value for name, value in (facts | changes).items() if value is not None}


def send(browser: Client, subcategory: Subcategory, lpse: Lpse | None = None, /, **changes: Any) -> HttpResponse:
    """Open the page, fill it in, send it."""
    return browser.post(FILE, words(browser.get(FILE), subcategory, lpse, **changes))


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    """A file as a browser sends it; the type it claims is always a lie."""
    return SimpleUploadedFile(name, content, content_type="image/png")


def image(kind: str = "PNG", width: int = 4) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, 4)).save(target, kind)
    return target.getvalue()


def archive(*names: str, content: bytes = b"isi") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in names:
            packed.writestr(name, content)
    return target.getvalue()


PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\n%%EOF\n"
