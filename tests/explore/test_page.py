"""The explorer in a real browser, served as the command serves it, and stopped as a user stops it."""

import http.client
import re
import signal
import socket
import statistics
import subprocess
import sys
import time

import pytest
from browser import Watched, chromium

pytestmark = pytest.mark.slow
COMMAND = [sys.executable, "-c", "from skymodel.__main__ import main; main()", "explore", "--no-browser"]
READY = "window.skymodel && skymodel.skies.sky && skymodel.skies.sky.drawn > 0"
MODEL = "[...Bokeh.documents[0]._all_models.values()].find((m) => {test})"
SLIDER = MODEL.replace("{test}", "m.type === 'Slider' && m.visible && m.title.startsWith('scale radius r_s')")
ELECTRONS = MODEL.replace("{test}", "m.type === 'Select' && m.title === 'Electrons'")


def started(*options):
    server = subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    line = server.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+/", line)
    if found is None:
        server.kill()
        pytest.fail(line + server.stderr.read())
    return server, found.group(0)


@pytest.fixture(scope="module")
def address():
    server, url = started("--stay")
    yield url
    server.send_signal(signal.SIGINT)
    try:
        _, said = server.communicate(timeout=30)
    finally:
        server.kill()
    assert server.returncode == 130
    assert "Traceback" not in said
    assert "the explorer has stopped" in said


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


def visit(browser, url, width=1300):
    watched = Watched(browser, width=width)
    watched.page.goto(url, timeout=90_000)
    watched.page.wait_for_function(READY, timeout=90_000)
    return watched


@pytest.fixture
def page(browser, address):
    watched = visit(browser, address)
    yield watched
    watched.page.close()


def settled(page, written):
    """Wait until what is shown is the final answer to a configuration that holds a text."""
    shown = MODEL.replace("{test}", "m.name === `yaml`")
    said = MODEL.replace("{test}", "m.name === `message`")
    page.page.wait_for_function(f"{shown}.text.includes('{written}') && {said}.text === ''", timeout=60_000)


def numbers(page):
    return page.page.evaluate(f"{MODEL.replace('{test}', 'm.name === `numbers`')}.text")


def test_it_talks_to_its_own_server_only_and_reports_no_error(page, address):
    assert [url for url in page.outside if not url.startswith((address, address.replace("http", "ws")))] == []
    assert page.errors == []


def test_a_slider_changes_the_map_while_it_is_dragged(page):
    times = []
    for value in range(5, 16):
        drawn = page.page.evaluate("skymodel.skies.sky.drawn")
        start = time.perf_counter()
        page.page.evaluate(f"{SLIDER}.value = {value}")
        page.page.wait_for_function(f"skymodel.skies.sky.drawn > {drawn}", polling=10, timeout=30_000)
        times.append(time.perf_counter() - start)
    print(f"median {statistics.median(times):.3f} s, largest {max(times):.3f} s")  # noqa: T201 - reported, not gated


def test_twenty_fast_moves_end_in_the_state_of_the_last(page):
    for value in range(3, 23):
        page.page.evaluate(f"{SLIDER}.value = {value}")
    settled(page, "r_s: 22")
    fast = numbers(page)
    page.page.evaluate(f"{SLIDER}.value = 30")
    settled(page, "r_s: 30")
    assert numbers(page) != fast
    page.page.evaluate(f"{SLIDER}.value = 22")
    settled(page, "r_s: 22")
    assert numbers(page) == fast


def test_a_second_visitor_has_a_page_of_its_own(page, browser, address):
    before = numbers(page)
    other = visit(browser, address)
    other.page.evaluate(f"{SLIDER}.value = 35")
    settled(other, "r_s: 35")
    assert numbers(other) != before == numbers(page)
    other.page.close()


def test_a_bar_is_shown_coarsely_first_and_then_finely(page):
    page.page.evaluate(f"{ELECTRONS}.value = 'dwek1995_bar'")
    page.page.wait_for_function("skymodel.skies.sky.figure.tags[0].nside === 16", polling=10, timeout=60_000)
    page.page.wait_for_function("skymodel.skies.sky.figure.tags[0].nside === 64", polling=10, timeout=60_000)


@pytest.mark.parametrize("text", ["dark_matter: {type: 'os:system', command: ls}", "<img src=x onerror=alert(1)>"])
def test_what_cannot_be_opened_is_told_as_text_and_the_picture_stays(page, text):
    before = numbers(page)
    page.page.evaluate(f"(text) => {{ {MODEL.replace('{test}', 'm.type === `TextAreaInput`')}.value = text }}", text)
    page.page.locator("summary", has_text="Open a configuration").click()
    page.page.get_by_role("button", name="Open", exact=True).click()
    page.page.locator(".refused").wait_for(timeout=20_000)
    assert page.page.locator("img").count() == 0
    assert numbers(page) == before


def test_a_strangers_page_gets_no_connection(address):
    host = address.removeprefix("http://").rstrip("/")
    asked = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    asked |= {"Sec-WebSocket-Key": "c2t5bW9kZWxza3ltb2RlbA==", "Origin": "http://evil.example"}
    line = http.client.HTTPConnection(host, timeout=20)
    line.request("GET", "/ws", headers=asked)
    assert line.getresponse().status == 403
    line.close()


def test_it_ends_when_the_last_page_is_closed(browser):
    server, url = started()
    visit(browser, url).page.close()
    try:
        server.communicate(timeout=60)
    finally:
        server.kill()
    assert server.returncode == 0


def test_a_port_that_is_taken_is_said_in_one_line():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        done = subprocess.run([*COMMAND, "--port", str(port)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert f"port {port} is taken" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("width", [360, 1300])
def test_no_part_is_wider_than_the_screen(browser, address, width):
    watched = visit(browser, address, width=width)
    watched.page.wait_for_timeout(800)
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
    watched.page.close()
