"""Alphas of one pass that wait on disk for the other: float EXR at the network's size, beside the snapshots."""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from penumbra.aside import sweep
from penumbra.codec import Channels, UnreadableError, check_whole, read_header, read_picture, write_exr
from penumbra.delivery import FINGERPRINT
from penumbra.image import Attribute, Window

NAME = re.compile(r"(?P<chain>.+)\.(?P<frame>-?\d+)\.exr")


@dataclass(frozen=True)
class Held:
    """The held alphas of one output."""

    folder: Path

    def save(self, chain: str, frame: int, fingerprint: str, alpha_Ohw: Tensor) -> None:
        """Keep one.

        Raises:
            MachineError: It cannot be written.
        """
        pixels_hwO = alpha_Ohw.permute(1, 2, 0).cpu().numpy()
        height, width, objects = pixels_hwO.shape
        write_exr(
            self._path(chain, frame),
            [Channels(_channels(objects), np.ascontiguousarray(pixels_hwO), "float")],
            compression="zip",
            display_window=Window(0, 0, width, height),
            metadata=[Attribute(FINGERPRINT, "string", fingerprint)],
        )

    def has(self, chain: str, frame: int, fingerprint: str) -> bool:
        """Whether it is there, complete, and of what is ordered now."""
        path = self._path(chain, frame)
        try:
            if not path.exists() or read_header(path).text(FINGERPRINT) != fingerprint:
                return False
            check_whole(path)
            return True
        except UnreadableError:
            return False

    def load(self, chain: str, frame: int) -> Tensor:
        """One that `has` found: `[O,h,w]`, bit for bit.

        Raises:
            FileError: It has gone since.
        """
        path = self._path(chain, frame)
        names = _channels(len(read_header(path).channels))
        return torch.from_numpy(np.ascontiguousarray(read_picture(path, names).pixels_HWC.transpose(2, 0, 1)))

    def drop(self, chain: str, frame: int) -> None:
        """One that nothing waits for any more. What cannot be removed stays."""
        with suppress(OSError):
            self._path(chain, frame).unlink(missing_ok=True)

    def keep_only(self, chains: Collection[str], frames: Collection[int]) -> None:
        """Drop what nothing waits for: the order has changed since, or the matte is there; and what kills left."""
        sweep(self.folder)
        with suppress(OSError):
            for path in list(self.folder.iterdir()):
                named = NAME.fullmatch(path.name)
                if named and not (named["chain"] in chains and int(named["frame"]) in frames):
                    self.drop(named["chain"], int(named["frame"]))

    def _path(self, chain: str, frame: int) -> Path:
        return self.folder / f"{chain}.{frame}.exr"


def _channels(objects: int) -> list[str]:
    """EXR sorts channels by name."""
    return [f"alpha.{index:03d}" for index in range(objects)]
