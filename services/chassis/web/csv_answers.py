"""Tables as CSV, in UTF-8 with the byte order mark that spreadsheets need."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import Response


def csv_answer(name: str, head: Sequence[str], lines: Iterable[Sequence[Any]]) -> Response:
    """For codes and numbers only: spreadsheets would run free text that begins with `=`."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(head)
    writer.writerows(lines)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(written.getvalue().encode("utf-8-sig"), media_type="text/csv", headers=headers)
