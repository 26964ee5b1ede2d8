"""Made shots with and without cuts, for benchmarks/cuts.py: 37 kinds, in scene-linear light, from seeds."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from cut_scenes import FRAMES, HEIGHT, WIDTH, Dice, Floats, Pool, X, Y, between, camera, eased, grown, screen, spot

from penumbra.codec import read_picture

SAMPLE = Path(__file__).resolve().parents[1] / "sample" / "plate"

# Frames `[T,H,W,3]`, and after which of them a cut lies.
Made = tuple[Floats, list[int]]

# Without a cut


def calm(pool: Pool, dice: Dice) -> Made:
    return pool.piece(dice, 20), []


def quick(pool: Pool, dice: Dice) -> Made:
    return pool.clip(dice, FRAMES)[:: int(dice.integers(2, 4))], []


def frozen(pool: Pool, dice: Dice) -> Made:
    return np.repeat(pool.piece(dice, 1), 16, 0), []


def held_then_moves(pool: Pool, dice: Dice) -> Made:
    frames, count = pool.piece(dice, 12), int(dice.integers(3, 6))
    whole = np.concatenate([np.repeat(frames[:1], count, 0), frames])
    return (whole if dice.random() < 0.5 else whole[::-1]), []


def repeated(pool: Pool, dice: Dice) -> Made:
    """On twos, threes and fours, pulled down, and at random."""
    frames = pool.clip(dice, 24) if dice.random() < 0.5 else pool.held(dice, 24, 0.02)
    pulled = [4 * group + step for group in range(5) for step in (0, 0, 1, 2, 3)]
    ways = [np.repeat(np.arange(0, 24, step), step) for step in (2, 3, 4)]
    return frames[[*ways, np.array(pulled), np.sort(dice.integers(0, 24, 20))][int(dice.integers(5))]], []


def pan(pool: Pool, dice: Dice) -> Made:
    half, angle = dice.uniform(0.15, 0.35), dice.integers(4) * math.pi / 2
    way = np.cumsum(np.full(18, dice.uniform(0.05, 0.3) * half * 2))
    return camera(pool.world(dice), np.stack([np.cos(angle) * way, np.sin(angle) * way * 0.6], 1), half), []


def whip_pan(pool: Pool, dice: Dice) -> Made:
    half, length, angle = dice.uniform(0.15, 0.35), int(dice.integers(2, 8)), dice.uniform(0, 2 * math.pi)
    far = dice.uniform(0.2, 0.7) * half * 2 * length
    way = np.concatenate([np.zeros(8), far * eased(length), np.full(8, far)])
    centers = dice.uniform(-0.5, 0.5, 2) + np.stack([np.cos(angle) * way, np.sin(angle) * way * 0.6], 1)
    return camera(pool.world(dice), centers, half, dice.uniform(0.4, 1)), []


def within_a_whip_pan(pool: Pool, dice: Dice) -> Made:
    """The range begins or ends while the camera whips."""
    frames, _ = whip_pan(pool, dice)
    inside = len(frames) - 16
    if dice.random() < 0.5:
        return frames[8 + int(dice.integers(inside)) :], []
    return frames[: 9 + int(dice.integers(inside))], []


def shake(pool: Pool, dice: Dice) -> Made:
    half = dice.uniform(0.15, 0.35)
    return camera(pool.world(dice), dice.normal(0, dice.uniform(0.02, 0.12) * half * 2, (18, 2)), half), []


def zoom(pool: Pool, dice: Dice) -> Made:
    way = np.concatenate([np.zeros(6), eased(int(dice.integers(3, 10))), np.ones(6)])[:: int(dice.choice([-1, 1]))]
    halves = dice.uniform(0.5, 0.8) * dice.uniform(1.5, 3.5) ** -way
    return camera(pool.world(dice), np.tile(dice.uniform(-0.3, 0.3, 2), (len(way), 1)), halves), []


def crossing(pool: Pool, dice: Dice) -> Made:
    """Something large passes before the camera and covers all, or nearly all, of the picture."""
    scene, cover = pool.piece(dice, 20), pool.piece(dice, 1)[0] * dice.choice([0.05, 0.3, 1, 2])
    length, wide = dice.uniform(3, 10), dice.uniform(0.4, 1.6)
    left = ((np.arange(20) - dice.uniform(4, 8)) / length - wide)[:, None, None] + Y * dice.uniform(-0.15, 0.15)
    across, soft = X / 2 + 0.5, 0.02 + 0.5 / length
    alpha = np.clip((across - left) / soft + 0.5, 0, 1) * np.clip((left + wide - across) / soft + 0.5, 0, 1)
    covers = np.stack([np.roll(cover, int(frame * WIDTH / length), 1) for frame in range(20)])
    return (scene * (1 - alpha[..., None]) + covers * alpha[..., None]).astype(np.float32), []


def dissolve(pool: Pool, dice: Dice) -> Made:
    share = between(int(dice.integers(4, 16)))
    return pool.piece(dice, len(share)) * (1 - share) + pool.piece(dice, len(share)) * share, []


def fade(pool: Pool, dice: Dice) -> Made:
    """To black, from black, to white."""
    share, white = between(int(dice.integers(4, 16))), float(dice.choice([0, 0, 1, 4]))
    frames = pool.piece(dice, len(share)) * (1 - share) + white * share
    return (frames if white or dice.random() < 0.5 else frames[::-1]), []


def exposure_ramp(pool: Pool, dice: Dice) -> Made:
    way = between(int(dice.integers(4, 16)))
    return pool.piece(dice, len(way)) * 2.0 ** (dice.choice([-1, 1]) * dice.uniform(2, 5) * (way - 0.5)), []


def flash(pool: Pool, dice: Dice) -> Made:
    """One or two, of the whole picture or of a part, for one to four frames each."""
    frames = pool.piece(dice, 20).copy()
    for _ in range(int(dice.integers(1, 3))):
        first = int(dice.integers(3, 16))
        for frame in range(first, first + int(dice.integers(1, 5))):
            gain, part = dice.uniform(1, 10) * dice.choice([1, 4]), spot(dice, 0.1, 0.7)
            ways = (frames[frame] * gain, frames[frame] * 3 * gain * part + gain * part, gain)
            frames[frame] += ways[int(dice.integers(3))]
    return frames, []


def dropped(pool: Pool, dice: Dice) -> Made:
    """One to three frames that are black, cut short, or noise."""
    frames, first = pool.piece(dice, 18).copy(), int(dice.integers(3, 13))
    broken = frames[first : first + int(dice.integers(1, 4))]
    how = int(dice.integers(3))
    broken[:, int(dice.integers(0, HEIGHT - 10)) * int(how == 1) :] = dice.random(broken.shape[2:]) if how == 2 else 0
    return frames, []


def light_goes_on(pool: Pool, dice: Dice) -> Made:
    frames, at = pool.clip(dice, 18) if dice.random() < 0.5 else pool.held(dice, 18), int(dice.integers(3, 15))
    gain = 1 + dice.uniform(0.5, 4) * (spot(dice, 0.4, 1.5) if dice.random() < 0.5 else 1)
    lit = (np.arange(18) < at)[:, None, None, None] ^ bool(dice.random() < 0.5)
    return frames * np.where(lit, gain, 1), []


def strobe(pool: Pool, dice: Dice) -> Made:
    lit = (np.arange(20) // (dice.integers(2, 7) / 2)).astype(int) % 2
    return pool.clip(dice, 20) * (1 + dice.uniform(1, 8) * lit[:, None, None, None]), []


def boiling(pool: Pool, dice: Dice) -> Made:
    """Fire, rain, confetti: a part of the picture is another in every frame."""
    size = int(dice.integers(4, 12)), int(dice.integers(6, 20))
    boil = grown(dice.normal(0, 1, (18, *size)))
    place = grown(dice.normal(0, 1, (1, 4, 6))) > dice.normal(0, 0.7)
    return pool.held(dice, 18) * np.where(place, np.exp(np.clip(boil, -2.5, 2.5)), 1), []


def bare_wall(pool: Pool, dice: Dice) -> Made:
    wall = np.exp(dice.uniform(-4, 0, 3)) * (1 + 0.1 * dice.uniform(0, 1) * X[..., None])
    return wall * np.exp(np.cumsum(dice.normal(0, 0.005, 16)))[:, None, None, None], []


def window_changes(pool: Pool, dice: Dice) -> Made:
    """From some frame on, pixels are in a part of the display window only: NaN stands for none."""
    frames, at = pool.piece(dice, 16).copy(), int(dice.integers(2, 14))
    left, right = np.sort(dice.integers(0, WIDTH + 1, 2))
    top, bottom = np.sort(dice.integers(0, HEIGHT + 1, 2))
    beside = np.ones((HEIGHT, WIDTH), bool)
    beside[top:bottom, left:right] = False
    (frames[:at] if dice.random() < 0.5 else frames[at:])[:, beside] = np.nan
    return frames, []


def studio(pool: Pool, dice: Dice) -> Made:
    return pool.take(dice, 20, screen(dice)), []


def bundled(pool: Pool, dice: Dice) -> Made:
    frames = []
    for frame in range(1001 + int(dice.integers(3)), 1037, int(dice.integers(1, 4))):
        pixels = read_picture(SAMPLE / f"plate.{frame}.exr", ["R", "G", "B"]).pixels_HWC
        frames.append(pixels[: HEIGHT * 3, : WIDTH * 3].reshape(HEIGHT, 3, WIDTH, 3, 3).mean((1, 3)))
    return np.stack(frames), []


# With cuts


def joined(*pieces: Floats) -> Made:
    return np.concatenate(pieces), [int(end) - 1 for end in np.cumsum([len(piece) for piece in pieces])[:-1]]


def two(pool: Pool, dice: Dice) -> Made:
    return joined(*(pool.piece(dice, int(dice.integers(6, 13))) for _ in range(2)))


def two_in_motion(pool: Pool, dice: Dice) -> Made:
    if dice.random() < 0.5:
        return joined(*(pool.clip(dice, 20)[::2] for _ in range(2)))
    return joined(*(pool.held(dice, 9, 0.03) for _ in range(2)))


def other_framing(pool: Pool, dice: Dice) -> Made:
    """The same scene, another part of it, or from much nearer or farther."""
    half, at = dice.uniform(0.15, 0.3), dice.uniform(-0.5, 0.5, 2)
    if dice.random() < 0.5:
        aside = np.array([dice.choice([-1, 1]) * dice.uniform(1, 4) * half, dice.normal(0, 0.1)])
        there, other = at + aside, half
    else:
        there, other = at, half * float(dice.choice([dice.uniform(1.5, 2.5), dice.uniform(0.4, 0.66)]))
    return framed(pool.world(dice), dice, (at, half), (there, other))


def slight_reframing(pool: Pool, dice: Dice) -> Made:
    """A jump cut: a little nearer or farther, and to the side."""
    half, at = dice.uniform(0.15, 0.35), dice.uniform(-0.5, 0.5, 2)
    other = half * float(dice.choice([dice.uniform(1.2, 1.5), dice.uniform(0.66, 0.83)]))
    return framed(pool.world(dice), dice, (at, half), (at + dice.normal(0, 0.25 * half, 2), other))


def framed(world: torch.Tensor, dice: Dice, *views: tuple[Floats, float]) -> Made:
    drift = np.arange(8)[:, None] * dice.normal(0, 0.002, 2)
    return joined(*(camera(world, at + drift, half) for at, half in views))


def two_takes(pool: Pool, dice: Dice) -> Made:
    """Of two subjects, before the same screen."""
    backdrop = screen(dice)
    return joined(*(pool.take(dice, int(dice.integers(6, 12)), backdrop) for _ in range(2)))


def dark(pool: Pool, dice: Dice) -> Made:
    frames, cuts = two(pool, dice)
    return frames * 0.02, cuts


def low_contrast(pool: Pool, dice: Dice) -> Made:
    """As through fog."""
    pieces = (pool.piece(dice, 8) for _ in range(2))
    return joined(*(0.3 * (piece / piece.mean()) ** dice.uniform(0.1, 0.3) for piece in pieces))


def at_an_end(pool: Pool, dice: Dice) -> Made:
    pieces = [pool.piece(dice, 1), pool.piece(dice, int(dice.integers(6, 12)))]
    return joined(*pieces[:: int(dice.choice([-1, 1]))])


def one_frame_between(pool: Pool, dice: Dice) -> Made:
    return joined(pool.piece(dice, 8), pool.piece(dice, 1), pool.piece(dice, 8))


def several(pool: Pool, dice: Dice) -> Made:
    return joined(*(pool.piece(dice, int(dice.integers(2, 7))) for _ in range(int(dice.integers(3, 6)))))


def cut_on_twos(pool: Pool, dice: Dice) -> Made:
    frames, cuts = two(pool, dice)
    times = int(dice.integers(2, 4))
    return np.repeat(frames, times, 0), [times * (cut + 1) - 1 for cut in cuts]


def flash_near_a_cut(pool: Pool, dice: Dice) -> Made:
    frames, (cut,) = two(pool, dice)
    frames[cut + int(dice.choice([-4, -3, -2, 3, 4, 5]))] *= 1 + dice.uniform(1, 10)
    return frames, [cut]


def out_of_a_whip_pan(pool: Pool, dice: Dice) -> Made:
    frames, _ = whip_pan(pool, dice)
    return joined(frames[: len(frames) - 8], pool.piece(dice, 8))


def to_black(pool: Pool, dice: Dice) -> Made:
    frames = [pool.piece(dice, 10), np.zeros((8, HEIGHT, WIDTH, 3), np.float32)]
    return joined(*frames[:: int(dice.choice([-1, 1]))])


Kind = Callable[[Pool, Dice], Made]
WITHOUT: tuple[Kind, ...] = (
    calm, quick, frozen, held_then_moves, repeated, pan, whip_pan, within_a_whip_pan, shake, zoom, crossing, dissolve,
    fade, exposure_ramp, flash, dropped, light_goes_on, strobe, boiling, bare_wall, window_changes, studio, bundled,
)  # fmt: skip
WITH: tuple[Kind, ...] = (
    two, two_in_motion, other_framing, slight_reframing, two_takes, dark, low_contrast, at_an_end, one_frame_between,
    several, cut_on_twos, flash_near_a_cut, out_of_a_whip_pan, to_black,
)  # fmt: skip
