"""Percentiles and the one line in which a measurement is told beside what it should be."""

from collections.abc import Sequence

__all__ = ["percentile", "tell"]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of all lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def tell(what: str, value: float, unit: str, target: float | None = None) -> None:
    """Print a measurement, and whether it keeps its target (at most that much)."""
    verdict = "" if target is None else f"   target {target:g} {unit}: {'kept' if value <= target else 'MISSED'}"
    print(f"{what:<58}{value:>10.1f} {unit}{verdict}", flush=True)
