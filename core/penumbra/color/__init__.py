"""From a plate's encoding to scene light, and from there to what the network was taught to see."""

from penumbra.color.choose import Chosen, choose_space
from penumbra.color.config import Config, open_config
from penumbra.color.exposure import auto_exposure
from penumbra.color.input_transform import InputTransform, open_input
from penumbra.color.view import View, roll_off

__all__ = [
    "Chosen",
    "Config",
    "InputTransform",
    "View",
    "auto_exposure",
    "choose_space",
    "open_config",
    "open_input",
    "roll_off",
]
