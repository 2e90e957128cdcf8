"""What a file is, judged by its content; its name only says what it claims to be. Nothing is unpacked or decoded."""

import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

import puremagic
from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext as _
from PIL import Image

NAME_LENGTH, LONGEST_SUFFIX = 150, 20
HEAD = 64 * 1024  # bytes read to judge a type
TEXT_CHUNK = 1024 * 1024
ZIP_ENTRIES = 1000
ZIP_RATIO = 100
ZIP_TAIL = 1024 * 1024  # the directory of a thousand entries fits; a longer one is refused unread
MARKUP = re.compile(
    rb"(\xef\xbb\xbf)?\s*(<!doctype|<!--|<html|<head|<body|<script|<svg|<\?xml|<\?php|#!)", re.IGNORECASE
)
# What may harm whoever opens it, as puremagic calls it, and the names such files carry inside an archive.
PROGRAMS = {".exe", ".dll", ".sys", ".scr", ".com", ".bat", ".cmd", ".msi", ".lnk", ".class", ".jar", ".js", ".jse"}
PROGRAMS |= {".vbs", ".vbe", ".wsf", ".hta", ".ps1", ".sh", ".html", ".htm", ".svg", ".AppImage", ".dmg", ".apk"}
ARCHIVES = {".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst", ".cab", ".iso"}
BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # a log may hold ESC, which colours it


class Refused(Exception):
    """This file is not accepted; says in one sentence why and what to do."""


class StorageFull(Refused):
    """There is no room for this file now."""

    def __init__(self) -> None:
        super().__init__(_("penyimpanan kami sedang penuh. Tulisan Anda tersimpan; unggah kembali nanti."))


def clean_name(raw: str) -> str:
    """Return a file name without path, control, direction or zero-width characters, at most 150 long."""
    name = unicodedata.normalize("NFC", raw).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    name = " ".join(kept.split()).strip(". ")
    path = PurePosixPath(name or "berkas")
    suffix = path.suffix[:LONGEST_SUFFIX]
    return path.stem[: NAME_LENGTH - len(suffix)] + suffix


def media_type_of(file: "File[Any]", name: str) -> str:
    """Return the media type we serve a file under, from our own list; raise Refused for what we do not accept."""
    extension = PurePosixPath(name).suffix.lower()
    if extension not in KINDS:
        raise Refused(_("jenis berkas ini tidak diterima. Unggah %(kinds)s.") % {"kinds": ACCEPTED})
    if not file.size:
        raise Refused(_("berkas ini kosong (0 byte). Periksa berkas aslinya, lalu unggah kembali."))
    media_type, check = KINDS[extension]
    file.seek(0)
    head = file.read(HEAD)
    if MARKUP.match(head):
        raise Refused(_("isinya halaman web atau skrip. Unggah tangkapan layar atau PDF sebagai gantinya."))
    check(file, extension, _seen_in(head))
    file.seek(0)
    return media_type


def _seen_in(head: bytes) -> set[str]:
    try:
        return {match.extension for match in puremagic.magic_string(head)}
    except puremagic.PureError:
        return set()


def _mismatch(extension: str) -> Refused:
    kind = extension.removeprefix(".").upper()
    return Refused(_("isinya bukan %(kind)s. Simpan ulang sebagai %(kind)s, lalu unggah kembali.") % {"kind": kind})


def _as_named(file: "File[Any]", extension: str, seen: set[str]) -> None:
    if extension not in seen:
        raise _mismatch(extension)


def _image(file: "File[Any]", extension: str, seen: set[str]) -> None:
    file.seek(0)
    try:
        Image.open(file, formats=[IMAGES[extension]])  # reads the header only
    except Image.DecompressionBombError:
        raise Refused(_("gambar ini terlalu besar untuk dibuka. Perkecil ukurannya, lalu unggah kembali.")) from None
    except (OSError, SyntaxError, ValueError):
        raise _mismatch(extension) from None


def _text(file: "File[Any]", extension: str, seen: set[str]) -> None:
    """Accept UTF-8, or old 8-bit text, which has no control characters."""
    for chunk in _chunks(file):
        if BINARY.search(chunk):
            raise Refused(_("isinya bukan teks biasa. Simpan ulang sebagai teks UTF-8, lalu unggah kembali."))


def _chunks(file: "File[Any]") -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(TEXT_CHUNK):
        yield chunk


def _opaque(file: "File[Any]", extension: str, seen: set[str]) -> None:
    """Accept what SPSE has encrypted: no pattern at all, so only known programs are turned away."""
    if seen & PROGRAMS:
        raise Refused(_("isinya program, bukan dokumen tersandi SPSE. Unggah berkas RHS yang asli."))


def _archive(file: "File[Any]", extension: str, seen: set[str]) -> None:
    _as_named(file, ".zip", seen)
    entries = _directory(file)
    names = [entry.filename.replace("\\", "/") for entry in entries]
    suffixes = {PurePosixPath(name).suffix.lower() for name in names}
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > ZIP_ENTRIES:
        raise Refused(_("isinya lebih dari %(n)s berkas. Kirim hanya berkas yang perlu.") % {"n": ZIP_ENTRIES})
    if unpacked > 10 * settings.UPLOAD_FILE_BYTES or unpacked > ZIP_RATIO * max(packed, 1):
        raise Refused(_("isinya terlalu besar setelah diekstrak. Kirim hanya berkas yang perlu."))
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise Refused(_("arsip ini memuat alamat folder yang tidak aman. Buat ulang arsipnya."))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused(_("berkas ini memuat makro. Simpan ulang tanpa makro, lalu unggah kembali."))
    if suffixes & ARCHIVES:
        raise Refused(_("arsip ini memuat arsip lain. Ekstrak dahulu, lalu kirim berkas yang perlu."))
    if suffixes & PROGRAMS:
        raise Refused(_("arsip ini memuat program atau skrip. Keluarkan berkas itu, lalu unggah kembali."))


def _office(file: "File[Any]", extension: str, seen: set[str]) -> None:
    if extension not in seen:
        raise _mismatch(extension)
    _archive(file, extension, seen)
    names = {entry.filename for entry in _directory(file)}
    if "[Content_Types].xml" not in names or not any(name.startswith(OFFICE_FOLDERS[extension]) for name in names):
        raise _mismatch(extension)


def _directory(file: "File[Any]") -> list[zipfile.ZipInfo]:
    """Read the list of entries from the end of the archive, never more than ZIP_TAIL bytes."""
    file.seek(max(0, (file.size or 0) - ZIP_TAIL))
    try:
        with zipfile.ZipFile(BytesIO(file.read())) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        raise Refused(_("arsip ini rusak atau terlalu rumit. Buat ulang arsipnya, lalu unggah kembali.")) from None


Check = Callable[["File[Any]", str, set[str]], None]
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KINDS: dict[str, tuple[str, Check]] = {
    ".pdf": ("application/pdf", _as_named),
    ".jpg": ("image/jpeg", _image),
    ".jpeg": ("image/jpeg", _image),
    ".png": ("image/png", _image),
    ".webp": ("image/webp", _image),
    ".mp4": ("video/mp4", _as_named),
    ".zip": ("application/zip", _archive),
    ".txt": ("text/plain; charset=utf-8", _text),
    ".log": ("text/plain; charset=utf-8", _text),
    ".docx": (DOCUMENT, _office),
    ".xlsx": (SHEET, _office),
    ".rhs": ("application/octet-stream", _opaque),
}
IMAGES = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WEBP"}
OFFICE_FOLDERS = {".docx": "word/", ".xlsx": "xl/"}
ACCEPTED = "PDF, JPG, PNG, WEBP, MP4, ZIP, TXT, LOG, DOCX, XLSX, RHS"
