"""The subject: a young red-panda-like creature in a quilted coat and a woollen scarf.

Head space: origin at the neck, +z up, the creature looks along -y.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import bmesh
import bpy
import numpy as np

from maker import materials, shapes
from maker.animation import pose_at
from maker.fur import Coat, grow
from maker.shapes import Blob, Floats, Triple
from maker.stage import animated_frames, radians

RUSSET = np.array([0.46, 0.135, 0.032])
RUST_DARK = np.array([0.15, 0.038, 0.014])
CREAM = np.array([0.80, 0.66, 0.48])
SOOT = np.array([0.035, 0.022, 0.018])
EYES = (np.array([-0.17, -0.325, 0.455]), np.array([0.17, -0.325, 0.455]))
NOSE: Triple = (0.0, -0.605, 0.345)


@dataclass(frozen=True)
class Rig:
    """The joints that the animation turns."""

    root: bpy.types.Object
    neck: bpy.types.Object
    ears: tuple[bpy.types.Object, bpy.types.Object]
    shoulder: bpy.types.Object
    elbow: bpy.types.Object
    other_arm: bpy.types.Object
    scarf: bpy.types.Object
    lids: bpy.types.Object


def add_creature(scene: bpy.types.Scene) -> Rig:
    """Build the creature in ``scene`` and animate it."""
    root = _joint(scene, "root", (0, 0, 0), None)
    neck = _joint(scene, "neck", (0, -0.02, 0.80), root)
    fur = materials.hair("fur", gamma=1.75)
    _add_head(scene, neck, fur)
    ears = (_add_ear(scene, neck, fur, -1), _add_ear(scene, neck, fur, 1))
    lids = _add_face(scene, neck)
    coat = materials.quilted("coat", (0.020, 0.075, 0.100), (0.010, 0.036, 0.055))
    _add_torso(scene, root, coat)
    shoulder, elbow = _add_arm(scene, root, coat, fur, side=1)
    other_arm, _ = _add_arm(scene, root, coat, fur, side=-1)
    scarf = _add_scarf(scene, root)
    rig = Rig(root, neck, ears, shoulder, elbow, other_arm, scarf, lids)
    for frame in animated_frames():
        _set_pose(rig, frame)
    return rig


def _set_pose(rig: Rig, frame: int) -> None:
    pose = pose_at(frame)
    rig.root.location = (pose.x, 0.0, pose.bob)
    rig.root.keyframe_insert("location", frame=frame)
    turns = (
        (rig.root, (0.0, pose.body_roll, pose.body_yaw)),
        (rig.neck, (pose.head_pitch, pose.head_roll, pose.head_yaw)),
        (rig.ears[0], (0.0, -24.0 - pose.ear_left, 0.0)),
        (rig.ears[1], (0.0, 24.0 + pose.ear_right, 0.0)),
        (rig.shoulder, (-16.0, pose.shoulder, 0.0)),
        (rig.elbow, (-10.0, pose.elbow, 0.0)),
        (rig.other_arm, (0.0, pose.other_arm, 0.0)),
        (rig.scarf, (pose.scarf, 0.5 * pose.scarf, 0.0)),
        (rig.lids, (_lid_turn(pose.blink), 0.0, 0.0)),
    )
    for joint, turn in turns:
        joint.rotation_euler = radians(*turn)
        joint.keyframe_insert("rotation_euler", frame=frame)


def _lid_turn(blink: float) -> float:
    """Eyelid turn in degrees: a little over the eye when open, down over it when shut."""
    return -28.0 + 88.0 * blink


def _add_head(scene: bpy.types.Scene, neck: bpy.types.Object, fur: bpy.types.Material) -> None:
    blobs = [
        Blob((0, 0.02, 0.46), (0.43, 0.39, 0.39)),
        Blob((-0.25, -0.10, 0.30), (0.25, 0.25, 0.22)),
        Blob((0.25, -0.10, 0.30), (0.25, 0.25, 0.22)),
        Blob((0, -0.36, 0.31), (0.185, 0.24, 0.145)),
        Blob((0, -0.26, 0.22), (0.17, 0.18, 0.10)),
        Blob((0, 0.0, 0.05), (0.24, 0.22, 0.24)),
        Blob((0, -0.22, 0.62), (0.28, 0.15, 0.16)),
    ]
    skin = shapes.melted("head", blobs, 0.022, 14, materials.painted("skin", 0.8))
    shapes.paint(skin, head_color)
    _attach(scene, skin, neck)
    coat = Coat(head_length, head_comb, head_color, 90_000, lift=0.42)
    _attach(scene, grow(skin.data, coat, fur, seed=11), neck)
    _add_whiskers(scene, neck)


def head_length(points: Floats) -> Floats:
    """Short on the muzzle, none on the eyes, long ruffs on the cheeks and a tuft on the crown."""
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    length = np.full(len(points), 0.105)
    length += 0.17 * _bell(points, (0.40, -0.05, 0.24), 0.20, mirror=True)
    length += 0.10 * _bell(points, (0.0, -0.02, 0.88), 0.13)
    length += 0.05 * _bell(points, (0.0, -0.1, 0.05), 0.2)
    length *= 1 - 0.78 * _step(y, -0.24, -0.40)
    for eye in EYES:
        length *= _step(np.linalg.norm(points - eye, axis=1), 0.10, 0.20) * 0.9 + 0.1
        length[np.linalg.norm(points - eye, axis=1) < 0.080] = 0.0
    length[np.linalg.norm(points - np.array(NOSE), axis=1) < 0.07] = 0.0
    length[(z < -0.05) & (x < 0.3)] = 0.0
    return length


def head_comb(points: Floats) -> Floats:
    """Brushed from the nose backward and, on the cheeks, outward and down."""
    comb = points - np.array([0.0, -0.62, 0.36])
    comb /= np.linalg.norm(comb, axis=1, keepdims=True)
    cheek = _bell(points, (0.38, -0.05, 0.25), 0.28, mirror=True)[:, None]
    outward = np.stack([np.sign(points[:, 0]) * 0.9, np.full(len(points), 0.15), np.full(len(points), -0.7)], 1)
    crown = _bell(points, (0.0, 0.0, 0.86), 0.16)[:, None]
    upward = np.stack([0.2 + 0 * points[:, 0], -0.5 + 0 * points[:, 0], 0.9 + 0 * points[:, 0]], 1)
    return comb * 0.9 + outward * cheek * 1.1 + upward * crown * 0.8


def head_color(points: Floats) -> Floats:
    """Russet, with a cream muzzle, brows and cheeks, and a dark tear band under each eye."""
    wobble = 0.02 * np.sin(points[:, 0] * 31 + points[:, 2] * 23) * np.sin(points[:, 1] * 27)
    color = _blend(RUSSET, RUST_DARK, _step(points[:, 1] + wobble, 0.05, 0.40) * 0.8, len(points))
    color = _toward(color, RUST_DARK, _step(points[:, 2] + wobble, 0.16, 0.02))
    color = _toward(color, CREAM, _bell(points, (0.0, -0.50, 0.30), 0.20) * 1.9 + wobble)
    color = _toward(color, CREAM, _bell(points, (0.36, -0.22, 0.27), 0.125, mirror=True) * 1.6 + wobble)
    color = _toward(color, CREAM, _bell(points, (0.15, -0.34, 0.63), 0.085, mirror=True) * 2.0 + wobble)
    band = _bell(points, (0.225, -0.34, 0.28), 0.085, mirror=True) * 1.8
    color = _toward(color, RUST_DARK, band + wobble)
    return _toward(color, SOOT, _bell(points, (0.175, -0.37, 0.455), 0.092, mirror=True) * 1.6)


def _add_ear(scene: bpy.types.Scene, neck: bpy.types.Object, fur: bpy.types.Material, side: int) -> bpy.types.Object:
    joint = _joint(scene, "ear", (0.29 * side, 0.02, 0.74), neck)
    blobs = [Blob((0, 0, 0.10), (0.165, 0.07, 0.19)), Blob((0, 0.01, 0.26), (0.085, 0.045, 0.13))]
    skin = shapes.melted("ear", blobs, 0.016, 8, materials.painted("ear", 0.8))

    def color(points: Floats) -> Floats:
        inner = _step(points[:, 1], -0.01, -0.045) * _bell(points, (0.0, -0.06, 0.12), 0.115) * 1.6
        base = _blend(RUSSET * 0.8, SOOT, _step(points[:, 2], 0.12, 0.30), len(points))
        return _toward(base, CREAM, inner)

    def length(points: Floats) -> Floats:
        inside = _step(points[:, 1], 0.0, -0.04)
        return 0.05 + 0.07 * inside + 0.06 * _step(np.abs(points[:, 0]), 0.08, 0.15)

    def comb(points: Floats) -> Floats:
        return np.stack([points[:, 0] * 4.0, points[:, 1] * 2.0 - 0.1, np.full(len(points), 0.8)], 1)

    shapes.paint(skin, color)
    _attach(scene, skin, joint)
    coat = Coat(length, comb, color, 11_000, lift=0.4, stray=0.05)
    _attach(scene, grow(skin.data, coat, fur, seed=20 + side), joint)
    return joint


def _add_face(scene: bpy.types.Scene, neck: bpy.types.Object) -> bpy.types.Object:
    """Eyes, lids, nose; returns the joint that turns both lids."""
    amber = materials.plain("iris", (0.085, 0.030, 0.008), 0.35, coat=1.0)
    black = materials.plain("pupil", (0.004, 0.004, 0.004), 0.1, coat=1.0)
    glass = materials.plain("cornea", (0.012, 0.007, 0.005), 0.06, coat=1.0, specular=0.8)
    lid_skin = materials.plain("lid", (0.14, 0.048, 0.020), 0.7)
    lids = _joint(scene, "lids", (0.0, float(EYES[0][1]), float(EYES[0][2])), neck)
    for eye in EYES:
        x, y, z = (float(v) for v in eye)
        look = np.array([x * 0.25, -1.0, 0.02])
        look /= np.linalg.norm(look)
        _attach(scene, shapes.solids("eye", [Blob((x, y, z), (0.090,) * 3)], glass), neck)
        for depth, radius, material in ((0.037, 0.0605, amber), (0.0575, 0.0415, black)):
            place = np.array([x, y, z]) + look * depth
            _attach(scene, shapes.solids("iris", [Blob(tuple(place), (radius,) * 3)], material), neck)
        _attach(scene, _lid(x, lid_skin), lids)
    nose = materials.plain("nose", (0.012, 0.009, 0.009), 0.28, coat=1.0, specular=0.7)
    blobs = [Blob(NOSE, (0.066, 0.042, 0.046)), Blob((0.0, -0.595, 0.31), (0.03, 0.03, 0.035))]
    _attach(scene, shapes.melted("nose", blobs, 0.007, 5, nose), neck)
    mouth = [(0.10 * s, -0.545 + 0.09 * s * s, 0.235 + 0.035 * s * s) for s in np.linspace(-1, 1, 15)]
    _attach(scene, shapes.tube("mouth", mouth, 0.007, nose), neck)
    return lids


def _lid(x: float, material: bpy.types.Material) -> bpy.types.Object:
    """The upper half of a shell just outside the eyeball, about the lid joint's own axis."""
    lid = shapes.solids("lid", [Blob((0, 0, 0), (0.0965,) * 3)], material)
    build = bmesh.new()
    build.from_mesh(lid.data)
    bmesh.ops.delete(build, geom=[v for v in build.verts if v.co.z < 0.0], context="VERTS")
    build.to_mesh(lid.data)
    build.free()
    lid.location = (x, 0.0, 0.0)
    return lid


def _add_whiskers(scene: bpy.types.Scene, neck: bpy.types.Object) -> None:
    white = materials.plain("whisker", (0.8, 0.76, 0.7), 0.3)
    for side in (-1, 1):
        for row in range(4):
            lean = np.linspace(0, 1, 9)
            x = side * (0.11 + 0.42 * lean)
            y = -0.50 + 0.12 * lean - 0.02 * row
            z = 0.33 - 0.025 * row + (0.10 - 0.05 * row) * lean - 0.10 * lean**2
            _attach(scene, shapes.tube("whisker", list(zip(x, y, z, strict=True)), 0.0014, white), neck)


def _add_torso(scene: bpy.types.Scene, root: bpy.types.Object, coat: bpy.types.Material) -> None:
    blobs = [
        Blob((0, 0.02, 0.28), (0.47, 0.36, 0.60)),
        Blob((0, 0.02, -0.30), (0.53, 0.42, 0.60)),
        Blob((-0.34, 0.02, 0.58), (0.20, 0.19, 0.19)),
        Blob((0.34, 0.02, 0.58), (0.20, 0.19, 0.19)),
    ]
    _attach(scene, shapes.melted("torso", blobs, 0.028, 18, coat), root)
    placket = [(0.0, -0.347 - 0.03 * math.sin(3 * z), z) for z in np.linspace(0.52, -0.5, 14)]
    _attach(scene, shapes.tube("placket", placket, 0.022, coat), root)
    brass = materials.plain("brass", (0.9, 0.62, 0.22), 0.18, metallic=1.0)
    buttons = [Blob((0.055, -0.375, z), (0.032, 0.016, 0.032)) for z in (0.42, 0.20, -0.02, -0.24)]
    _attach(scene, shapes.solids("buttons", buttons, brass), root)


def _add_arm(
    scene: bpy.types.Scene,
    root: bpy.types.Object,
    coat: bpy.types.Material,
    fur: bpy.types.Material,
    side: int,
) -> tuple[bpy.types.Object, bpy.types.Object]:
    shoulder = _joint(scene, "shoulder", (0.44 * side, -0.04, 0.56), root)
    elbow = _joint(scene, "elbow", (0, 0, -0.36), shoulder)
    upper = [Blob((0, 0, -0.06 - 0.075 * i), (0.15 - 0.008 * i,) * 3) for i in range(5)]
    _attach(scene, shapes.melted("upper_arm", upper, 0.022, 10, coat), shoulder)
    lower = [Blob((0, 0, -0.07 * i), (0.118 + 0.004 * i,) * 3) for i in range(5)]
    cuff = [Blob((0, 0, -0.33), (0.15, 0.15, 0.05))]
    _attach(scene, shapes.melted("sleeve", lower + cuff, 0.020, 8, coat), elbow)
    fingers = [Blob((0.062 * (i - 1), -0.03, -0.575), (0.042, 0.045, 0.06)) for i in range(3)]
    palm = [Blob((0, 0, -0.46), (0.115, 0.085, 0.125)), Blob((0.10, -0.03, -0.45), (0.045, 0.04, 0.055))]
    paw = shapes.melted("paw", palm + fingers, 0.013, 5, materials.painted("paw", 0.8))
    shapes.paint(paw, lambda points: np.tile(SOOT * 1.6, (len(points), 1)))
    _attach(scene, paw, elbow)
    down = np.array([0.0, 0.0, -1.0])
    growth = Coat(
        length=lambda points: 0.075 - 0.03 * _step(points[:, 2], -0.48, -0.58),
        comb=lambda points: np.tile(down, (len(points), 1)),
        color=lambda points: _blend(RUST_DARK, SOOT * 1.4, _step(points[:, 2], -0.42, -0.55), len(points)),
        count=9_000,
        lift=0.35,
    )
    _attach(scene, grow(paw.data, growth, fur, seed=30 + side), elbow)
    return shoulder, elbow


def _add_scarf(scene: bpy.types.Scene, root: bpy.types.Object) -> bpy.types.Object:
    """A fuzzy striped scarf about the neck; returns the joint of its hanging end."""
    ring = []
    for i in range(40):
        a = 2 * math.pi * i / 40
        tilt = 0.05 * math.cos(a)
        ring.append(Blob((0.30 * math.sin(a), -0.29 * math.cos(a), 0.74 - tilt), (0.115, 0.11, 0.10)))
    joint = _joint(scene, "scarf", (-0.13, -0.36, 0.68), root)
    tail = [Blob((-0.012 * i, -0.035 - 0.004 * i, -0.055 * i), (0.115, 0.04, 0.075)) for i in range(11)]
    wool = materials.hair("wool", gamma=1.35, roughness=0.6)
    for name, blobs, parent, seed in (("scarf", ring, root, 41), ("tail", tail, joint, 42)):
        cloth = shapes.melted(name, blobs, 0.018, 4, materials.painted("knit", 0.9, sheen=0.5))
        color = _ring_stripes if name == "scarf" else _tail_stripes
        shapes.paint(cloth, color)
        _attach(scene, cloth, parent)
        fuzz = Coat(
            length=lambda points: np.full(len(points), 0.026),
            comb=lambda points: np.tile(np.array([0.3, 0.0, -0.2]), (len(points), 1)),
            color=color,
            count=14_000,
            lift=0.6,
            clump=0.1,
            stray=0.06,
            radius=0.0011,
        )
        _attach(scene, grow(cloth.data, fuzz, wool, seed), parent)
    return joint


def _ring_stripes(points: Floats) -> Floats:
    return _stripes(np.arctan2(points[:, 0], -points[:, 1]) * 9)


def _tail_stripes(points: Floats) -> Floats:
    return _stripes(points[:, 2] * 26)


def _stripes(phase: Floats) -> Floats:
    mustard, wine = np.array([0.62, 0.30, 0.045]), np.array([0.28, 0.022, 0.030])
    return _blend(mustard, wine, _step(np.sin(phase), -0.15, 0.15), len(phase))


def _joint(scene: bpy.types.Scene, name: str, place: Triple, parent: bpy.types.Object | None) -> bpy.types.Object:
    joint = bpy.data.objects.new(name, None)
    joint.location = place
    joint.parent = parent
    scene.collection.objects.link(joint)
    return joint


def _attach(scene: bpy.types.Scene, shape: bpy.types.Object, parent: bpy.types.Object) -> None:
    shape.parent = parent
    scene.collection.objects.link(shape)


def _bell(points: Floats, center: Triple, width: float, mirror: bool = False) -> Floats:
    near = points.copy()
    if mirror:
        near[:, 0] = np.abs(near[:, 0])
    return np.exp(-((np.linalg.norm(near - np.array(center), axis=1) / width) ** 2))


def _step(values: Floats, start: float, end: float) -> Floats:
    s = np.clip((values - start) / (end - start), 0.0, 1.0)
    return s * s * (3 - 2 * s)


def _blend(a: Floats, b: Floats, amount: Floats, count: int) -> Floats:
    return _toward(np.tile(a, (count, 1)), b, amount)


def _toward(colors: Floats, target: Floats, amount: Floats) -> Floats:
    return colors + (target - colors) * np.clip(amount, 0.0, 1.0)[:, None]
