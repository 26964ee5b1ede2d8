"""From scene light to what the network was taught to see."""

from penumbra.color.view import COLOR_SPACES, check_colorspace, network_view, scene_linear

__all__ = ["COLOR_SPACES", "check_colorspace", "network_view", "scene_linear"]
