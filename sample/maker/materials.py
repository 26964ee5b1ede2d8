"""The few kinds of surface that the shot needs. Colors are scene-linear Rec.709."""

from __future__ import annotations

from typing import Any

import bpy

Color = tuple[float, float, float]


def plain(
    name: str,
    color: Color,
    roughness: float = 0.5,
    metallic: float = 0.0,
    coat: float = 0.0,
    specular: float = 0.5,
) -> bpy.types.Material:
    """One color; ``coat`` adds a clear glossy layer (eyes, glaze, wet nose)."""
    material, shader, _ = _start(name)
    shader.inputs["Base Color"].default_value = (*color, 1.0)
    shader.inputs["Roughness"].default_value = roughness
    shader.inputs["Metallic"].default_value = metallic
    shader.inputs["Coat Weight"].default_value = coat
    shader.inputs["Coat Roughness"].default_value = 0.02
    shader.inputs["Specular IOR Level"].default_value = specular
    return material


def glowing(name: str, color: Color, strength: float) -> bpy.types.Material:
    """A light source that the camera sees: radiance ``color * strength``.

    Its triangles are kept out of the search for lights, which they would make many times slower:
    area lights beside it do its lighting.
    """
    material, shader, _ = _start(name)
    shader.inputs["Base Color"].default_value = (0, 0, 0, 1)
    shader.inputs["Emission Color"].default_value = (*color, 1.0)
    shader.inputs["Emission Strength"].default_value = strength
    material.cycles.emission_sampling = "NONE"
    return material


def painted(name: str, roughness: float = 0.7, sheen: float = 0.0) -> bpy.types.Material:
    """Takes its color from the mesh's own ``tint`` attribute."""
    material, shader, tree = _start(name)
    attribute = tree.nodes.new("ShaderNodeAttribute")
    attribute.attribute_name = "tint"
    tree.links.new(attribute.outputs["Color"], shader.inputs["Base Color"])
    shader.inputs["Roughness"].default_value = roughness
    shader.inputs["Sheen Weight"].default_value = sheen
    return material


def hair(name: str, gamma: float, roughness: float = 0.35) -> bpy.types.Material:
    """Physically based hair, colored strand by strand through the ``tint`` attribute.

    Light that goes from hair to hair washes the color out; ``gamma`` deepens it beforehand.
    """
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    shader = tree.nodes.new("ShaderNodeBsdfHairPrincipled")
    shader.model, shader.parametrization = "CHIANG", "COLOR"
    shader.inputs["Roughness"].default_value = roughness
    shader.inputs["Radial Roughness"].default_value = 0.5
    attribute = tree.nodes.new("ShaderNodeAttribute")
    attribute.attribute_name = "tint"
    deepen = tree.nodes.new("ShaderNodeGamma")
    deepen.inputs["Gamma"].default_value = gamma
    tree.links.new(attribute.outputs["Color"], deepen.inputs["Color"])
    tree.links.new(deepen.outputs["Color"], shader.inputs["Color"])
    tree.links.new(shader.outputs["BSDF"], output.inputs["Surface"])
    return material


def quilted(name: str, color: Color, shade: Color) -> bpy.types.Material:
    """Quilted cloth: puffed bands across the body, small creases, worn color."""
    material, shader, tree = _start(name)
    _two_tone(tree, shader, color, shade, scale=5.0)
    bands = tree.nodes.new("ShaderNodeTexWave")
    bands.bands_direction = "Z"
    bands.inputs["Scale"].default_value = 2.1
    bands.inputs["Distortion"].default_value = 0.8
    bands.inputs["Detail Scale"].default_value = 1.5
    # A square root makes round puffs with a sharp seam between them.
    puffs = tree.nodes.new("ShaderNodeMath")
    puffs.operation = "SQRT"
    creases = tree.nodes.new("ShaderNodeTexNoise")
    creases.inputs["Scale"].default_value = 11.0
    _object_space(tree, bands, creases)
    tree.links.new(bands.outputs["Fac"], puffs.inputs[0])
    fine = _bump(tree, creases.outputs["Fac"], 0.6, 0.05)
    broad = _bump(tree, puffs.outputs["Value"], 0.9, 0.07)
    tree.links.new(broad.outputs["Normal"], fine.inputs["Normal"])
    tree.links.new(fine.outputs["Normal"], shader.inputs["Normal"])
    shader.inputs["Roughness"].default_value = 0.42
    shader.inputs["Sheen Weight"].default_value = 0.2
    return material


def wood(name: str, color: Color, shade: Color) -> bpy.types.Material:
    """Planks with long grain."""
    material, shader, tree = _start(name)
    noise = _two_tone(tree, shader, color, shade, scale=2.0, stretch=(1.0, 6.0, 14.0))
    tree.links.new(_bump(tree, noise.outputs["Fac"], 0.3, 0.02).outputs["Normal"], shader.inputs["Normal"])
    shader.inputs["Roughness"].default_value = 0.45
    return material


def bricks(name: str, color: Color, other: Color, mortar: Color) -> bpy.types.Material:
    """A brick wall standing in the xz plane."""
    material, shader, tree = _start(name)
    brick = tree.nodes.new("ShaderNodeTexBrick")
    for socket, value in (("Color1", color), ("Color2", other), ("Mortar", mortar)):
        brick.inputs[socket].default_value = (*value, 1.0)
    brick.inputs["Scale"].default_value = 1.9
    brick.inputs["Mortar Size"].default_value = 0.022
    coordinates = tree.nodes.new("ShaderNodeTexCoord")
    mapping = tree.nodes.new("ShaderNodeMapping")
    mapping.inputs["Rotation"].default_value[0] = -1.5707963
    tree.links.new(coordinates.outputs["Object"], mapping.inputs["Vector"])
    tree.links.new(mapping.outputs["Vector"], brick.inputs["Vector"])
    tree.links.new(brick.outputs["Color"], shader.inputs["Base Color"])
    height = _bump(tree, brick.outputs["Fac"], 0.8, -0.03)
    tree.links.new(height.outputs["Normal"], shader.inputs["Normal"])
    shader.inputs["Roughness"].default_value = 0.8
    return material


def _start(name: str) -> tuple[bpy.types.Material, Any, Any]:
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    return material, material.node_tree.nodes["Principled BSDF"], material.node_tree


def _two_tone(
    tree: Any, shader: Any, color: Color, shade: Color, scale: float, stretch: Color = (1.0, 1.0, 1.0)
) -> Any:
    noise = tree.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value = scale
    noise.inputs["Detail"].default_value = 6.0
    ramp = tree.nodes.new("ShaderNodeValToRGB")
    ramp.color_ramp.elements[0].color = (*shade, 1.0)
    ramp.color_ramp.elements[1].color = (*color, 1.0)
    ramp.color_ramp.elements[0].position, ramp.color_ramp.elements[1].position = 0.35, 0.62
    coordinates = tree.nodes.new("ShaderNodeTexCoord")
    mapping = tree.nodes.new("ShaderNodeMapping")
    mapping.inputs["Scale"].default_value = stretch
    tree.links.new(coordinates.outputs["Object"], mapping.inputs["Vector"])
    tree.links.new(mapping.outputs["Vector"], noise.inputs["Vector"])
    tree.links.new(noise.outputs["Fac"], ramp.inputs["Fac"])
    tree.links.new(ramp.outputs["Color"], shader.inputs["Base Color"])
    return noise


def _object_space(tree: Any, *textures: Any) -> None:
    coordinates = tree.nodes.new("ShaderNodeTexCoord")
    for texture in textures:
        tree.links.new(coordinates.outputs["Object"], texture.inputs["Vector"])


def _bump(tree: Any, height: Any, strength: float, distance: float) -> Any:
    bump = tree.nodes.new("ShaderNodeBump")
    bump.inputs["Strength"].default_value = strength
    bump.inputs["Distance"].default_value = distance
    tree.links.new(height, bump.inputs["Height"])
    return bump
