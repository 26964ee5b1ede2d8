"""The second render: a curiosity shop at dusk, behind the creature and out of focus."""

from __future__ import annotations

import math

import bpy
import numpy as np

from maker import materials, shapes
from maker.shapes import Blob, Floats, Triple
from maker.stage import Render, add_area_light, add_camera, add_world, empty_scene

WALL = 4.6
WARM = (1.0, 0.56, 0.22)
BOOK_COLORS = (
    (0.30, 0.05, 0.03), (0.05, 0.12, 0.17), (0.34, 0.20, 0.06), (0.06, 0.13, 0.06),
    (0.46, 0.38, 0.26), (0.11, 0.05, 0.03), (0.38, 0.13, 0.04), (0.03, 0.05, 0.10),
)  # fmt: skip


def build(render: Render) -> bpy.types.Scene:
    """The set and its own lamps, denoised (it has no alpha to protect)."""
    scene = empty_scene(render, seed=19)
    scene.cycles.use_denoising = True
    scene.cycles.denoiser = "OPENIMAGEDENOISE"
    add_camera(scene)
    add_world(scene, "sunset.exr", strength=0.16, turn=120)
    rng = np.random.default_rng(5)
    _add_walls(scene)
    _add_shelves(scene, rng)
    _add_window(scene)
    _add_counter(scene, rng)
    _add_plants(scene, rng)
    _add_lights(scene, rng)
    return scene


def _add_walls(scene: bpy.types.Scene) -> None:
    brick = materials.bricks("brick", (0.26, 0.088, 0.048), (0.15, 0.055, 0.036), (0.20, 0.165, 0.13))
    _put(scene, shapes.box("wall", (0, WALL + 0.2, 1.2), (16, 0.3, 7), brick))
    beam = materials.wood("beam", (0.16, 0.085, 0.042), (0.055, 0.028, 0.016))
    for x in (-3.1, 2.35):
        _put(scene, shapes.box("post", (x, WALL - 0.05, 1.0), (0.26, 0.3, 7), beam))
    _put(scene, shapes.box("beam", (0, WALL - 0.1, 2.92), (16, 0.4, 0.3), beam))


def _add_shelves(scene: bpy.types.Scene, rng: np.random.Generator) -> None:
    oak = materials.wood("oak", (0.30, 0.15, 0.065), (0.13, 0.060, 0.028))
    covers = [materials.plain(f"cover{i}", c, 0.5) for i, c in enumerate(BOOK_COLORS)]
    glazes = [materials.plain(f"glaze{i}", c, 0.15, coat=1.0) for i, c in enumerate(BOOK_COLORS)]
    gold = materials.plain("gold", (0.9, 0.6, 0.2), 0.2, metallic=1.0)
    for z in (-0.75, 0.05, 0.85, 1.65, 2.4):
        _put(scene, shapes.box("shelf", (-0.35, WALL - 0.30, z), (5.2, 0.5, 0.07), oak))
        x = -2.85
        while x < 2.1:
            kind = rng.random()
            if kind < 0.70:
                x = _add_books(scene, x, z, covers, gold, rng)
            elif kind < 0.93:
                x = _add_jar(scene, x, z, glazes[rng.integers(len(glazes))], rng)
            else:
                x += rng.uniform(0.15, 0.35)
    for x in (-2.95, -0.4, 2.2):
        _put(scene, shapes.box("side", (x, WALL - 0.28, 0.9), (0.07, 0.5, 4.0), oak))


def _add_books(
    scene: bpy.types.Scene,
    x: float,
    z: float,
    covers: list[bpy.types.Material],
    gold: bpy.types.Material,
    rng: np.random.Generator,
) -> float:
    """A run of books standing from ``x``; returns where it ends."""
    for _ in range(int(rng.integers(3, 9))):
        width, height = rng.uniform(0.05, 0.13), rng.uniform(0.38, 0.64)
        center = (x + width / 2, WALL - 0.33 + rng.uniform(-0.04, 0.04), z + 0.035 + height / 2)
        cover = covers[rng.integers(len(covers))]
        lean = rng.uniform(-1, 1) if rng.random() < 0.85 else rng.uniform(5, 11)
        _put(scene, shapes.box("book", center, (width, 0.34, height), cover, lean))
        if rng.random() < 0.5:
            band = (center[0], center[1] - 0.172, center[2] + height * rng.uniform(0.1, 0.35))
            _put(scene, shapes.box("band", band, (width * 0.9, 0.006, 0.025), gold, lean))
        x += width + 0.006 + (0.06 if lean > 2 else 0.0)
    return x + rng.uniform(0.0, 0.12)


def _add_jar(scene: bpy.types.Scene, x: float, z: float, glaze: bpy.types.Material, rng: np.random.Generator) -> float:
    radius, height = rng.uniform(0.10, 0.18), rng.uniform(0.26, 0.46)
    waist = rng.uniform(0.55, 1.0)
    profile = [(0.0, 0.0), (0.7, 0.0), (1.0, 0.3), (1.0, 0.6), (waist * 0.6, 0.85), (waist * 0.7, 1.0), (0.0, 1.0)]
    jar = shapes.lathe("jar", [(r * radius, h * height) for r, h in profile], glaze)
    jar.location = (x + radius, WALL - 0.36, z + 0.035)
    _put(scene, jar)
    return x + 2 * radius + rng.uniform(0.03, 0.12)


def _add_window(scene: bpy.types.Scene) -> None:
    """Dusk behind panes, at the right."""
    frame = materials.wood("frame", (0.10, 0.14, 0.13), (0.05, 0.08, 0.075))
    _put(scene, shapes.box("dusk", (3.75, WALL + 0.02, 1.35), (2.3, 0.02, 2.7), _dusk()))
    for x in (2.65, 3.2, 3.75, 4.3, 4.85):
        _put(scene, shapes.box("mullion", (x, WALL - 0.05, 1.35), (0.07, 0.12, 2.8), frame))
    for z in (0.0, 0.68, 1.35, 2.02, 2.7):
        _put(scene, shapes.box("mullion", (3.75, WALL - 0.05, z), (2.3, 0.12, 0.07), frame))


def _dusk() -> bpy.types.Material:
    """A sky that goes from afterglow below to blue above, with dark shapes of trees."""
    material = materials.glowing("dusk", (1, 1, 1), 1.15)
    tree = material.node_tree
    coordinates = tree.nodes.new("ShaderNodeTexCoord")
    split = tree.nodes.new("ShaderNodeSeparateXYZ")
    ramp = tree.nodes.new("ShaderNodeValToRGB")
    while len(ramp.color_ramp.elements) < 4:
        ramp.color_ramp.elements.new(0.5)
    stops = (
        (0.0, (0.02, 0.02, 0.03)),
        (0.25, (0.55, 0.24, 0.12)),
        (0.45, (0.42, 0.33, 0.38)),
        (0.9, (0.10, 0.20, 0.42)),
    )
    for element, (place, color) in zip(ramp.color_ramp.elements, stops, strict=True):
        element.position, element.color = place, (*color, 1.0)
    tree.links.new(coordinates.outputs["Generated"], split.inputs[0])
    tree.links.new(split.outputs["Z"], ramp.inputs["Fac"])
    tree.links.new(ramp.outputs["Color"], tree.nodes["Principled BSDF"].inputs["Emission Color"])
    return material


def _add_counter(scene: bpy.types.Scene, rng: np.random.Generator) -> None:
    """A table in the middle distance with a lamp, a globe and some bottles."""
    walnut = materials.wood("walnut", (0.16, 0.075, 0.035), (0.07, 0.03, 0.016))
    _put(scene, shapes.box("counter", (-1.2, 2.7, -0.20), (2.6, 0.8, 0.09), walnut))
    shade = materials.glowing("shade", (1.0, 0.60, 0.25), 2.0)
    brass = materials.plain("lampbrass", (0.8, 0.5, 0.18), 0.25, metallic=1.0)
    lamp = ((-1.75, 2.7, -0.15), [(0.17, 0.0), (0.15, 0.03), (0.03, 0.06), (0.025, 0.62), (0.0, 0.62)])
    _put_at(scene, shapes.lathe("foot", lamp[1], brass), lamp[0])
    _put_at(scene, shapes.lathe("lampshade", [(0.34, 0.50), (0.33, 0.52), (0.19, 0.92), (0.18, 0.90)], shade), lamp[0])
    bulb = materials.glowing("bulb", WARM, 22)
    _put(scene, shapes.solids("bulb", [Blob((-1.75, 2.7, 0.345), (0.075, 0.075, 0.06))], bulb))
    sea = materials.plain("globe", (0.06, 0.16, 0.19), 0.2, coat=1.0)
    _put(scene, shapes.solids("globe", [Blob((-0.75, 2.7, 0.20), (0.27,) * 3)], sea))
    _put(scene, shapes.solids("knob", [Blob((-0.75, 2.7, 0.49), (0.04,) * 3)], brass))
    for i in range(4):
        tint = BOOK_COLORS[int(rng.integers(len(BOOK_COLORS)))]
        glass = materials.plain("bottle", tint, 0.08, coat=1.0)
        shape = [(0.0, 0), (0.08, 0), (0.08, 0.26), (0.03, 0.36), (0.03, 0.5), (0.0, 0.5)]
        _put_at(scene, shapes.lathe("bottle", shape, glass), (-0.30 + 0.2 * i, 2.6 + 0.1 * (i % 2), -0.15))


def _add_plants(scene: bpy.types.Scene, rng: np.random.Generator) -> None:
    """Ivy from the beam, and a big pot plant at the right."""
    green = materials.plain("leaf", (0.055, 0.13, 0.028), 0.4)
    pale = materials.plain("leaf2", (0.11, 0.19, 0.045), 0.4)
    for material, spread in ((green, 1.0), (pale, 0.8)):
        roots = np.stack([rng.uniform(-3.9, -2.1, 26), rng.uniform(3.2, 4.0, 26), np.full(26, 2.9)], 1)
        vines = [
            r + np.outer(np.linspace(0, 1, 40), (rng.normal(0, 0.12), -0.1, -rng.uniform(0.5, 2.6))) for r in roots
        ]
        _put(scene, _leaves("ivy", np.concatenate(vines), 0.085, 0.07 * spread, material, rng))
        stem = np.array([2.35, 2.9, -0.6])
        tips = stem + np.stack([rng.normal(0, 0.55, 70), rng.normal(0, 0.35, 70), rng.uniform(0.3, 1.55, 70)], 1)
        _put(scene, _leaves("bush", tips, 0.26, 0.06 * spread, material, rng))
    clay = materials.plain("clay", (0.30, 0.11, 0.055), 0.7)
    _put_at(
        scene,
        shapes.lathe("pot", [(0, 0), (0.28, 0), (0.38, 0.6), (0.42, 0.6), (0.42, 0.7), (0, 0.7)], clay),
        (2.35, 2.9, -1.1),
    )


def _leaves(
    name: str, places: Floats, size: float, jitter: float, material: bpy.types.Material, rng: np.random.Generator
) -> bpy.types.Object:
    """One pointed leaf, folded along its middle, near every place."""
    outline = np.array([(0, 0, 0), (0.32, 0.1, 0.42), (0, 0, 1.0), (-0.32, 0.1, 0.42), (0, 0.0, 0.45)])
    points, faces = [], []
    for i, place in enumerate(places + rng.normal(0, jitter, places.shape)):
        yaw, pitch = rng.uniform(0, 2 * math.pi), rng.uniform(0.7, 2.6)
        turn = _spin_z(yaw) @ _spin_x(pitch)
        points.append(place + (outline * size * rng.uniform(0.6, 1.2)) @ turn.T)
        k = 5 * i
        faces += [(k, k + 1, k + 4), (k + 1, k + 2, k + 4), (k + 4, k + 2, k + 3), (k, k + 4, k + 3)]
    return shapes.from_arrays(name, np.concatenate(points), faces, material)


def _add_lights(scene: bpy.types.Scene, rng: np.random.Generator) -> None:
    """Two festoons of bulbs that become bokeh, and the light that they would give."""
    cord = materials.plain("cord", (0.02, 0.02, 0.02), 0.6)
    bulbs = [
        materials.glowing(f"festoon{i}", c, 17)
        for i, c in enumerate(((1, 0.62, 0.28), (1, 0.72, 0.42), (1, 0.5, 0.18)))
    ]
    for y, low, high, phase in ((1.9, 1.55, 2.05, 0.35), (3.4, 1.90, 2.55, 0.0)):
        xs = np.linspace(-4.5, 5.5, 90)
        zs = low + (high - low) * ((((xs + phase) / 2.4) % 1.0 - 0.5) * 2) ** 2
        line = [(float(x), y, float(z)) for x, z in zip(xs, zs, strict=True)]
        _put(scene, shapes.tube("cord", line, 0.008, cord))
        for i in range(2, 90, 5):
            x, _, z = line[i]
            place: Triple = (x, y, z - 0.07)
            _put(scene, shapes.solids("bulb", [Blob(place, (0.035, 0.035, 0.048))], bulbs[rng.integers(3)]))
    add_area_light(scene, (-1.75, 2.4, 1.3), (-1.75, 4.6, 0.4), 0.5, 55, WARM)
    add_area_light(scene, (0.2, 1.0, 2.9), (0.2, 4.6, 0.8), 2.5, 95, (1.0, 0.70, 0.42))
    add_area_light(scene, (3.9, 4.0, 1.4), (1.0, 1.5, 0.6), 1.8, 60, (0.45, 0.62, 1.0))


def _put(scene: bpy.types.Scene, shape: bpy.types.Object) -> None:
    scene.collection.objects.link(shape)


def _put_at(scene: bpy.types.Scene, shape: bpy.types.Object, place: Triple) -> None:
    shape.location = place
    _put(scene, shape)


def _spin_z(angle: float) -> Floats:
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def _spin_x(angle: float) -> Floats:
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
