"""Blocks and workers: the same bits from one and several, the first error ends the work, a crowd shares the cores."""

import multiprocessing
import os
import signal
import sys
import threading
import time

import numpy as np
import pytest

import skymodel as sm
from profiles import NFW, DwekBar, ExponentialDisk, Grid, HotGas, Triaxial, from_function
from skymodel import forks as forking
from skymodel import workers as crews
from skymodel.forks import begun
from skymodel.sightlines.pixels import summing
from skymodel.sightlines.ray import integrate, voxels
from skymodel.sightlines.ray.geometry import PathEnd, unit_vectors
from skymodel.sightlines.ray.integrate import SightLines
from skymodel.sightlines.ray.meter import Meter, OutOfBudget, Shortfall
from skymodel.sightlines.ray.voxels import VoxelLines
from skymodel.workers import crew, each, leaves_no_trace

PATH = {"observer": sm.Observer(8.2), "r_max": 20.0, "rtol": 1e-2}


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(integrate, "BLOCK", 100)
    monkeypatch.setattr(voxels, "_BLOCK", 2000)


def lumps():
    values = np.random.default_rng(1).uniform(0.1, 1.0, (5, 5, 5))
    return Grid((-8.0, -8.0, -4.0), (4.0, 4.0, 2.0), values, edge="zero", unit="cm-3")


def test_maps_and_means_are_the_same_to_the_bit_whoever_makes_them(small_blocks):
    density, circle = NFW() * ExponentialDisk(), sm.Circle(lon=0, lat=0, radius=6)
    one, two = (sm.project(density, 8, workers=workers, **PATH) for workers in (1, 3))
    assert np.array_equal(one.values, two.values)
    assert np.array_equal(one.error, two.error)
    assert one.meta == two.meta
    assert sm.region_mean(density, circle, workers=1, **PATH) == sm.region_mean(density, circle, workers=3, **PATH)


def test_lines_through_a_cube_are_the_same_to_the_bit_whoever_makes_them(small_blocks):
    towards = unit_vectors(np.linspace(-40, 40, 900), np.linspace(-9, 10, 900))
    lines = (SightLines(NFW() * lumps(), sm.Observer(), PathEnd(r_max=20.0), crew=crew(workers)) for workers in (1, 3))
    one, two = (VoxelLines(some, 2, 1e-3)(towards) for some in lines)
    assert np.array_equal(one.value, two.value)
    assert one.evaluations == two.evaluations
    assert np.count_nonzero(one.value) > 800


def test_lines_are_integrated_in_threads_at_the_same_time(small_blocks):
    seen, both = set(), threading.Event()

    def meeting(x, y, z):
        seen.add(threading.get_ident())
        if len(seen) > 1:
            both.set()
        assert both.wait(timeout=20)
        return 0 * x + 1

    density = from_function(meeting, unit="cm-3")
    lines = SightLines(density, sm.Observer(), PathEnd(s_max=2.0), crew=crew(2))
    found = lines.integrate(unit_vectors(np.linspace(1, 300, 200), 5.0), rtol=1e-3)
    assert np.allclose(found.value, 2.0)


@pytest.fixture
def forks(monkeypatch):
    """Forks whatever other threads the tests run beside, where there are forks."""
    if sys.platform != "linux":
        pytest.skip("forks are for Linux")
    for module in (forking, crews):
        monkeypatch.setattr(module, "may_fork", lambda: True)
    yield
    assert not multiprocessing.active_children()


def square(number):
    time.sleep(0.1)
    return number**2, os.getpid()


@pytest.mark.parametrize("workers", [2, 3])
def test_forks_do_their_share_in_order(forks, workers):
    found = each(square, range(8), workers, by="forks")
    assert [value for value, _ in found] == [number**2 for number in range(8)]
    assert len({process for _, process in found}) == workers


def test_lines_are_the_same_to_the_bit_and_cost_the_same_whatever_forks_do(forks, small_blocks):
    towards = unit_vectors(np.linspace(-40, 40, 900), np.linspace(-9, 10, 900))
    for density, of in (
        (NFW() * ExponentialDisk(), lambda lines: lines.integrate(towards, rtol=1e-5)),
        (NFW() * lumps(), lambda lines: VoxelLines(lines, 2, 1e-3)(towards)),
    ):
        both = [SightLines(density, sm.Observer(), PathEnd(r_max=20.0), crew=crew(workers)) for workers in (1, 2)]
        one, two = map(of, both)
        assert np.array_equal(one.value, two.value)
        assert np.array_equal(one.evaluations, two.evaluations)
        assert both[0].meter.spent == both[1].meter.spent > 0


def test_an_error_in_a_fork_is_raised_here(forks):
    def work(number):
        if number:
            raise Shortfall(f"no {number}")

    with pytest.raises(Shortfall, match="no 1"):
        each(work, range(2), 2, by="forks")


def test_forks_spend_of_one_budget(forks):
    meter = Meter(10.0)
    with pytest.raises(OutOfBudget):
        each(lambda _: meter.spend(6.0), range(2), 2, by="forks", tally=meter)
    assert meter.spent == meter.budget


def test_what_a_fork_that_dies_leaves_is_done_here(forks):
    here = os.getpid()

    def work(number):
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    assert each(work, range(4), 2, by="forks") == [0, 1, 2, 3]


def test_functions_are_called_in_this_process_alone(forks, small_blocks):
    called = []
    density = from_function(lambda x, y, z: called.append(os.getpid()) or 0 * x + 1, unit="cm-3")
    lines = SightLines(density, sm.Observer(), PathEnd(s_max=2.0), crew=crew(2))
    found = lines.integrate(unit_vectors(np.linspace(1, 300, 200), 5.0), rtol=1e-3)
    assert set(called) == {os.getpid()}
    assert lines.meter.spent == found.evaluations.sum()


def test_only_own_formulas_all_through_go_to_forks():
    class Theirs(NFW, smooth=True):
        """It may call a library with threads of its own, which a fork lacks and would wait for."""

    own = (NFW() * ExponentialDisk(), Triaxial(NFW()) * (2 * DwekBar()) * lumps(), NFW() * HotGas())
    assert all(map(leaves_no_trace, own))
    assert not any(map(leaves_no_trace, (Theirs(), Triaxial(Theirs()), ExponentialDisk() * (2 * Theirs() + NFW()))))


def integrated(workers):
    lines = SightLines(NFW(), sm.Observer(), PathEnd(r_max=20.0), crew=crew(workers))
    return lines.integrate(unit_vectors(np.linspace(1, 300, 9000), 5.0), rtol=1e-3).value


@pytest.mark.skipif(sys.platform != "linux", reason="forks are for Linux")
def test_a_process_that_may_have_no_children_forks_none():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert np.array_equal(pool.apply(integrated, (2,)), integrated(1))


def test_the_first_error_ends_the_work():
    begun = []

    def work(block):
        begun.append(block)
        raise OutOfBudget("spent")

    with pytest.raises(OutOfBudget, match="spent"):
        each(work, range(1000), 2)
    assert len(begun) < 1000


def test_a_budget_that_runs_out_is_spent_whoever_asks_first():
    meter = Meter(10.0)
    meter.spend(7.0)
    with pytest.raises(OutOfBudget):
        meter.spend(4.0)
    assert meter.spent == meter.budget
    with pytest.raises(OutOfBudget):
        meter.spend(1.0)


def test_work_within_a_thread_of_a_larger_work_takes_one_core_unless_told(monkeypatch):
    monkeypatch.setattr(crews, "_cores", lambda: 5)
    found = []
    thread = threading.Thread(target=lambda: found.append((crew(None).count, crew(3).count)))
    thread.start()
    thread.join()
    assert found == [(1, 3)]
    assert crew(None).count == 5


@pytest.mark.parametrize("workers", [0, -1, 1.5, True, "2"])
def test_workers_are_a_whole_number(workers):
    with pytest.raises(ValueError, match="workers = .*allowed: a whole number from 1 on"):
        sm.project(NFW(), 4, r_max=20.0, workers=workers)


def test_forks_begin_while_this_process_does_something_else(forks):
    with begun(square, range(4), 2) as finish:
        time.sleep(0.6)
        found = finish()
    assert [value for value, _ in found] == [0, 1, 4, 9]
    assert os.getpid() not in {process for _, process in found}


def test_forks_that_are_not_waited_for_are_ended(forks):
    with pytest.raises(ZeroDivisionError), begun(lambda _: time.sleep(100), range(2), 2):
        raise ZeroDivisionError


def test_of_several_errors_the_first_block_s_is_raised_whoever_was_faster(forks):
    def work(number):
        time.sleep(0.2 if number == 0 else 0.0)
        raise Shortfall(f"no {number}")

    for _ in range(3):
        with pytest.raises(Shortfall, match="no 0"):
            each(work, range(5), 2, by="forks")


def test_blocks_more_than_a_pipe_holds_are_all_done(forks):
    assert each(lambda number: -number, range(5000), 3, by="forks") == [-number for number in range(5000)]


def test_who_listens_hears_of_more_and_more(forks):
    heard = []
    each(square, range(5), 2, by="forks", heard=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 5


def test_a_fork_that_dies_while_it_tells_is_replaced(forks, monkeypatch):
    """A message longer than a pipe, of which half is there."""
    here = os.getpid()

    def work(number):
        if os.getpid() != here:
            threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGKILL)).start()
            return b"x" * 10_000_000
        time.sleep(0.2)
        return number

    with begun(work, range(4), 2) as finish:
        time.sleep(1.0)
        assert finish() == [0, 1, 2, 3]


class TwoParts(Exception):
    def __init__(self, one, two):
        super().__init__(f"{one} {two}")


def test_an_error_that_cannot_be_sent_is_told_in_words(forks):
    def work(number):
        time.sleep(0.1)
        raise TwoParts("no", number) if number else ValueError("here")

    with begun(work, range(1, 3), 2) as finish:
        time.sleep(0.5)
        with pytest.raises((TwoParts, RuntimeError), match=r"no 1"):
            finish()


def test_an_interrupt_while_forks_are_made_ends_them(forks, monkeypatch):
    started = forking._Fork.start

    def interrupted(self, *known):
        started(self, *known)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(forking._Fork, "start", interrupted)
    with pytest.raises(KeyboardInterrupt), begun(lambda _: time.sleep(100), range(3), 3):
        pass


def test_an_interrupt_while_forks_are_ended_leaves_none(forks, monkeypatch):
    ended = forking._Fork.end

    def interrupted(self):
        os.kill(os.getpid(), signal.SIGINT)
        ended(self)

    monkeypatch.setattr(forking._Fork, "end", interrupted)
    with pytest.raises(KeyboardInterrupt), begun(lambda _: time.sleep(100), range(3), 3):
        pass
    assert multiprocessing.active_children() == []


def whose(number):
    time.sleep(0.05)
    return number, os.getpid()


def test_forks_of_a_crew_stay_for_more_of_the_same_work(forks):
    with crew(2) as two:
        first, second = (two.each(whose, range(6), by="forks") for _ in range(2))
        others = two.each(square, range(6), by="forks")
    assert [number for number, _ in second] == list(range(6))
    stayed, new = {process for _, process in first}, {process for _, process in others}
    assert len(stayed) == 2
    assert {process for _, process in second} == stayed
    assert new & stayed == {os.getpid()}


def test_a_crew_grows_as_there_is_more_to_do(forks):
    with crew(3) as three:
        few, many, again = (three.each(whose, range(count), by="forks") for count in (2, 30, 30))
    assert [len({process for _, process in found}) for found in (few, many, again)] == [2, 3, 3]
    assert {process for _, process in few} < {process for _, process in many} == {process for _, process in again}


def test_outside_of_its_context_a_crew_leaves_nothing(forks):
    assert [number for number, _ in crew(2).each(whose, range(4), by="forks")] == list(range(4))
    assert not multiprocessing.active_children()


def test_forks_that_stay_know_what_all_have_spent(forks):
    meter = Meter(10.0)

    def spending(amount):
        meter.spend(amount)
        return os.getpid()

    with crew(2) as two:
        two.each(spending, [2.0, 2.0], by="forks", tally=meter)
        assert meter.spent == 4.0
        with pytest.raises(OutOfBudget):
            two.each(spending, [7.0, 7.0], by="forks", tally=meter)
        assert meter.spent == meter.budget
        meter.budget = 20.0
        assert len(two.each(spending, [1.0, 1.0], by="forks", tally=meter)) == 2
    assert meter.spent == 12.0


def test_after_an_error_a_crew_does_what_comes_next(forks):
    def work(number):
        time.sleep(0.01)
        if number == 3:
            raise Shortfall("no 3")
        return number

    with crew(3) as three:
        for _ in range(3):
            with pytest.raises(Shortfall, match="no 3"):
                three.each(work, range(40), by="forks")
            assert three.each(work, range(3), by="forks") == [0, 1, 2]


def test_a_fork_of_a_crew_that_dies_between_two_pieces_is_replaced(forks):
    here = os.getpid()

    def work(fatal):
        if fatal and os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.05)
        return os.getpid()

    with crew(2) as two:
        alive = set(two.each(work, [False] * 6, by="forks"))
        assert set(two.each(work, [True] * 6, by="forks")) == {here}
        anew = set(two.each(work, [False] * 6, by="forks"))
    assert len(alive) == len(anew) == 2
    assert alive & anew == {here}


def test_an_interrupt_ends_the_forks_of_a_crew(forks):
    def work(number):
        if number == 2:
            os.kill(os.getppid() if os.getpid() != here else here, signal.SIGINT)
            time.sleep(100 if os.getpid() != here else 0)
        return number

    here = os.getpid()
    with crew(2) as two:
        assert two.each(work, [0, 1], by="forks") == [0, 1]
        with pytest.raises(KeyboardInterrupt):
            two.each(work, range(4), by="forks")
        assert not multiprocessing.active_children()


def test_a_map_forks_once(forks, small_blocks, monkeypatch):
    started = []
    start = forking._Fork.start
    monkeypatch.setattr(forking._Fork, "start", lambda self, *known: started.append(start(self, *known)))
    sm.project(NFW() * ExponentialDisk(), 8, workers=2, **PATH)
    assert len(started) == 1


def test_terms_of_a_map_are_drawn_by_forks_to_the_same_bits_at_the_same_cost(forks, monkeypatch):
    density = NFW() * (ExponentialDisk() + DwekBar() + 2 * DwekBar(bar_angle=60.0))
    drawn, real = [], summing.each
    monkeypatch.setattr(
        summing, "each", lambda work, blocks, *how, **more: drawn.append(how) or real(work, blocks, *how, **more)
    )
    one, two = (sm.project(density, 16, workers=workers, **PATH) for workers in (1, 2))
    assert np.array_equal(one.values, two.values)
    assert np.array_equal(one.error, two.error)
    assert one.meta == two.meta
    assert drawn == [(1,), (2,)]


def test_terms_with_a_function_are_drawn_in_this_process_alone(forks):
    called = []
    ball = from_function(lambda x, y, z: called.append(os.getpid()) or np.exp(-np.hypot(x, y) - abs(z)), unit="cm-3")
    sm.project(NFW() * (ball + DwekBar()), 8, workers=2, **PATH)
    assert set(called) == {os.getpid()}


def test_a_fork_takes_no_part_in_its_crew(forks):
    with crew(2) as two:
        both = two.each(whose, range(4), by="forks")

        def within(number):
            return {process for _, process in two.each(whose, range(4), by="forks")}, os.getpid()

        for seen, process in each(within, range(2), 2, by="forks"):
            assert process == os.getpid() or seen == {process}
    assert len({process for _, process in both}) == 2
