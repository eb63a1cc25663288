"""The newest wish is always answered last; what it overtakes is given up."""

import threading

from skymodel.explore.latest import Latest


def test_many_fast_wishes_end_in_the_answer_to_the_last():
    found, begun = [], threading.Event()

    def compute(wish, progress):
        begun.set()
        for step in range(50):
            progress(step, 50)
            threading.Event().wait(0.001)
        yield wish

    worker = Latest(compute, lambda wish, answer: found.append(answer), lambda wish, error: found.append(error))
    for wish in range(1, 21):
        worker.ask(wish)
    assert begun.wait(5)
    worker.wait(10)
    assert found[-1] == 20
    assert len(found) < 20


def test_a_fault_is_told_and_the_next_wish_is_answered():
    found = []

    def compute(wish, progress):
        if wish == "bad":
            raise ValueError("no such thing")
        yield wish

    worker = Latest(compute, lambda wish, answer: found.append(answer), lambda wish, error: found.append(str(error)))
    for wish in ("bad", "good"):
        worker.ask(wish)
        worker.wait(10)
    assert found == ["no such thing", "good"]


def test_better_answers_follow_until_a_newer_wish_comes():
    found = []

    def compute(wish, progress):
        yield wish, "coarse"
        yield wish, "fine"

    worker = Latest(compute, lambda wish, answer: found.append(answer), lambda wish, error: found.append(error))
    worker.ask(1)
    worker.wait(10)
    assert found == [(1, "coarse"), (1, "fine")]
