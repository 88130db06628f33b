"""The PDF for the hand-over: a cover, then what was chosen, mirrored for whoever reads from right to left."""

from __future__ import annotations

import re

import pytest
from fpdf import FPDF

from app import signer_paper
from app.domain.export_columns import Kind
from tests.test_exports import NOON, many, olive, take

__all__ = ["olive"]


@pytest.fixture
def drawn(monkeypatch):
    """Every text that is drawn: page, x, text."""
    texts = []
    cell, block = FPDF.cell, FPDF.multi_cell

    def one(self, w, h=None, text="", **more):
        texts.append((self.page_no(), round(self.get_x()), text))
        return cell(self, w, h, text, **more)

    def several(self, w, h=None, text="", **more):
        texts.append((self.page_no(), round(self.get_x()), text))
        return block(self, w, h, text, **more)

    monkeypatch.setattr(FPDF, "cell", one)
    monkeypatch.setattr(FPDF, "multi_cell", several)
    return texts


def test_a_paper_has_a_cover_and_numbered_pages_of_the_chosen_columns_alone(app, client, make, olive, clock, drawn):
    clock.set(NOON)
    campaign = make.campaign(olive, ask="Rein in the militias")
    make.signature(
        campaign, given_name="Heba", family_name="حدّاد", country="IQ", email="heba@example.org", created_at=NOON
    )
    make.signature(campaign, given_name="漢", family_name="字", country="SE", created_at=NOON)
    many(app, campaign, signer_paper.ROWS_ON_A_PAGE)
    answer = take(client, olive, campaign, made_for="pdf", columns=["family_name", "country", "signed_at"])
    body = answer.get_data()
    assert body.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b(?!s)", body)) == 3
    said = [text for _page, _x, text in drawn]
    cover = [text for page, _x, text in drawn if page == 1]
    total = signer_paper.ROWS_ON_A_PAGE + 2
    for words in ("Rein in the militias", "Tigris Rights Desk", f"Signatures: {total}"):
        assert words in cover
    assert "Signed from 2026-11-01 to 2026-11-22 (UTC)" in cover
    assert [text for text in said if text.startswith("Page ")] == ["Page 1 of 3", "Page 2 of 3", "Page 3 of 3"]
    assert said.count("Family name") == 2  # at the head of each page
    assert {"حدّاد", "Iraq", "2026-11-22"} <= set(said)
    assert "2*" in said
    assert "?" in said
    assert any("Rows with letters that this PDF has no font for, shown as ?: 1." in text for text in said)
    assert not any("heba@example.org" in text or text == "Heba" for text in said)
    places = {text: x for _page, x, text in drawn}
    assert places["Family name"] < places["Country"]


def test_a_paper_in_arabic_is_mirrored(client, make, olive, drawn):
    campaign = make.campaign(olive)
    make.signature(campaign, given_name="هبة", family_name="حدّاد", country="IQ")
    at = f"/desk/{olive.slug}/campaigns/{campaign.slug}/export?lang=ar"
    from tests.test_exports import chosen

    answer = client.post(at, data=chosen(made_for="pdf", columns=["given_name", "country"]))
    assert answer.status_code == 200
    assert answer.get_data().startswith(b"%PDF-")
    places = {text: x for _page, x, text in drawn}
    assert places["1"] > places["هبة"] > places["العراق"]


def test_a_name_that_the_library_reads_as_its_own_word_is_drawn_as_it_is():
    said = ("Ask", "Organisation", "%(number)s", "%(first)s %(last)s", "Made", "%(number)d/%(all)d", "%(number)d")
    paper = signer_paper.Paper(signer_paper.Words(*said, ("Name",), is_rtl=False), [Kind.TEXT], pages=2)
    paper.pdf.set_compression(False)
    paper.row(["{nb}" * 6])
    page = bytes(paper.pdf.output()).partition(b"BT ")[2].partition(b"endstream")[0]
    drawn = re.findall(rb"[(<\[](.*?)[)>\]] ?T[jJ]", page, re.DOTALL)
    assert max(map(len, drawn)) >= 2 * len("{nb}" * 6)  # two bytes a letter; the number of pages would be shorter


@pytest.mark.parametrize("name", ["Unbroken" * 16, "عبد الرحمن محمد " * 8], ids=["latin", "arabic"])
def test_a_name_too_long_for_its_column_runs_over_no_other(name):
    words = signer_paper.Words("ask", "Desk", "%(number)s", "", "", "%(number)s", "", ("Name",), is_rtl=False)
    paper = signer_paper.Paper(words, [Kind.TEXT], pages=1)
    paper.pdf.add_page()
    paper._fit(name, 30)
    assert paper.pdf.get_string_width(name) == pytest.approx(30, rel=0.01)
    paper._fit("Sam", 30)
    assert paper.pdf.font_stretching == 100
