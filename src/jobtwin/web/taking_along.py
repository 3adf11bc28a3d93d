"""A person's own data as an open file, for pages and the API alike."""

import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO

from django.http import StreamingHttpResponse

from jobtwin.services.personal_data import export_data
from jobtwin.store.models import Person

NAME = "jobtwin-data.zip"
MEDIA_TYPE = "application/zip"
CHUNK = 256 * 1024


def data_response(person: Person, now: datetime) -> StreamingHttpResponse:
    """Everything about a person as a download. Raises Refused where it was taken along too often."""
    file = _exported(person, now)
    headers = {"Content-Disposition": f'attachment; filename="{NAME}"', "Content-Length": str(file.tell())}
    return StreamingHttpResponse(_pieces(file), content_type=MEDIA_TYPE, headers=headers)


def _exported(person: Person, now: datetime) -> IO[bytes]:
    """The archive, written to its end."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  whoever reads it to its end closes it
    try:
        export_data(person=person, into=file, now=now)
    except BaseException:
        file.close()
        raise
    file.seek(0, 2)
    return file


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The file from its beginning, closed after its last byte or where the reader goes away."""
    with file:
        file.seek(0)
        while piece := file.read(CHUNK):
            yield piece
