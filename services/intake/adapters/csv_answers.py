"""Tables as CSV, for the spreadsheets of offices: UTF-8 with the mark by which they know it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import Response


def csv_answer(name: str, head: Sequence[str], lines: Iterable[Sequence[Any]]) -> Response:
    """Holds codes and numbers only; free text would need care, since spreadsheets run what begins with `=`."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(head)
    writer.writerows(lines)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(written.getvalue().encode("utf-8-sig"), media_type="text/csv", headers=headers)
