"""A ticket whose caller is somebody to be found out."""

from __future__ import annotations

from typing import Any

from services.contracts.ticket_events import Place
from tests.integration.intake.conftest import Intake

NAME, PHONE, FLAT = "欧阳建国", "13912345678", "2917"
EMAIL = "ouyang.jianguo@example.cn"
CALLER = {"name": NAME, "phone": PHONE, "email": EMAIL}
SAID = f"我是{NAME}，住{FLAT}室，楼顶漏雨"
HERE = Place(sub_district="310109016", estate="liangcheng-2", estate_name="凉城二村")


def filed(intake: Intake, **body: Any) -> str:
    ticket_id = intake.file(text=SAID, address=f"凉城路1201弄12号{FLAT}室", caller=CALLER, **body)
    intake.classify(ticket_id, place=HERE)
    return ticket_id
