"""What tests of several rooms share: real pictures, rights that count, and models that are loaded once."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from penumbra.network import load_model
from tests.models import save_tiny
from tests.pictures import write_exr_file
from tests.published import save_seeded


@pytest.fixture
def plates(tmp_path: Path) -> Callable[..., Path]:
    """Makes `plate.####.exr`, half, with noise; gives the pattern."""

    def make(frames: Any, size: tuple[int, int] = (16, 8), **header: Any) -> Path:
        for frame in frames:
            noise = np.random.default_rng(frame).random((size[1], size[0], 3)).astype(np.float16)
            write_exr_file(tmp_path / f"plate.{frame:04d}.exr", {"RGB": noise}, **header)
        return tmp_path / "plate.####.exr"

    return make


@pytest.fixture
def ordinary_user(tmp_path: Path) -> Callable[[], AbstractContextManager[None]]:
    """A context in which rights count: root, who may do everything, is nobody in it."""

    @contextmanager
    def become() -> Iterator[None]:
        if os.geteuid() != 0:
            yield
            return
        for folder in (tmp_path, *tmp_path.parents[:2]):  # pytest keeps them to their owner
            folder.chmod(folder.stat().st_mode | 0o055)
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)

    return become


@pytest.fixture(scope="session")
def seeded_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Any]:
    """The published network with the weights of a seed, loaded through the public door."""
    folder = tmp_path_factory.mktemp("seeded")

    @cache
    def load(seed: int) -> Any:
        return load_model(save_seeded(folder / f"seed{seed}.safetensors", seed))

    return load


@pytest.fixture(scope="session")
def tiny_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model's file."""
    return save_tiny(tmp_path_factory.mktemp("tiny") / "tiny.safetensors")


@pytest.fixture(scope="session")
def tiny_model(tiny_file: Path) -> Any:
    return load_model(tiny_file)
