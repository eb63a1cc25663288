"""Pages: the same bytes for the same content, text from outside shown and never obeyed, small enough to send."""

import html
import re

import pytest

from skymodel.output.report.page import Column, Page, Rows, Section, render
from skymodel.output.report.run import report


def small(title="a page", **parts):
    section = Section("one", "One", "One", **parts)
    return render(Page("kind", title, "", ("First.", "Second."), (section,)))


def test_the_same_result_gives_the_same_bytes(result, page):
    assert report(result, {"maps.fits": "0f" * 32}, "label: a & b <c>\n") == page.read_text(encoding="utf-8")


def test_the_page_holds_a_fit_for_each_background(result, page):
    body = page.read_text(encoding="utf-8").rpartition("</head>")[2]
    names = {str(name) for name in result.fits["background"]}
    assert len(names) > 3
    for name in names:
        assert f'data-background="{html.escape(name)}"' in body


def test_a_page_is_under_five_megabytes(page):
    assert page.stat().st_size < 5e6


def test_a_page_names_neither_the_date_nor_a_random_identifier(page):
    body = page.read_text(encoding="utf-8").rpartition("</head>")[2]
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}", body)
    assert not re.search(r"\b20[2-9]\d-\d\d-\d\d\b", body)


@pytest.mark.parametrize("text", ["<b>bold</b>", "</script><script>alert(1)</script>", "a <& b", '"><i>quoted'])
def test_text_from_outside_is_escaped_in_titles_cells_and_code(text):
    rows = Rows((Column("head"),), ((text,),))
    body = small(title=text, table=rows, filter="head", copy=True, code=text, text=(text,)).rpartition("</head>")[2]
    assert text not in body
    assert html.unescape(body).count(text) >= 4


def test_a_table_counts_its_values_in_the_order_of_their_appearance():
    rows = Rows((Column("verdict"), Column("n")), (("holds", "1"), ("fails", "2"), ("holds", "3")))
    assert rows.counted("verdict") == [("holds", 2), ("fails", 1)]
    assert 'data-verdict="fails"' in small(table=rows, filter="verdict")
