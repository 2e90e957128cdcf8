"""Large files on their way in: Django keeps them in a temporary folder, which may be full."""

import logging
from contextlib import suppress
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest

log = logging.getLogger(__name__)
LOST = "lpse_support.lost_files"


def lost_files(request: HttpRequest) -> list[str]:
    """Return the names, as sent, of the files of this request for which the disk had no room."""
    names: list[str] = request.META.get(LOST, [])
    return names


def lose_file(request: HttpRequest, name: str) -> None:
    """Remember that the disk had no room for a file of this request, so that the answer says so (507)."""
    request.META.setdefault(LOST, []).append(name)


def forget_half_files(request: HttpRequest) -> None:
    """Delete what came of a file whose sender went away; Django keeps it until the garbage is collected."""
    for handler in getattr(request, "_upload_handlers", []):
        if file := getattr(handler, "file", None):
            file.close()


class SpareTheWords(TemporaryFileUploadHandler):
    """Leave out a file that cannot be written, so that the words sent with it still arrive."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__.pop("file", None)  # the one before is complete, and must outlive the failure of this one
        try:
            super().new_file(*args, **kwargs)
        except OSError:
            raise self._lose() from None

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError:
            raise self._lose() from None

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        try:
            return super().file_complete(file_size)
        except OSError:  # the last bytes are written only now
            self._lose()
            return None

    def _lose(self) -> SkipFile:
        log.exception("A file on its way in could not be written.")
        lose_file(cast(HttpRequest, self.request), self.file_name or "")
        with suppress(OSError, AttributeError):
            self.file.close()
        return SkipFile()
