"""Tickets as people see and handle them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.contracts.event import Envelope
from services.contracts.need_events import NeedSettled
from services.contracts.ticket_events import Place
from services.intake.pages.step_forms import FORMS
from tests.integration.intake.conftest import Intake
from tests.integration.intake.following import take as happen
from tests.integration.intake.settling import dispatched
from tests.integration.pages.conftest import NOW, Site, form_token
from tests.integration.pages.steps import NOBODY, take
from tests.unit.intake.files import photograph

Stand = tuple[Intake, Site]


def test_an_inbox_shows_what_is_due_first_and_what_is_late(intake: Stand) -> None:
    stand, site = intake
    late = stand.file(text="楼顶漏雨已半年")
    stand.classify(late)
    stand.clock.advance(timedelta(days=9))
    fresh = stand.file(text="外墙渗水")
    stand.classify(fresh)
    html = site.person("department:housing").open("/pages/inbox")
    assert "区房管局 · 工单" in html
    assert html.index(late) < html.index(fresh)
    assert "先行联系 <time" in html
    assert "2026年7月2日 24:00" in html
    assert "超期7天8小时" in html
    assert "待人工派单" not in html


def test_a_unit_opens_its_own_inbox_alone(intake: Stand) -> None:
    stand, site = intake
    ours = stand.file(text="楼顶漏雨")
    stand.classify(ours)
    theirs = stand.file(text="占道设摊")
    stand.classify(theirs, type_code="SC01", place=Place(sub_district="310109010", estate="q", estate_name="曲阳"))
    assert "housing" not in (stand.show(theirs)["lead"], *stand.show(theirs)["co_handlers"])
    housing, hub = site.person("department:housing"), site.person("hub")
    assert ours in housing.open("/pages/inbox")
    assert theirs not in housing.open("/pages/inbox")
    assert "没有这条记录" in housing.open("/pages/inbox?of=greening", 404)
    assert "没有这条记录" in housing.open(f"/pages/tickets/{theirs}", 404)
    assert {ours, theirs} <= set(hub.open("/pages/inbox").replace('"', "/").split("/"))
    assert theirs not in hub.open("/pages/inbox?of=housing")
    assert ours in site.person("subdistrict:310109016").open("/pages/inbox")
    assert theirs not in site.person("subdistrict:310109016").open("/pages/inbox")
    assert "您的角色无权" in site.person("identity-reader").open("/pages/inbox", 403)


def test_each_ticket_lies_in_the_tab_of_what_comes_next(intake: Stand) -> None:
    stand, site = intake
    lead = "department:housing"
    to_sign, in_hand, returned, linked, turned_away, doubtful = (stand.file() for _ in range(6))
    for one in (to_sign, in_hand, returned, linked, turned_away):
        stand.classify(one)
    stand.classify(doubtful, type_code="XQ01", confidence=0.31)
    take(stand, lead, in_hand, "signature")
    take(stand, lead, in_hand, "assignee", person="li")
    take(stand, lead, returned, "return", note="属市政道路")
    take(stand, "hub", linked, "merge", into=in_hand, reason="同一件事")
    take(stand, "hub", turned_away, "transfer", line="119", reason="冒烟")
    tabs = {"to-sign": to_sign, "in-hand": in_hand, "returns": returned, "linked": linked}
    unit, hub = site.person(lead), site.person("hub")
    for tab, ticket in tabs.items():
        for person in (unit, hub):
            html = person.open(f"/pages/inbox?tab={tab}")
            assert [one for one in tabs.values() if f'"/pages/tickets/{one}"' in html] == [ticket]
    assert turned_away in hub.open("/pages/inbox?tab=turned-away")
    assert "并入1件" in unit.open("/pages/inbox?tab=in-hand")
    assert in_hand in unit.open("/pages/inbox?tab=in-hand&assignee=li")
    assert in_hand not in unit.open("/pages/inbox?tab=in-hand&assignee=zhao")
    queue = hub.open("/pages/inbox?tab=review")
    assert f'"/pages/tickets/{doubtful}#form-dispatch"' in queue
    assert "识别为“物业服务不规范”，把握不大（0.31）" in queue
    assert doubtful not in unit.open("/pages/inbox?tab=review")
    assert f'"/pages/tickets/{in_hand}"' in hub.open(f"/pages/tickets/{linked}")
    assert f'"/pages/tickets/{linked}"' in hub.open(f"/pages/tickets/{in_hand}")


def test_all_clocks_of_a_ticket_are_shown_and_what_is_uncertain_of_them(intake: Stand) -> None:
    stand, site = intake
    stand.clock.advance(timedelta(days=365))  # a year whose holidays are not announced
    ticket = stand.file()
    stand.classify(ticket)
    take(stand, "hub", ticket, "pause", reason="鉴定中")
    stand.clock.advance(timedelta(days=2))
    html = site.person("hub").open(f"/pages/tickets/{ticket}")
    clocks = html[html.index('class="clocks"') : html.index("办理过程")]
    contact, settle = clocks.index('class="breached"'), clocks.index('class="paused"')
    assert contact < clocks.index("<b>可退单期限") < settle < clocks.index("<b>办结")
    assert clocks.count("按普通工作日计算") == 3
    assert clocks.count('value="100"') == 1


def test_the_kinds_of_repeat_are_shown_apart_and_to_whom_they_belong(intake: Stand) -> None:
    stand, site = intake
    caller = {"caller": {"phone": "13812345678"}}
    ticket, again, other = stand.file(**caller), stand.file(**caller), stand.file()
    elsewhere = stand.file(**caller)
    for one in (ticket, again, other):
        stand.classify(one)
    stand.classify(elsewhere, type_code="SC01", place=Place(sub_district="310109010", estate="q", estate_name="曲阳"))
    html = site.person("hub").open(f"/pages/tickets/{ticket}")
    related = html[html.index("相关工单") :]
    same, matter, people = (related.index(one) for one in ("同一市民、同一事项", "同一市民、其他事项", "其他市民"))
    assert same < related.index(again) < matter < related.index(elsewhere) < people < related.index(other)
    assert elsewhere not in site.person("department:housing").open(f"/pages/tickets/{ticket}")


def test_an_inbox_is_paged(intake: Stand) -> None:
    stand, site = intake
    for _ in range(52):
        stand.classify(stand.file())
    hub = site.person("hub")
    assert hub.open("/pages/inbox").count('href="/pages/tickets/') == 50
    assert hub.open("/pages/inbox?page=2").count('href="/pages/tickets/') == 2
    hub.open("/pages/inbox?page=0", 422)


def test_what_a_caller_says_is_text(intake: Stand) -> None:
    stand, site = intake
    ticket = stand.file(text="<script>alert('13812345678')</script>\"&楼顶漏雨", address="<b>凉城路</b>")
    stand.classify(ticket)
    for html in (site.person("hub").open("/pages/inbox"), site.person("hub").open(f"/pages/tickets/{ticket}")):
        assert "&lt;script&gt;" in html
        assert "<script" not in html
        assert "<b>凉城路" not in html
        assert "13812345678" not in html


def test_a_ticket_goes_its_whole_way_on_pages(intake: Stand) -> None:
    stand, site = intake
    ticket = stand.file()
    stand.classify(ticket, type_code="OT", confidence=0.2)
    page, hub = f"/pages/tickets/{ticket}", site.person("hub")
    assert hub.send(page, "dispatch", type_code="MJ01", reason="屋顶").status_code == 303
    lead = site.person("department:housing", subject="li")
    answer = lead.send(page, "settlement", public_answer="已列入\r\n修缮计划", unit_solved="no", reason="列入修缮")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{page}?done=settlement")
    assert "已办结，等待回访" in lead.open(f"{page}?done=settlement")
    assert "<form" in lead.open(page)  # to log out
    assert 'name="caller_solved"' not in lead.open(page)
    assert hub.send(page, "visit", caller_solved="no", satisfaction="dissatisfied", note="仍漏").status_code == 303
    shown = stand.show(ticket)
    assert (shown["state"], shown["caller_solved"], shown["satisfaction"]) == ("archived", False, "dissatisfied")
    assert (shown["settlement"]["public_answer"], shown["settlement"]["reason"]) == ("已列入\n修缮计划", "列入修缮")
    for language in ("zh", "en"):
        assert "仍漏" in hub.open(f"{page}?lang={language}")


def test_somebody_else_was_faster(intake: Stand) -> None:
    stand, site = intake
    ticket = stand.file()
    stand.classify(ticket)
    page, lead = f"/pages/tickets/{ticket}", site.person("department:housing", subject="li")
    old = lead.open(page)
    assert lead.send(page, "settlement", of=old, public_answer="已修", unit_solved="yes").status_code == 303
    before = stand.show(ticket)
    answer = lead.send(page, "settlement", of=old, public_answer="我的答复", unit_solved="yes")
    assert answer.status_code == 409
    assert "已有人先一步办理" in answer.text
    assert "已变为“已办结待回访”" in answer.text
    assert "我的答复" in answer.text
    assert stand.show(ticket) == before


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ({"unit_solved": "no"}, "未解决时必填"),
        ({"unit_solved": ""}, "请选择是或否"),
        ({"unit_solved": "maybe"}, "请选择是或否"),
        ({"public_answer": "  "}, "请填写答复"),
        ({"public_answer": "长" * 5001}, "请填写答复"),
        ({"version": "x"}, "刷新页面"),
    ],
)
def test_what_does_not_fit_is_named_and_what_was_written_is_kept(
    intake: Stand, entered: dict[str, str], said: str
) -> None:
    stand, site = intake
    ticket = stand.file()
    stand.classify(ticket)
    form = {"public_answer": "我的答复", "unit_solved": "yes"} | entered
    answer = site.person("hub").send(f"/pages/tickets/{ticket}", "settlement", **form)
    assert answer.status_code == 422
    assert "有内容需要更正" in answer.text
    assert said in answer.text
    assert form["public_answer"].strip() in answer.text
    assert stand.show(ticket)["state"] == "dispatched"


def test_a_step_that_is_not_possible_now_says_so_and_keeps_what_was_written(intake: Stand) -> None:
    stand, site = intake
    ticket = stand.file()
    stand.classify(ticket)
    page, lead = f"/pages/tickets/{ticket}", site.person("department:housing")
    old = lead.open(page)
    assert 'action="/pages/tickets/' + f'{ticket}/return"' in old
    stand.clock.advance(timedelta(days=9))
    answer = lead.send(page, "return", of=old, note="属市政道路")
    assert answer.status_code == 409
    for said in ("现在不能办理“申请退单”", "属市政道路"):
        assert said in answer.text
    assert f'{ticket}/return"' not in answer.text


def test_what_was_written_stays_in_the_form_that_was_sent_and_in_no_other(intake: Stand) -> None:
    stand, site = intake
    ticket = stand.file()
    stand.classify(ticket)
    page = f"/pages/tickets/{ticket}"
    answer = site.person("hub").send(page, "redispatch", reason="属消防")
    assert answer.status_code == 422
    assert answer.text.count("属消防") == 1
    assert '<details class="form" id="form-redispatch" open>' in answer.text
    assert answer.text.count(" open>") == 1
    assert 'aria-invalid="true"' in answer.text


def test_a_correction_starts_from_what_is_known_and_may_take_it_back(intake: Stand) -> None:
    stand, site = intake
    ticket = stand.file()
    stand.classify(ticket)
    page, hub = f"/pages/tickets/{ticket}", site.person("hub")
    assert 'value="liangcheng-2"' in hub.open(page)
    known = {"type_code": "MJ02", "kind": "complaint", "urgency": "urgent", "sub_district": "310109010"}
    assert hub.send(page, "reclassification", reason="看过现场", **known).status_code == 303
    shown = stand.show(ticket)
    assert (shown["type_code"], shown["kind"], shown["urgency"]) == ("MJ02", "complaint", "urgent")
    place = {"sub_district": "310109010", "estate": None, "estate_name": None, "building": None}
    assert shown["place"] == place


def test_the_forms_take_the_rights_of_the_api(intake: Stand) -> None:
    stand, site = intake
    ticket = stand.file()
    stand.classify(ticket)
    page = f"/pages/tickets/{ticket}"
    (helper,) = stand.show(ticket)["co_handlers"]
    for role, status in ((f"department:{helper}", 403), ("supervisor", 403), ("department:greening", 404)):
        person = site.person(role)
        form = site.person("hub").open(page)
        token = person.browser.cookies["closedloop_form"]
        entered = {"public_answer": "x", "unit_solved": "yes", "csrf": token}
        assert person.send(page, "settlement", of=form, **entered).status_code == status
        if status == 403:
            assert 'name="public_answer"' not in person.open(page)
    hub = site.person("hub")
    old = hub.open(page)
    hub.send(page, "settlement", of=old, public_answer="已修", unit_solved="yes")
    assert 'name="caller_solved"' not in hub.open(page)  # who settled does not ask
    version = stand.show(ticket)["version"]
    answer = hub.send(page, "visit", of=old, version=version, caller_solved="yes")
    assert answer.status_code == 403
    assert "经办人不得自行回访" in answer.text
    assert stand.show(ticket)["state"] == "settled"


def test_no_form_of_a_ticket_is_taken_from_those_it_is_not_for(intake: Stand) -> None:
    stand, site = intake
    ticket = stand.file()
    stand.classify(ticket)
    page, before = f"/pages/tickets/{ticket}", stand.show(ticket)
    form = site.person("hub").open(page)
    filled = {"public_answer": "x", "unit_solved": "yes", "note": "x", "reason": "x", "person": "x", "lead": "fire"}
    foreign, supervisor = site.person("department:market"), site.person("supervisor")
    for one in FORMS.values():
        for person, status in ((foreign, 404 if one.row.by_department else 403), (supervisor, 403)):
            token = person.browser.cookies["closedloop_form"]
            assert person.send(page, one.path, of=form, **filled, csrf=token).status_code == status, one.path
    assert stand.show(ticket) == before


def test_a_form_with_what_cannot_be_stored_is_refused(intake: Stand) -> None:
    stand, site = intake
    ticket = stand.file()
    stand.classify(ticket)
    answer = site.person("hub").send(f"/pages/tickets/{ticket}", "settlement", public_answer="a\0b", unit_solved="yes")
    assert answer.status_code == 422
    assert stand.show(ticket)["state"] == "dispatched"


def test_an_id_that_is_none_is_a_page_too(intake: Stand) -> None:
    hub = intake[1].person("hub")
    assert "没有这条记录" in hub.open(f"/pages/tickets/{NOBODY}", 404)
    assert "没有这条记录" in hub.open("/pages/tickets/none", 404)


def test_a_unit_attaches_a_photograph_on_the_page_and_those_who_see_the_ticket_open_it(intake: Stand) -> None:
    stand, site = intake
    ticket = stand.file(text="楼顶漏雨")
    stand.classify(ticket)
    page = f"/pages/tickets/{ticket}"
    housing, foreign = site.person("department:housing"), site.person("department:market")
    fields = {"csrf": form_token(housing.browser), "purpose": "answer"}
    sent = housing.browser.post(f"{page}/attachments", data=fields, files={"file": ("王女士家.jpg", photograph())})
    assert (sent.status_code, sent.headers["location"]) == (303, f"{page}?done=attach")
    assert "附件已保存" in housing.open(f"{page}?done=attach")
    html = housing.open(page)
    (address,) = re.findall(rf'href="({page}/attachments/[^"]+)"', html)
    assert "办理结果材料" in html
    assert "王女士" not in html
    helper = site.person("subdistrict:310109016").browser.get(address)
    assert (helper.status_code, helper.headers["content-type"]) == (200, "image/jpeg")
    assert "上传附件" not in site.person("supervisor").open(page)
    assert "没有这条记录" in foreign.open(address, 404)
    no_picture = housing.browser.post(f"{page}/attachments", data=fields, files={"file": ("a.pdf", b"no PDF")})
    assert no_picture.status_code == 422
    assert len(stand.show(ticket)["attachments"]) == 1


@pytest.mark.parametrize(
    ("outcome", "said"),
    [("listed", "已列入2027年度计划"), ("postponed", "2027年度暂未排上"), ("refused", "未列入计划")],
)
def test_the_hub_sees_that_who_asked_for_a_repair_was_notified_of_it_once(
    intake: Stand, outcome: str, said: str
) -> None:
    stand, site = intake
    ticket_id = dispatched(stand, caller={"phone": "13812345678"})
    place = Place(sub_district="310109016", estate="liangcheng-2", estate_name="凉城二村")
    facts: dict[str, Any] = {
        "version": 1,
        "need_id": str(uuid4()),
        "plan_id": str(uuid4()),
        "year": 2027,
        "place": place,
    }
    settled = NeedSettled(**facts, outcome=outcome, tickets=(ticket_id,))
    for _ in range(2):
        happen(stand, Envelope(uuid4(), "/310109/projects", NOW, settled))
    section = (
        site.person("hub").open(f"/pages/tickets/{ticket_id}").partition('id="told"')[2].partition("</section>")[0]
    )
    assert section.count(said) == 1
