"""Meshes: from arrays, from blobs that are melted together, from simple solids."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import bmesh
import bpy
import numpy as np
import numpy.typing as npt
from mathutils import Euler, Matrix, Vector

from maker.stage import radians

Triple = tuple[float, float, float]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Blob:
    """An ellipsoid: center, radii, rotation in degrees."""

    center: Triple
    radii: Triple
    turn: Triple = (0.0, 0.0, 0.0)


def melted(
    name: str, blobs: Sequence[Blob], voxel: float, smooth: int, material: bpy.types.Material
) -> bpy.types.Object:
    """One smooth skin around all blobs (voxel remesh, then smoothing)."""
    rough = solids(name + ".rough", blobs, material)
    bpy.context.scene.collection.objects.link(rough)
    remesh = rough.modifiers.new("remesh", "REMESH")
    remesh.mode, remesh.voxel_size = "VOXEL", voxel
    soften = rough.modifiers.new("soften", "SMOOTH")
    soften.factor, soften.iterations = 0.5, smooth
    depsgraph = bpy.context.evaluated_depsgraph_get()
    mesh = bpy.data.meshes.new_from_object(rough.evaluated_get(depsgraph))
    bpy.data.objects.remove(rough)
    mesh.polygons.foreach_set("use_smooth", [True] * len(mesh.polygons))
    return _object(name, mesh, material)


def solids(name: str, blobs: Sequence[Blob], material: bpy.types.Material) -> bpy.types.Object:
    """The blobs as they are, in one mesh."""
    build = bmesh.new()
    for blob in blobs:
        matrix = Matrix.LocRotScale(Vector(blob.center), Euler(radians(*blob.turn)), Vector(blob.radii))
        bmesh.ops.create_icosphere(build, subdivisions=4, radius=1.0, matrix=matrix)
    return _from_bmesh(name, build, material, smooth=True)


def box(name: str, center: Triple, size: Triple, material: bpy.types.Material, turn: float = 0.0) -> bpy.types.Object:
    """A box with slightly rounded edges; ``turn`` in degrees about y (it leans in the picture)."""
    build = bmesh.new()
    bmesh.ops.create_cube(build, size=1.0, matrix=Matrix.Diagonal((*size, 1.0)))
    width = min(0.012, min(size) * 0.2)
    bmesh.ops.bevel(build, geom=build.edges[:], offset=width, segments=2, affect="EDGES")
    shape = _from_bmesh(name, build, material, smooth=False)
    shape.location = center
    shape.rotation_euler = radians(0.0, turn, 0.0)
    return shape


def lathe(name: str, profile: Sequence[tuple[float, float]], material: bpy.types.Material) -> bpy.types.Object:
    """Turn a profile of (radius, z) about the z axis: jars, lampshades, pots."""
    steps = 40
    angles = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    rings = np.array([[(r * np.cos(a), r * np.sin(a), z) for a in angles] for r, z in profile])
    faces = []
    for ring in range(len(profile) - 1):
        low, high = ring * steps, (ring + 1) * steps
        faces += [(low + i, low + (i + 1) % steps, high + (i + 1) % steps, high + i) for i in range(steps)]
    return from_arrays(name, rings.reshape(-1, 3), faces, material)


def tube(name: str, points: Sequence[Triple], radius: float, material: bpy.types.Material) -> bpy.types.Object:
    """A round cord through the points."""
    curve = bpy.data.curves.new(name, "CURVE")
    curve.dimensions, curve.bevel_depth, curve.bevel_resolution = "3D", radius, 3
    spline = curve.splines.new("POLY")
    spline.points.add(len(points) - 1)
    for point, place in zip(spline.points, points, strict=True):
        point.co = (*place, 1.0)
    curve.materials.append(material)
    return bpy.data.objects.new(name, curve)


def from_arrays(
    name: str, points_N3: Floats, faces: Sequence[Sequence[int]], material: bpy.types.Material
) -> bpy.types.Object:
    """A smooth-shaded mesh from points and polygons."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(points_N3.tolist(), [], list(faces))
    mesh.polygons.foreach_set("use_smooth", [True] * len(mesh.polygons))
    return _object(name, mesh, material)


def paint(shape: bpy.types.Object, color_of: Callable[[Floats], Floats]) -> None:
    """Give every vertex the color that ``color_of(points_N3) -> colors_N3`` says."""
    mesh = shape.data
    points = np.empty(len(mesh.vertices) * 3)
    mesh.vertices.foreach_get("co", points)
    colors = color_of(points.reshape(-1, 3))
    attribute = mesh.attributes.new("tint", "FLOAT_COLOR", "POINT")
    attribute.data.foreach_set("color", np.hstack([colors, np.ones((len(colors), 1))]).ravel())


def _from_bmesh(name: str, build: bmesh.types.BMesh, material: bpy.types.Material, smooth: bool) -> bpy.types.Object:
    mesh = bpy.data.meshes.new(name)
    for face in build.faces:
        face.smooth = smooth
    build.to_mesh(mesh)
    build.free()
    return _object(name, mesh, material)


def _object(name: str, mesh: bpy.types.Mesh, material: bpy.types.Material) -> bpy.types.Object:
    mesh.materials.clear()
    mesh.materials.append(material)
    return bpy.data.objects.new(name, mesh)
