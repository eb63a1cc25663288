"""The page of a run."""

import base64
import gzip
import html
import json
import re

import numpy as np

from skymodel.output.report.run import report


def test_the_same_result_gives_the_same_bytes(result, page):
    once, again = page.read_text(encoding="utf-8"), report(result, {"maps.fits": "0f" * 32}, "label: a & b <c>\n")
    assert list(differing(drawn(once), drawn(again))) == []
    assert once == again


def drawn(page):
    """Return what a page holds for its charts."""
    return json.loads(re.search(r'<script type="application/json"[^>]*>\s*(.*?)\s*</script>', page, re.DOTALL).group(1))


def differing(one, other, place=""):
    """Yield the places where two documents differ, with what is there, arrays as numbers."""
    if isinstance(one, dict) and isinstance(other, dict) and one.get("type") == other.get("type") == "ndarray":
        left, right = (numbers(each) for each in (one, other))
        if left.shape != right.shape or not np.array_equal(left, right, equal_nan=True):
            yield place, left.tolist(), right.tolist()
    elif isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            yield from differing(one[key], other[key], f"{place}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, pair in enumerate(zip(one, other, strict=True)):
            yield from differing(*pair, f"{place}[{number}]")
    elif one != other:
        yield place, one, other


def numbers(array):
    raw = gzip.decompress(base64.b64decode(array["array"]["data"]))
    return np.frombuffer(raw, array["dtype"]).reshape(array["shape"])


def test_what_is_drawn_has_nine_digits(page):
    """Rounding differs in the last of sixteen, and a page is to be the same wherever it is made."""
    values = np.array(line_values(drawn(page.read_text(encoding="utf-8"))))
    short = np.array([float(f"{value:.8e}") for value in values])
    assert np.count_nonzero(values) > 100
    assert np.allclose(values, short, rtol=1e-15, atol=0)


def line_values(document):
    """Return the values of all columns of charts that are numbers in double precision."""
    if isinstance(document, dict):
        if document.get("type") == "ndarray":
            return numbers(document).ravel().tolist() if document["dtype"] == "float64" else []
        return line_values(list(document.values()))
    if isinstance(document, list):
        return [value for part in document for value in line_values(part) if np.isfinite(value)]
    return []


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
