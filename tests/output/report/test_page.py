"""Pages: the same bytes for the same content, text from outside shown and never obeyed, small enough to send."""

import html

import pytest

from skymodel.output.report.page import Column, Page, Rows, Section, render


def small(title="a page", **parts):
    section = Section("one", "One", "One", **parts)
    return render(Page("kind", title, "", ("First.", "Second."), (section,)))


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
