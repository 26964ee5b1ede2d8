"""From scene light to what the network was taught to see."""

from penumbra.color.view import COLOR_SPACES, network_view, scene_linear

__all__ = ["COLOR_SPACES", "network_view", "scene_linear"]
