"""Avatars made by us: a few overlapping waves in harmonious hues, the same for the same person for ever.

At 24 pixels only three things tell pictures apart: the ground's hue, the slope of the water and where it is lightest.
So these are what the id decides, each from bits of its own.
"""

from hashlib import blake2s
from math import pi

__all__ = ["avatar_svg"]

SIZE = 48
HUES = 24
SLOPES = (-32, -14, 0, 14, 32, 90)
# Saturation and lightness of ground, far water and near water: clear of both the light and the dark page.
TONES = ((44, 82), (46, 56), (48, 34))
TONES_AT_NIGHT = ((44, 26), (46, 47), (54, 72))
PARTNERS = (24, -24, 48, -48, -80)


def avatar_svg(user_id: int) -> str:
    """A square SVG picture for a person; it needs no script, no style and no other file."""
    bits = blake2s(str(user_id).encode(), digest_size=16).digest()
    hue = bits[0] % HUES * 360 // HUES
    partner = hue + PARTNERS[bits[1] % len(PARTNERS)]
    slope = SLOPES[bits[2] % len(SLOPES)]
    tones = TONES if bits[3] % 3 else TONES_AT_NIGHT
    hues = (hue, hue + 14, partner)
    phase = bits[4] / 255 * 2 * pi
    waves = bits[5] % 2 + 1
    ground, far, near = (
        f"hsl({turn % 360} {saturation}% {lightness}%)"
        for turn, (saturation, lightness) in zip(hues, tones, strict=True)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}" height="{SIZE}">'
        f'<rect width="{SIZE}" height="{SIZE}" fill="{ground}"/>'
        f'<g transform="rotate({slope} {SIZE // 2} {SIZE // 2})">'
        f'<path d="{_wave(17 + bits[6] % 6, 4 + bits[7] % 4, waves, phase)}" fill="{far}"/>'
        f'<path d="{_wave(28 + bits[8] % 6, 3 + bits[9] % 4, waves + 1, phase + 2)}" fill="{near}"/>'
        "</g></svg>"
    )


def _wave(level: int, height: int, count: int, phase: float) -> str:
    """A path that fills everything below a swell of about `count` waves, wide enough to be turned by any angle."""
    start, end, half = -SIZE, 2 * SIZE, SIZE / count / 1.6
    first = start - phase / pi * half
    # Smooth quadratic curves: the first bends down, and every further one mirrors the one before it.
    swell = "".join(f"T{first + turn * half:.1f} {level}" for turn in range(2, int(3 * SIZE / half) + 5))
    return f"M{first:.1f} {level}q{half / 2:.1f} {height * 2} {half:.1f} 0{swell}L{end + SIZE} {end}L{start} {end}Z"
