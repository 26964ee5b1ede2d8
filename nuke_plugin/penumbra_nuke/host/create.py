"""A new node, wired to what the artist has selected."""

from __future__ import annotations

from typing import Any

import nuke

from penumbra_nuke.host.node import MASK, PLATE

# Nodes that are drawn with, or whose alpha is the point of them.
MASKS = {"Roto", "RotoPaint", "Keyer", "Primatte3", "Keylight", "IBKGizmo", "IBKGizmoV3", "Cryptomatte", "Bezier"}


def create() -> Any:
    """Make a node below the selected plate; a roto, keyer or Cryptomatte that is selected too becomes its mask."""
    with nuke.lastHitGroup():
        selected = nuke.selectedNodes()
        node = nuke.createNode("Penumbra")
        # Its class is Group, and Nuke would call it that; a taken number is counted on.
        node.setName("Penumbra1")
        wire(node, selected)
        take_range(node, node.input(PLATE) or nuke.root())
    return node


def wire(node: nuke.Node, selected: list[nuke.Node]) -> None:
    """Connect what was selected. Nuke has connected something already, which need not be what is meant."""
    masks = [each for each in selected if each.Class() in MASKS]
    plates = [each for each in selected if each.Class() not in MASKS]
    node.setInput(PLATE, plates[0] if plates else None)
    node.setInput(MASK, masks[0] if masks else None)


def take_range(node: nuke.Node, source: nuke.Node) -> None:
    """The frame range of the plate, or of the script."""
    node["first"].setValue(int(source.firstFrame()))
    node["last"].setValue(int(source.lastFrame()))
