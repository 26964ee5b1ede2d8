"""The empty stage: a clean Blender scene, its camera, its HDRI, its render settings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import bpy
from mathutils import Vector

from maker.animation import FIRST_FRAME, LENGTH, camera_at


@dataclass(frozen=True)
class Render:
    """How to render: picture size in pixels, samples per pixel, threads (0 = all cores)."""

    width: int
    height: int
    samples: int
    threads: int


def empty_scene(render: Render, seed: int) -> bpy.types.Scene:
    """Drop everything Blender starts with; Cycles on the CPU, shutter half a frame."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = FIRST_FRAME, FIRST_FRAME + LENGTH - 1
    scene.render.fps = 24
    scene.render.engine = "CYCLES"
    scene.render.resolution_x, scene.render.resolution_y = render.width, render.height
    scene.render.resolution_percentage = 100
    scene.render.use_motion_blur = True
    scene.render.motion_blur_shutter = 0.5
    scene.render.use_persistent_data = True
    if render.threads:
        scene.render.threads_mode, scene.render.threads = "FIXED", render.threads
    cycles = scene.cycles
    cycles.samples, cycles.seed = render.samples, seed
    cycles.use_animated_seed = True
    cycles.use_adaptive_sampling = False
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 6, 2, 2
    cycles.transmission_bounces = 4
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 4.0
    # "Raw" keeps every view transform away: the files must be scene-linear.
    scene.view_settings.view_transform = "Raw"
    settings = scene.render.image_settings
    settings.file_format, settings.color_mode, settings.color_depth = "OPEN_EXR", "RGBA", "32"
    settings.exr_codec = "ZIP"
    return scene


def add_camera(scene: bpy.types.Scene) -> None:
    """The one camera of both renders; focus stays on the creature, five units away."""
    data = bpy.data.cameras.new("camera")
    data.lens, data.sensor_width = 50.0, 36.0
    data.dof.use_dof, data.dof.focus_distance, data.dof.aperture_fstop = True, 4.7, 0.6
    camera = bpy.data.objects.new("camera", data)
    scene.collection.objects.link(camera)
    scene.camera = camera
    for frame in animated_frames():
        pose = camera_at(frame)
        camera.location = pose.position
        camera.rotation_euler = radians(*pose.rotation)
        camera.keyframe_insert("location", frame=frame)
        camera.keyframe_insert("rotation_euler", frame=frame)


def add_world(scene: bpy.types.Scene, hdri: str, strength: float, turn: float) -> None:
    """Light the scene with one of the CC0 HDRIs that travel inside Blender, turned by ``turn`` degrees."""
    folder = Path(bpy.utils.resource_path("LOCAL")) / "datafiles/studiolights/world"
    world = bpy.data.worlds.new("world")
    scene.world = world
    world.use_nodes = True
    nodes, links = world.node_tree.nodes, world.node_tree.links
    picture = nodes.new("ShaderNodeTexEnvironment")
    picture.image = bpy.data.images.load(str(folder / hdri))
    mapping = nodes.new("ShaderNodeMapping")
    mapping.inputs["Rotation"].default_value[2] = math.radians(turn)
    coordinates = nodes.new("ShaderNodeTexCoord")
    links.new(coordinates.outputs["Generated"], mapping.inputs["Vector"])
    links.new(mapping.outputs["Vector"], picture.inputs["Vector"])
    links.new(picture.outputs["Color"], nodes["Background"].inputs["Color"])
    nodes["Background"].inputs["Strength"].default_value = strength


def add_area_light(
    scene: bpy.types.Scene,
    position: tuple[float, float, float],
    target: tuple[float, float, float],
    size: float,
    watts: float,
    color: tuple[float, float, float],
    parent: bpy.types.Object | None = None,
) -> None:
    """A square soft light at ``position`` looking at ``target``, which the camera does not see."""
    data = bpy.data.lights.new("light", "AREA")
    data.energy, data.color, data.size = watts, color, size
    light = bpy.data.objects.new("light", data)
    light.location = position
    light.rotation_euler = (Vector(target) - Vector(position)).to_track_quat("-Z", "Y").to_euler()
    light.visible_camera = False
    light.parent = parent
    scene.collection.objects.link(light)


def animated_frames() -> range:
    """The shot's frames and two more on either side, which motion blur looks at."""
    return range(FIRST_FRAME - 2, FIRST_FRAME + LENGTH + 2)


def radians(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Degrees to radians, by axis."""
    return math.radians(x), math.radians(y), math.radians(z)


def render_frames(scene: bpy.types.Scene, folder: Path, name: str, frames: range) -> None:
    """Render each frame to ``folder/name.####.exr``; frames that are already there are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for frame in frames:
        final = folder / f"{name}.{frame:04d}.exr"
        if final.exists():
            continue
        aside = folder / f"{name}.{frame:04d}.part.exr"
        scene.frame_set(frame)
        scene.render.filepath = str(aside)
        bpy.ops.render.render(write_still=True)
        aside.rename(final)
        print(f"{name} {frame}", flush=True)
