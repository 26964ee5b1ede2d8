"""Models that stay loaded from run to run."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import torch

from penumbra.network import Model, load_model, model_path
from penumbra.propagation.fitting import release

# Opens a model by its name, or a file, on a device.
Load = Callable[[str, torch.device], Model]


class WarmModels:
    """Loads models as `load_model` does, and keeps the one that was asked for last.

    It is loaded anew where its file has changed, or another device is wanted.

    Args:
        load: Loads one.
    """

    def __init__(self, load: Load = load_model) -> None:
        self._load = load
        self._kept: tuple[object, Model] | None = None

    def __call__(self, model: str, device: torch.device) -> Model:
        """The model, ready on its device.

        Raises:
            PenumbraError: As `load_model`.
        """
        path = model_path(model)
        wanted = (path, str(device), _stamp(path))
        if self._kept is None or self._kept[0] != wanted:
            # The old one goes first: a GPU may not hold both.
            self.let_go()
            self._kept = (wanted, self._load(model, device))
        return self._kept[1]

    @property
    def are_there(self) -> bool:
        """Whether any is kept."""
        return self._kept is not None

    def let_go(self) -> None:
        """Give their memory back."""
        if self._kept is not None:
            device = self._kept[1].device
            self._kept = None
            gc.collect()
            release(device)


def _stamp(path: Path) -> tuple[int, ...] | None:
    """What is another one once the file is; None where it cannot be asked, which loading it will tell of."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
