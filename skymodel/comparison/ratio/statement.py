"""The verdict in words, every number taken from the pairs that were judged."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from profiles.shelf.tracers import INTERSTELLAR, PRINTED
from skymodel.comparison.ratio.pair import PairVerdict
from skymodel.comparison.ratio.windows import mapped_window_factors
from skymodel.emission.event.annihilation import event_rate, event_rate_leading_log
from skymodel.emission.nuggets.model import NuggetEmission

NEAR_ONE = 0.2  # COMPTEL's points have errors of 20 %: a window factor nearer to 1 would not show
UNLIKELY = 0.01  # p-value below which a spectrum is said not to fit
_EQUAL = 1e-13  # a relative difference below this is rounding


def describe(pairs: Sequence[PairVerdict], emission: NuggetEmission) -> str:
    """Return the verdict on the ratio claim in a few sentences.

    Parameters
    ----------
    pairs
        What was judged, at least one. If some have interstellar electrons the sentences rest on these, and say what the
        tracer as printed gives.
    emission
        What an encounter radiates.
    """
    gas = [pair for pair in pairs if pair.tracer == INTERSTELLAR]
    printed = [pair for pair in pairs if pair.tracer != INTERSTELLAR]
    judged = gas or pairs
    sentences = [_same_window(pairs), _across(judged, f"with {INTERSTELLAR} " if gas else "")]
    sentences += [_printed(printed)] if gas and printed else []
    sentences += [_mapped(), *_spread(judged), *_chi(judged, printed if gas else [], emission)]
    return " ".join(sentences)


def _printed(pairs: Sequence[PairVerdict]) -> str:
    factors = sorted(map(_window, pairs))
    near = [pair for pair in pairs if abs(_window(pair) - 1) <= NEAR_ONE]
    tracers = ", ".join(dict.fromkeys(pair.electrons for pair in near))
    return (
        f"The tracer as printed ({PRINTED}) gives W = {factors[0]:.3f} to {factors[-1]:.3f}; {len(near)} of "
        f"{len(pairs)} pairs lie within {NEAR_ONE:.0%} of 1"
        + (f" (electrons: {tracers}, whose gas has an empty centre)." if near else ".")
    )


def _same_window(pairs: Sequence[PairVerdict]) -> str:
    ratios = [pair.same_window.value for pair in pairs]
    departure = max(ratios) / min(ratios) - 1 if min(ratios) > 0 else 0.0  # a band beyond the spectrum: all are zero
    accuracy = f"{departure:.0e}" if departure > _EQUAL else "rounding"
    pairs_told = f"for all {len(pairs)} pairs, to {accuracy}," if len(pairs) > 1 else "for any pair,"
    return (
        f"In one window the claim holds: the band ratio is {ratios[0]:.4g} {pairs_told} because both bands are numbers "
        "times the same integral."
    )


def _across(pairs: Sequence[PairVerdict], which: str) -> str:
    ordered = sorted(pairs, key=_window)
    low, high = ordered[0], ordered[-1]
    near = [pair for pair in pairs if abs(_window(pair) - 1) <= NEAR_ONE]
    holds = "fails" if len(near) < len(pairs) else "holds to COMPTEL's accuracy"
    tracers = ", ".join(dict.fromkeys(pair.electrons for pair in near))
    if len(pairs) == 1:
        return (
            f"Across the two instruments' windows {which}it {holds}: the window factor W, which the paper sets to 1, "
            f"is {_window(low):.3f} ({_names(low)})."
        )
    return (
        f"Across the two instruments' windows {which}it {holds}: the window factor W, which the paper sets to 1, is "
        f"{_window(low):.3f} ({_names(low)}) to {_window(high):.3f} ({_names(high)}), a factor of "
        f"{_window(high) / _window(low):.1f}; {len(near)} of {len(pairs)} pairs lie within {NEAR_ONE:.0%} of 1"
        + (f" (electrons: {tracers})." if near else ".")
    )


def _mapped() -> str:
    skies = " and ".join(f"{found.value:.3f} ({found.sky})" for found in mapped_window_factors())
    return f"Published maps of the line itself have W = {skies}."


def _spread(pairs: Sequence[PairVerdict]) -> list[str]:
    halo = _largest_factor(pairs, lambda pair: pair.electrons)
    electrons = _largest_factor(pairs, lambda pair: pair.dark_matter)
    if halo == electrons == 1:
        return []
    return [
        f"For given electrons the halo moves W by up to a factor of {halo:.2f}, for a given halo the electrons move it "
        f"by up to {electrons:.2f}."
    ]


def _chi(pairs: Sequence[PairVerdict], printed: Sequence[PairVerdict], emission: NuggetEmission) -> list[str]:
    sentences = [_chi_of(name, pairs, printed, emission) for name in pairs[0].fits]
    counted = float(2 * event_rate(emission.mu) / event_rate_leading_log(emission.mu))
    if emission.convention == "paper" and not math.isnan(pairs[0].fits["none"].neglecting_window.chi):
        sentences.append(
            f"These chi are counted as the paper counts; counted photons ask for {counted:.2f} times as much. The "
            "spectrum is eq. (6), which the paper calls no fit; appendix A's fits better and asks for several times "
            "the chi (fits.ecsv)."
        )
    return sentences


def _chi_of(name: str, pairs: Sequence[PairVerdict], printed: Sequence[PairVerdict], emission: NuggetEmission) -> str:
    plain = pairs[0].fits[name].neglecting_window
    fitted = [pair.fits[name].with_window.chi for pair in pairs]
    words = "no background" if name == "none" else f"the background {name}"
    if math.isnan(plain.chi):
        return f"With {words}, no chi is asked for: at mu = {emission.mu:g} MeV nothing reaches COMPTEL's bins."
    verdict = "does not fit" if plain.p_value < UNLIKELY else "is not excluded"
    return (
        f"With {words}, COMPTEL asks for chi = {plain.chi:.4f} +- {plain.chi_error:.4f} if W = 1, and for "
        f"{_range(fitted)} with W{_as_printed(name, printed)}; "
        f"the spectrum at mu = {emission.mu:g} MeV {verdict}, "
        f"chi-square {plain.chi_square:.1f} for {plain.dof} degrees of freedom "
        f"(p = {plain.p_value:.1g})."
    )


def _range(numbers: Sequence[float]) -> str:
    low, high = f"{min(numbers):.4f}", f"{max(numbers):.4f}"
    return low if low == high else f"{low} to {high}"


def _as_printed(name: str, printed: Sequence[PairVerdict]) -> str:
    if not printed:
        return ""
    fitted = [pair.fits[name].with_window.chi for pair in printed]
    return f" (as printed {_range(fitted)})"


def _largest_factor(pairs: Sequence[PairVerdict], fixed: Callable[[PairVerdict], str]) -> float:
    """Return the largest ratio of window factors among pairs that share what `fixed` names."""
    groups: dict[str, list[float]] = {}
    for pair in pairs:
        groups.setdefault(fixed(pair), []).append(_window(pair))
    return max(max(group) / min(group) for group in groups.values())


def _window(pair: PairVerdict) -> float:
    return pair.window.value


def _names(pair: PairVerdict) -> str:
    return f"{pair.dark_matter} with {pair.electrons}"
