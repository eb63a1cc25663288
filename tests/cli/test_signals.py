"""What stops a command: it unwinds, whatever drops the first exception, without a traceback, and the second at once."""

import signal
import subprocess
import sys

import pytest

PRELUDE = """
import os, signal, sys, time
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_DFL)  # a test in the background of a script would hand down "ignored"
from skymodel.cli.signals import STOP
from skymodel.cli.terminal import one_line_errors, progress
import typer
me = os.getpid()
"""
UNWINDING = """
def work():
    with one_line_errors():
        try:
            os.kill(me, {number})
            time.sleep(20)
        finally:
            os.kill(me, {number})  # the same again while it unwinds
            time.sleep(0.1)
            print("unwound", flush=True)
"""
DROPPED = """
class Holder:
    def __del__(self):  # Python drops what is raised in here
        os.kill(me, {number})
        time.sleep(0.1)

def work():
    with one_line_errors(), progress() as report:
        Holder()
        print("on", flush=True)
        report("on", 0.5)
        print("too far", flush=True)
"""
STUCK = """
import skymodel.cli.signals
skymodel.cli.signals._PATIENCE = 0.0

def work():
    with one_line_errors():
        try:
            os.kill(me, {number})
            time.sleep(20)
        finally:
            time.sleep(0.01)
            os.kill(me, {number})
            time.sleep(20)
"""
IGNORED = """
signal.signal({number}, signal.SIG_IGN)

def work():
    os.kill(me, {number})
    print("done", flush=True)
"""
END = """
STOP.catch()
try:
    work()
except typer.Exit as end:
    sys.exit(end.exit_code)
finally:
    STOP.release()
"""


def ended(script, number):
    line = [sys.executable, "-c", PRELUDE + script.format(number=int(number)) + END]
    return subprocess.run(line, capture_output=True, text=True, timeout=30, check=False)


CODES = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]


@pytest.mark.parametrize(("number", "code"), CODES)
def test_a_second_one_while_the_first_unwinds_changes_nothing(number, code):
    done = ended(UNWINDING, number)
    assert (done.returncode, done.stdout) == (code, "unwound\n")
    assert done.stderr == ("skymodel: interrupted; no output was left behind\n" if number == signal.SIGINT else "")


@pytest.mark.parametrize(("number", "code"), CODES[:2])
def test_one_that_python_drops_is_raised_again_at_the_next_step(number, code):
    done = ended(DROPPED, number)
    assert (done.returncode, done.stdout) == (code, "on\n")
    assert "Traceback" not in done.stderr


def test_a_late_second_one_ends_an_unwinding_that_hangs():
    done = ended(STUCK, signal.SIGINT)
    assert done.returncode == 130
    assert done.stderr == "\nskymodel: ended at once; the next run removes what is left behind\n"


@pytest.mark.parametrize(("number", "code"), CODES)
def test_what_the_shell_ignores_stays_ignored(number, code):
    assert ended(IGNORED, number).stdout == "done\n"
