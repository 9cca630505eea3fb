"""The bulletin as a page, in Chinese and English, for each who reads it."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta

from services.contracts.districts import SHANGHAI
from tests.integration.pages.conftest import Projects
from tests.integration.pages.english import english_in
from tests.integration.projects.conftest import NOW
from tests.integration.projects.ruling import adopted_everywhere, issued


def test_the_page_shows_the_last_week_that_is_over_and_any_other_that_is_chosen(projects: Projects) -> None:
    projects.district.until(NOW + timedelta(days=40))
    hub = projects.site.person("hub")
    html = hub.open("/pages/bulletins")
    assert "区城运中心" in html
    assert "暂无记录" in html
    html = hub.open("/pages/bulletins?period=2026-07&for=committee")
    for said in ("区人大常委会", "曲阳路街道", "期末仍逾期", "/pages/bulletins/2026-07.csv?for=committee"):
        assert said in html
    assert not english_in(html)


def test_the_table_of_the_page_has_words_and_local_times_beside_the_codes(projects: Projects) -> None:
    projects.district.until(NOW + timedelta(days=40))
    for language, section, office in (("zh", "期末仍逾期", "曲阳路街道"), ("en", "Overdue at the end", "Quyang")):
        answer = projects.site.person("hub").browser.get(f"/pages/bulletins/2026-07.csv?for=committee&lang={language}")
        assert answer.status_code == 200, answer.text
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        row = next(one for one in rows if one["section"] == "overdue")
        assert (section in row["section_words"], office in row["sub_district_words"]) == (True, True)
        assert datetime.fromisoformat(row["at"]).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") == row["at_local"]
        assert all(row[name] for name in ("type_words", "what_words", "lead_words"))
    office = projects.site.person("subdistrict:310109010")
    for page in ("/pages/bulletins/2026-07.csv?for=hub", "/pages/bulletins?for=hub", "/pages/bulletins?for=310109016"):
        assert "您的角色无权查看这一份" in office.open(page, 403)


def test_an_adoption_of_which_only_the_day_is_known_has_no_hour(projects: Projects) -> None:
    standard_id = issued(projects.district)
    adopted_everywhere(projects.district, standard_id)
    hub = projects.site.person("hub")
    rows = [row for row in hub.open("/pages/bulletins/2026-07?for=310109010").split("<tr>") if "已采纳" in row]
    assert [("2026年7月1日<" in row, "12:00" in row) for row in rows] == [(True, False)]
    table = hub.browser.get("/pages/bulletins/2026-07.csv?for=310109010").content.decode("utf-8-sig")
    adopted = [row for row in csv.DictReader(io.StringIO(table)) if row["what"] == "adopted"]
    assert [(row["at"], row["at_local"]) for row in adopted] == [("2026-07-01", "2026-07-01")]


def test_in_english_no_word_is_missing(projects: Projects) -> None:
    html = projects.site.person("supervisor").open("/pages/bulletins/2026-06?lang=en")
    assert "Standing Committee" in html
    assert "Week of" in html


def test_a_sub_district_chooses_among_its_own(projects: Projects) -> None:
    office = projects.site.person("subdistrict:310109010")
    html = office.open("/pages/bulletins")
    assert 'value="310109010"' in html
    assert 'value="hub"' not in html
    office.open("/pages/bulletins?for=hub", 403)
    projects.site.person("department:greening").open("/pages/bulletins", 403)
