"""What moves, and how: pure functions of the frame number, shared by both renders."""

from __future__ import annotations

import math
from dataclasses import dataclass

FIRST_FRAME = 1001
LENGTH = 36


@dataclass(frozen=True)
class Pose:
    """The creature at one frame. Positions in scene units, angles in degrees."""

    x: float
    bob: float
    body_yaw: float
    body_roll: float
    head_yaw: float
    head_pitch: float
    head_roll: float
    ear_left: float
    ear_right: float
    shoulder: float
    elbow: float
    other_arm: float
    scarf: float
    blink: float


@dataclass(frozen=True)
class CameraPose:
    """The camera at one frame: position in scene units, rotation in degrees (XYZ Euler)."""

    position: tuple[float, float, float]
    rotation: tuple[float, float, float]


def pose_at(frame: float) -> Pose:
    """The creature walks in from the left, notices the camera, turns to it and waves."""
    t = progress(frame)
    stride = math.sin(2 * math.pi * 2.6 * t)
    walking = 1 - ease(t, 0.42, 0.78)
    notice = ease(t, 0.22, 0.55)
    raised = ease(t, 0.40, 0.68)
    wave = math.sin(2 * math.pi * 3.2 * (t - 0.62)) * ease(t, 0.58, 0.70)
    return Pose(
        x=mix(-0.80, 0.86, settle(t)),
        bob=0.045 * abs(stride) * walking + 0.05 * pulse(t, 0.50, 0.10),
        body_yaw=mix(58, 16, ease(t, 0.30, 0.72)),
        body_roll=3.5 * stride * walking,
        head_yaw=mix(6, -12, notice) + 4 * math.sin(5 * t),
        head_pitch=mix(6, -5, notice) + 3 * abs(stride) * walking,
        head_roll=mix(-3, 11, ease(t, 0.52, 0.85)) - 2 * stride * walking,
        ear_left=14 * pulse(t, 0.36, 0.05) - 12 * pulse(t, 0.86, 0.035),
        ear_right=16 * pulse(t, 0.40, 0.06) + 4 * stride * walking,
        shoulder=mix(14, -56, raised) - 10 * stride * walking * (1 - raised),
        elbow=mix(-22, -108, raised) + 25 * wave,
        other_arm=12 + 12 * stride * walking,
        scarf=16 * math.sin(2 * math.pi * 2.6 * t - 1.0) * walking + 9 * pulse(t, 0.78, 0.1),
        blink=max(pulse(t, 0.31, 0.022), pulse(t, 0.80, 0.022)),
    )


def camera_at(frame: float) -> CameraPose:
    """A slow truck to the right with a hand-held breath: it follows, but lags behind the walk."""
    t = progress(frame)
    drift = ease(t, -0.15, 1.1)
    breath = math.sin(7.3 * t) + 0.6 * math.sin(13.1 * t + 1.3)
    return CameraPose(
        position=(mix(-0.22, 0.40, drift), -5.0, 1.05 + 0.006 * breath),
        rotation=(90.0 + 0.10 * breath, 0.12 * math.sin(5.1 * t), mix(1.2, -1.0, drift) + 0.08 * breath),
    )


def progress(frame: float) -> float:
    """0 at the first frame, 1 at the last; runs on outside the shot so that motion blur is whole."""
    return (frame - FIRST_FRAME) / (LENGTH - 1)


def mix(start: float, end: float, amount: float) -> float:
    """Linear blend."""
    return start + (end - start) * amount


def ease(t: float, start: float, end: float) -> float:
    """Smoothstep from 0 at ``start`` to 1 at ``end``."""
    s = min(max((t - start) / (end - start), 0.0), 1.0)
    return s * s * (3 - 2 * s)


def settle(t: float) -> float:
    """A walk that is already moving at the first frame and comes to rest near the last one."""
    return math.sin(min(t, 1.05) / 1.05 * math.pi / 2)


def pulse(t: float, center: float, width: float) -> float:
    """A bell of height 1."""
    return math.exp(-(((t - center) / width) ** 2))
