"""Notices to officers: written once, then sent."""

from __future__ import annotations

from collections.abc import Sequence

from services.chassis.database.rows import by_column, insert_rows
from services.chassis.database.work import Work
from services.notifier.domain.officer_notice import NoticeStatus, OfficerNotice
from services.notifier.store.officer_tables import officer_notices

_COLUMNS = (
    *("notice_id", "officer_id", "event_id", "unit", "subject_kind", "subject_id", "number", "template", "values"),
    *("pressure", "digest_key", "rule", "rule_version", "caused_at", "read_within", "step", "channels", "status"),
)
_ADD = insert_rows(officer_notices, *_COLUMNS).on_conflict_do_nothing()


class SqlOfficerNotices:
    def add(self, work: Work, notices: Sequence[OfficerNotice]) -> None:
        if notices:
            work.connection.execute(_ADD, by_column([_row(one) for one in notices]))


def _row(notice: OfficerNotice) -> dict[str, object]:
    subject = notice.subject
    return {
        "notice_id": notice.notice_id,
        "officer_id": notice.officer_id,
        "event_id": notice.event_id,
        "unit": notice.unit,
        "subject_kind": subject.kind,
        "subject_id": subject.subject_id,
        "number": subject.number,
        "template": notice.template,
        "values": dict(notice.values),
        "pressure": notice.pressure,
        "digest_key": notice.digest_key,
        "rule": notice.rule,
        "rule_version": notice.rule_version,
        "caused_at": notice.caused_at,
        "read_within": notice.read_within,
        "step": notice.step,
        "channels": None if notice.channels is None else ",".join(notice.channels),
        "status": NoticeStatus.WAITING,
    }
