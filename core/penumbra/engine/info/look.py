"""What a file is: a picture, a sequence of pictures, a model, an OCIO configuration, or a shot.

The records are plain data, for people's eyes and for other programs alike: `asdict` gives what JSON can hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from penumbra.codec import check_whole, read_headers
from penumbra.color import Config, choose_space, open_config
from penumbra.color.config import BUILT_IN_PREFIX, SHORT_NAMES
from penumbra.engine.info.header_facts import Fact, cryptomattes_of, facts, plain, provenance_of
from penumbra.engine.info.sequence import SequenceInfo, look_at_sequence
from penumbra.engine.info.shot import ShotInfo, look_at_shot
from penumbra.errors import FileError, InputError, PenumbraError
from penumbra.image import Header, Window
from penumbra.network import listed
from penumbra.network.weights import load_weights
from penumbra.plates import Color, ImageSequence, Selection, channels_of, chosen
from penumbra.plates.mask_channel import mask_channel
from penumbra.shot import FramePattern, Settings, with_view
from penumbra.shot.paths import CONFIG_FILES, MODEL_FILES
from penumbra.shot.shot import SHOT_FILES


@dataclass(frozen=True)
class LayerInfo:
    """One layer: its name (empty for the plain one), its view, and the type of each of its channels."""

    name: str
    view: str | None
    channels: dict[str, str]


@dataclass(frozen=True)
class PartInfo:
    """One part of a file; most have only one. A deep part has no plain pixels, and its layers are not told apart."""

    name: str
    view: str | None
    compression: str
    tiled: bool
    deep: bool
    data_window: Window
    display_window: Window
    pixel_aspect: float
    layers: tuple[LayerInfo, ...]
    metadata: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class PictureInfo:
    """One picture file, and the sequence that it was found in.

    Attributes:
        path: The file.
        size: In bytes.
        file_format: The codec's name of the format, as `openexr`.
        parts: Its parts.
        color_space: The space that its color would be taken for; None where it has no color, or several.
        color_reason: Why that one, or why none is told.
        ocio: The OCIO configuration that names it.
        mask_channel: The channel that is taken where the file is a mask; None where one has to be named.
        facts: Timecode, frames per second, camera, and what else people ask about.
        provenance: What Penumbra wrote into its own mattes.
        cryptomattes: The objects of each Cryptomatte; None where their names are not in the file.
        sequence: All the files, where more than one was asked for.
    """

    path: str
    size: int
    file_format: str
    parts: tuple[PartInfo, ...]
    color_space: str | None
    color_reason: str
    ocio: str
    mask_channel: str | None
    facts: dict[str, Fact]
    provenance: dict[str, Fact]
    cryptomattes: dict[str, list[str] | None]
    sequence: SequenceInfo | None = None
    kind: str = "picture"


@dataclass(frozen=True)
class ModelInfo:
    """A model file that fits the network; every weight was looked at.

    Attributes:
        name: What the person calls it.
        path: The file.
        size: In bytes.
        license: Its name.
        commercial: Whether it may be used on paid work.
        made: How it was made, in words.
        warmup: How often it wants the key frame repeated.
        digest: SHA-256 of names, shapes and values.
        parameters: How many numbers it has.
        config: The network's widths and depths.
    """

    name: str
    path: str
    size: int
    license: str
    commercial: bool
    made: str
    warmup: int
    digest: str
    parameters: int
    config: dict[str, Any]
    kind: str = "model"


@dataclass(frozen=True)
class SpaceInfo:
    """A color space.

    Attributes:
        name: Its name.
        interop_id: Its name in files' headers.
        linear: Whether it is scene-linear, or no color at all; None where it cannot be used.
        fault: Why it cannot be used.
    """

    name: str
    interop_id: str
    linear: bool | None
    fault: str = ""


@dataclass(frozen=True)
class ConfigInfo:
    """An OCIO configuration and its color spaces."""

    name: str
    spaces: tuple[SpaceInfo, ...]
    kind: str = "configuration"


def look_at(
    target: str, settings: Settings, frame: int | None = None
) -> PictureInfo | ModelInfo | ConfigInfo | ShotInfo:
    """Find out what something is.

    Args:
        target: A picture, a pattern or folder of pictures, a model's file or name, an OCIO configuration's file or
            name, a shot's file.
        settings: How a picture would be read: color space, OCIO, layer, part, view.
        frame: Which file of a sequence is described; None means the first that can be read.

    Raises:
        FileError: There is no such file, or it is cut short, or none of these.
        InputError: It is not clear what is meant, or the sequence has no such frame.
    """
    if _is_configuration(target):
        return _configuration(target)
    if Path(target).suffix.lower() in SHOT_FILES:
        return look_at_shot(Path(target))
    path = with_view(Path(target), settings.view)
    selection = Selection(settings.layer, settings.part, settings.view, view_is_named=str(path) != str(Path(target)))
    named = None if path.exists() else next((model.path for model in listed() if model.name == target), None)
    if named is not None or path.suffix.lower() in MODEL_FILES:
        return _model(named or path)
    if path.is_dir() or (FramePattern.fits(path) and not path.exists()):
        sequence, described = look_at_sequence(ImageSequence.find(path), frame)
        return _picture(described, settings, selection, sequence)
    if frame is not None:
        raise InputError(f"{path} is one file and no sequence.", "Leave out --frame, or give name.####.exr.", path=path)
    check_whole(path)
    return _picture(path, settings, selection, None)


def _picture(path: Path, settings: Settings, selection: Selection, sequence: SequenceInfo | None) -> PictureInfo:
    headers = read_headers(path)
    config = open_config(settings.ocio)
    color = chosen(headers, selection)
    if isinstance(color, Color):
        found = choose_space(config, settings.colorspace, headers[color.part], path)
        space, reason = found.space, found.reason
    elif color.asked and (settings.layer or settings.part or settings.view):
        raise InputError(f"{path} has {color.has}.", color.next_step, path=path)
    else:
        space, reason = None, f"not clear, as it has {color.has}" if color.asked else f"none, as it has {color.has}"
    return PictureInfo(
        path=str(path),
        size=path.stat().st_size,
        file_format=headers[0].file_format,
        parts=tuple(_part(headers, index) for index in range(len(headers))),
        color_space=space,
        color_reason=reason,
        ocio=config.name,
        mask_channel=_mask_channel(path, headers, settings.view),
        facts=facts(headers[0]),
        provenance=provenance_of(headers[0]),
        cryptomattes=cryptomattes_of(headers),
        sequence=sequence,
    )


def _mask_channel(path: Path, headers: tuple[Header, ...], view: str | None) -> str | None:
    try:
        return mask_channel(path, headers, None, view).label
    except PenumbraError:
        return None


def _part(headers: tuple[Header, ...], index: int) -> PartInfo:
    header = headers[index]
    types = dict(zip(header.channels, header.channel_types, strict=True))
    layers: dict[tuple[str, str | None], dict[str, str]] = {("", header.view): types} if header.deep else {}
    for channel in channels_of(headers):
        if channel.part == index:
            layers.setdefault((channel.layer, channel.view), {})[channel.name] = types[channel.name]
    return PartInfo(
        name=header.part,
        view=header.view,
        compression=header.compression,
        tiled=header.tiled,
        deep=header.deep,
        data_window=header.data_window,
        display_window=header.display_window,
        pixel_aspect=header.pixel_aspect,
        layers=tuple(LayerInfo(name, view, channels) for (name, view), channels in layers.items()),
        metadata={entry.name: plain(entry.value) for entry in header.metadata},
    )


def _model(path: Path) -> ModelInfo:
    model = load_weights(path)
    card = model.card
    return ModelInfo(
        name=model.name,
        path=str(path),
        size=path.stat().st_size,
        license=card.license,
        commercial=card.commercial,
        made=card.made,
        warmup=card.warmup,
        digest=model.digest,
        parameters=sum(tensor.numel() for tensor in model.network.parameters()),
        config=card.config.to_dict(),
    )


def _is_configuration(target: str) -> bool:
    short = target.lower() in SHORT_NAMES and not Path(target).exists()
    return short or target.startswith(BUILT_IN_PREFIX) or Path(target).suffix.lower() in CONFIG_FILES


def _configuration(name: str) -> ConfigInfo:
    config = open_config(name)
    return ConfigInfo(config.name, tuple(_space(config, space) for space in config.spaces))


def _space(config: Config, space: str) -> SpaceInfo:
    """One whose table is missing must not hide the others."""
    try:
        return SpaceInfo(space, config.interop_id(space), config.is_linear(space))
    except FileError as fault:
        why = fault.problem.removeprefix(f"The OCIO configuration {config.name} ")
        return SpaceInfo(space, config.interop_id(space), None, why)
