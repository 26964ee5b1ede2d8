"""A small shot on disk, and a Nuke that knows it."""

import pytest

from tests.engine.shots import FRAMES, write_mask, write_plate
from tests.nuke_host import Host


@pytest.fixture
def host(tmp_path):
    with Host(tmp_path) as started:
        yield started


@pytest.fixture
def nuke(host):
    return host.nuke


@pytest.fixture
def plate(tmp_path, nuke):
    """A Read of six frames of 48x32, in a script of that format."""
    nuke.addFormat("48 32 1 small")
    nuke.root()["format"].setValue("small")
    pattern = write_plate(tmp_path / "plate")
    return nuke.nodes.Read(file=pattern.as_posix(), first=FRAMES[0], last=FRAMES[-1], raw=True)


@pytest.fixture
def roto(tmp_path, host, plate):
    """A Roto without background; a box is drawn on it from the first frame on."""
    node = host.nuke.nodes.Roto()
    host.draw(node, FRAMES[0], write_mask(tmp_path / "drawn.exr"))
    return node


@pytest.fixture
def write(tmp_path, nuke, plate):
    """A Write that is connected to nothing yet."""
    made = nuke.nodes.Write(file_type="exr", file=(tmp_path / "out.%04d.exr").as_posix())
    made["channels"].setValue("rgba")
    made["raw"].setValue(True)
    return made
