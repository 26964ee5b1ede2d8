"""Fur: strands grown on a mesh by numpy, handed to Cycles as hair curves.

The strands are built here, and not by Blender's particle system, because every strand is then a
seeded, plain array: its length, comb and color are ordinary functions of where it grows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import bpy
import numpy as np
from scipy.spatial import cKDTree

from maker.shapes import Floats

POINTS = 7


@dataclass(frozen=True)
class Coat:
    """How the fur grows. Every function takes points_N3 in the mesh's own space.

    Attributes:
        length: strand length in scene units, [N]; 0 grows nothing.
        comb: the direction that strands are brushed to, [N, 3], need not be of unit length.
        color: scene-linear color, [N, 3].
        count: strands.
        lift: how far strands stand up from the skin, 0 to 1.
        clump: how strongly tips gather into tufts, 0 to 1.
        stray: share of strands that ignore the tufts and stand out.
        radius: strand radius at the root, scene units.
    """

    length: Callable[[Floats], Floats]
    comb: Callable[[Floats], Floats]
    color: Callable[[Floats], Floats]
    count: int
    lift: float = 0.5
    clump: float = 0.45
    stray: float = 0.03
    radius: float = 0.0019


def grow(mesh: bpy.types.Mesh, coat: Coat, material: bpy.types.Material, seed: int) -> bpy.types.Object:
    """Grow ``coat`` on ``mesh``; the result shares the mesh's space."""
    rng = np.random.default_rng(seed)
    roots, normals = _scatter(mesh, coat.count, rng)
    length = coat.length(roots)
    keep = length > 1e-4
    roots, normals, length = roots[keep], normals[keep], length[keep]
    strands = _strands(roots, normals, length, coat, rng)
    color = coat.color(roots) * rng.lognormal(0.0, 0.18, (len(roots), 1))
    return _curves(strands, np.clip(color, 0.0, 0.92), coat.radius, material)


def _scatter(mesh: bpy.types.Mesh, count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Points spread evenly by area, with their smooth normals."""
    mesh.calc_loop_triangles()
    vertices = np.empty(len(mesh.vertices) * 3)
    normals = np.empty(len(mesh.vertices) * 3)
    corners = np.empty(len(mesh.loop_triangles) * 3, dtype=np.int32)
    mesh.vertices.foreach_get("co", vertices)
    mesh.vertices.foreach_get("normal", normals)
    mesh.loop_triangles.foreach_get("vertices", corners)
    vertices, normals, corners = vertices.reshape(-1, 3), normals.reshape(-1, 3), corners.reshape(-1, 3)
    a, b, c = (vertices[corners[:, i]] for i in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    triangle = rng.choice(len(area), count, p=area / area.sum())
    weights = rng.dirichlet((1, 1, 1), count)[:, :, None]
    return (weights * vertices[corners[triangle]]).sum(1), _unit((weights * normals[corners[triangle]]).sum(1))


def _strands(roots: Floats, normals: Floats, length: Floats, coat: Coat, rng: np.random.Generator) -> Floats:
    """[N, POINTS, 3]: start along the normal, bend into the comb, gather into tufts, fray."""
    count = len(roots)
    stray = rng.random(count) < coat.stray
    comb = coat.comb(roots)
    comb = comb - normals * (comb * normals).sum(1, keepdims=True)
    lift = np.where(stray, min(1.0, coat.lift + 0.35), coat.lift)[:, None]
    lean = comb * (1 - lift) + rng.normal(0, 0.13, (count, 3))
    length = length * rng.uniform(0.72, 1.12, count) * np.where(stray, rng.uniform(1.1, 1.45, count), 1.0)
    along = np.linspace(0, 1, POINTS)[None, :, None]
    path = normals[:, None] * lift[:, None] * along * (1.15 - 0.35 * along) + lean[:, None] * along**1.6
    path += rng.normal(0, 0.045, (count, POINTS, 3)).cumsum(1) * along
    path /= np.maximum(np.linalg.norm(path[:, -1], axis=1), 0.35)[:, None, None]
    strands: Floats = roots[:, None] + path * length[:, None, None]
    return _clumped(strands, roots, np.where(stray, 0.0, coat.clump), rng)


def _clumped(strands: Floats, roots: Floats, clump: Floats, rng: np.random.Generator) -> Floats:
    guides = rng.choice(len(roots), max(1, len(roots) // 45), replace=False)
    nearest = guides[cKDTree(roots[guides]).query(roots)[1]]
    pull = clump[:, None, None] * np.linspace(0, 1, POINTS)[None, :, None] ** 1.5
    return strands + (strands[nearest] - strands) * pull


def _curves(strands: Floats, color: Floats, radius: float, material: bpy.types.Material) -> bpy.types.Object:
    data = bpy.data.hair_curves.new("fur")
    data.add_curves([POINTS] * len(strands))
    data.points.foreach_set("position", strands.astype(np.float32).ravel())
    taper = np.array([1.0, 1.0, 0.95, 0.85, 0.68, 0.45, 0.12]) * radius
    thickness = data.attributes.new("radius", "FLOAT", "POINT")
    thickness.data.foreach_set("value", np.tile(taper, len(strands)).astype(np.float32))
    shade = data.attributes.new("tint", "FLOAT_COLOR", "CURVE")
    rgba = np.hstack([color, np.ones((len(color), 1))])
    shade.data.foreach_set("color", rgba.astype(np.float32).ravel())
    data.materials.append(material)
    return bpy.data.objects.new("fur", data)


def _unit(vectors: Floats) -> Floats:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
