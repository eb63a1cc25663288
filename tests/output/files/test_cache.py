"""What the cache returns is to the bit what was computed; it is bounded, and nothing in it can stop a run."""

import numpy as np
import pytest

import skymodel as sm
from profiles import NFW, HernquistBulge, from_function
from skymodel.output.files.cache import MapCache, cache_folder, digest
from skymodel.runs.one.run import run

PAIR = NFW() * HernquistBulge()


def never():
    raise AssertionError("it was computed again")


def settings(**changes):
    return {"nside": 4, "rtol": 1e-3, "observer": sm.Observer(), "r_max": 60.0, "s_max": None, **changes}


def projected():
    return sm.project(PAIR, 4, r_max=60, rtol=1e-3)


def test_a_map_that_is_kept_comes_back_to_the_bit(tmp_path):
    cache = MapCache(tmp_path / "cache")
    made = cache.map(PAIR, settings(), projected)
    back = cache.map(PAIR, settings(), never)
    np.testing.assert_array_equal(back.values, made.values)
    np.testing.assert_array_equal(back.error, made.error)
    assert (back.unit, dict(back.meta)) == (made.unit, dict(made.meta))
    assert cache.notes == []


def test_a_ratio_that_is_kept_comes_back_to_the_bit(tmp_path):
    cache = MapCache(tmp_path)
    made = cache.ratios([PAIR], {"rtol": 1e-4}, lambda: sm.window_factors([PAIR], r_max=60, rtol=1e-4))[0]
    back = cache.ratios([PAIR], {"rtol": 1e-4}, never)[0]
    assert (back.value, back.error) == (made.value, made.error)
    assert [*back.numerator, *back.denominator] == [*made.numerator, *made.denominator]
    assert back.numerator.unit == made.numerator.unit


@pytest.mark.parametrize("change", [{"nside": 8}, {"rtol": 1e-4}, {"observer": sm.Observer(8.0)}, {"s_max": 3.0}])
def test_anything_that_a_map_depends_on_makes_another_digest(change):
    assert digest([PAIR], settings()) != digest([PAIR], settings(**change))
    assert digest([PAIR], settings()) != digest([NFW(r_s=21) * HernquistBulge()], settings())


def test_what_a_users_code_computes_is_never_kept(tmp_path):
    mine = from_function(lambda x, y, z: 0 * x + 1, unit="cm-3", symmetry="spherical")
    calls = []
    cache = MapCache(tmp_path)
    for _ in range(2):
        cache.map(NFW() * mine, settings(), lambda: calls.append(1) or projected())
    assert len(calls) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no zip", None])
def test_a_damaged_file_is_computed_anew_and_said(tmp_path, damage):
    cache = MapCache(tmp_path)
    made = cache.map(PAIR, settings(), projected)
    (file,) = tmp_path.iterdir()
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2] if damage is None else damage)
    again = cache.map(PAIR, settings(), projected)
    np.testing.assert_array_equal(again.values, made.values)
    assert "1 damaged" in cache.told()[0]
    assert cache.told() == []
    assert MapCache(tmp_path).map(PAIR, settings(), never).nside == 4  # and it is whole again


def test_the_folder_is_bounded_and_what_was_not_used_goes_first(tmp_path):
    cache = MapCache(tmp_path, limit=3 * 4096)
    for nside in (1, 2, 4, 8):
        cache.map(PAIR, settings(nside=nside), lambda nside=nside: sm.project(PAIR, nside, r_max=60, rtol=1e-2))
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 3 * 4096


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path):
    (tmp_path / "file").write_text("in the way")
    cache = MapCache(tmp_path / "file" / "cache")
    assert cache.map(PAIR, settings(), projected).nside == 4
    assert "nothing could be kept" in cache.notes[0]


def test_the_users_cache_folder_can_be_named(monkeypatch, tmp_path):
    monkeypatch.setenv("SKYMODEL_CACHE", str(tmp_path / "here"))
    assert cache_folder() == tmp_path / "here"


def test_a_run_from_the_cache_is_the_run_from_scratch(tmp_path):
    config = sm.as_config(
        {
            "dark_matter": {"type": "nfw"},
            "electrons": {"type": "hernquist_bulge"},
            "map": {"nside": 4},
            "verdict": "none",
        }
    )
    cache = MapCache(tmp_path)
    first, second, plain = run(config, cache=cache), run(config, cache=cache), run(config)
    for name in plain.maps:
        for other in (first, second):
            np.testing.assert_array_equal(other.maps[name].values, plain.maps[name].values)
            np.testing.assert_array_equal(other.maps[name].error, plain.maps[name].error)
    assert plain.ratio["W"].tolist() == second.ratio["W"].tolist()
