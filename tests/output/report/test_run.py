"""The page of a run."""

import html
import re

from skymodel.output.report.run import report


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
