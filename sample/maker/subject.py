"""The subject alone over nothing, rendered twice: its color, and its true coverage."""

from __future__ import annotations

import bpy

from maker import materials
from maker.creature import add_creature
from maker.stage import Render, add_area_light, add_camera, add_world, empty_scene


def build_beauty(render: Render) -> bpy.types.Scene:
    """The creature in its light on a transparent film; the color is denoised."""
    scene = _build(render)
    scene.cycles.use_denoising = True
    scene.cycles.denoiser = "OPENIMAGEDENOISE"
    scene.cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
    add_world(scene, "interior.exr", strength=0.55, turn=40)
    add_area_light(scene, (-2.4, -3.6, 2.9), (0, 0, 0.9), 1.6, 185, (1.0, 0.80, 0.58))
    add_area_light(scene, (2.6, 2.4, 2.4), (0, 0, 1.0), 0.9, 400, (0.50, 0.74, 1.0))
    add_area_light(scene, (-2.8, 2.2, 2.0), (0, 0, 0.9), 0.7, 300, (1.0, 0.62, 0.30))
    return scene


def build_coverage(render: Render) -> bpy.types.Scene:
    """The same creature with one flat material and no light: only its alpha is wanted.

    The samples go where coverage is partial (adaptive sampling), so that hair gets many more of
    them than the color render gives, and no denoiser ever touches it.
    """
    scene = _build(render)
    scene.cycles.use_denoising = False
    scene.cycles.max_bounces = 0
    scene.cycles.use_adaptive_sampling = True
    scene.cycles.adaptive_threshold, scene.cycles.adaptive_min_samples = 0.01, 32
    bpy.context.view_layer.material_override = materials.glowing("flat", (1, 1, 1), 1.0)
    return scene


def _build(render: Render) -> bpy.types.Scene:
    scene = empty_scene(render, seed=7)
    scene.render.film_transparent = True
    add_camera(scene)
    add_creature(scene)
    return scene
