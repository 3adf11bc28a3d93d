"""Files in forms: bounded as they come in, before any page looks at them.

A declared length beyond the limit stops the reading at the first byte of a file, a longer stream as soon as
it is longer. The page then finds `request.upload_refused` and no file.
"""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

SMALL_FILE = 16 * 1024 * 1024
"""Largest file in bytes that any page but the one for archives takes."""

OVERHEAD = 64 * 1024
"""What a form may hold beside its file."""


class BoundedUpload(TemporaryFileUploadHandler):
    """Writes a file of a form to a temporary one, up to the limit of the page that it is for."""

    def handle_raw_input(self, *args: Any, **_kwargs: Any) -> None:
        """Notes a declared length beyond the limit."""
        self._left = limit_of(self.request)
        content_length: int = args[2]
        self._refused = content_length > self._left + OVERHEAD

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begins a file, or stops reading the request."""
        self._stop_where_refused()
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Writes a piece, or stops reading the request."""
        self._left -= len(raw_data)
        self._refused = self._left < 0
        self._stop_where_refused()
        super().receive_data_chunk(raw_data, start)

    def _stop_where_refused(self) -> None:
        if self._refused:
            vars(self.request)["upload_refused"] = True
            raise StopUpload(connection_reset=True)


def limit_of(request: HttpRequest | None) -> int:
    """How many bytes a file of this request may have."""
    for_archives = request is not None and is_for_archives(request)
    return settings.JOBTWIN.upload_bytes if for_archives else SMALL_FILE


def is_for_archives(request: HttpRequest) -> bool:
    """True for the addresses that take an archive, which is read in a time of its own."""
    return request.path_info.endswith("/archive")


def uploaded_file(request: HttpRequest, name: str) -> "UploadedFile[Any] | None":
    """The file of a form field; None where none came or it was refused."""
    found = request.FILES.get(name)
    return found if isinstance(found, UploadedFile) and not was_refused(request) else None


def was_refused(request: HttpRequest) -> bool:
    """True where a file of this request, which was looked for before, was longer than its page takes."""
    return bool(vars(request).get("upload_refused", False))
