"""The widths and depths of the network, as data: one code for the published network and for small ones."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from penumbra.errors import InputError


@dataclass(frozen=True)
class NetworkConfig:
    """Everything that decides the names and shapes of the parameters. The defaults are the published network.

    Attributes:
        stem: Channels of the image encoder's first convolution (f2).
        encoder_widths: Inner widths of the image encoder's three stages; each gives four times as many channels.
        encoder_blocks: Bottleneck blocks of these stages.
        mask_stem: Channels of the mask encoder's first convolution.
        mask_widths: Channels of the mask encoder's three stages.
        mask_blocks: Basic blocks of these stages.
        pixel: Channels of P and of the fused pixels and queries.
        key: Channels of a memory key.
        value: Channels of a memory value.
        sensory: Channels of the sensory memory.
        queries: Object queries, half for the foreground.
        heads: Attention heads of the query transformer.
        transformer_blocks: Blocks of the query transformer.
        feed_forward: Inner width of the queries' feed-forward.
        decoder: Channels at strides 8, 4, 2 and 1 of the decoder, and before its first step.
        change: Inner channels of the change probability.
        detail_sees_alpha: Whether the decoder's full-size skip gets the last alpha as a fourth channel. Not so in the
            published network; it makes training from nothing much quicker.
    """

    stem: int = 64
    encoder_widths: tuple[int, int, int] = (64, 128, 256)
    encoder_blocks: tuple[int, int, int] = (3, 4, 6)
    mask_stem: int = 64
    mask_widths: tuple[int, int, int] = (64, 128, 256)
    mask_blocks: tuple[int, int, int] = (2, 2, 2)
    pixel: int = 256
    key: int = 64
    value: int = 256
    sensory: int = 256
    queries: int = 16
    heads: int = 8
    transformer_blocks: int = 3
    feed_forward: int = 2048
    decoder: tuple[int, int, int, int, int] = (256, 128, 128, 64, 16)
    change: tuple[int, int] = (64, 32)
    detail_sees_alpha: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be built."""
        if self.value != self.pixel:
            raise InputError(f"A network's value ({self.value}) and pixel ({self.pixel}) widths must be equal.")
        if self.queries % 2 or self.pixel % self.heads or self.pixel % 4:
            raise InputError(
                f"A network needs an even number of queries (got {self.queries}) and a pixel width "
                f"(got {self.pixel}) that 4 and its heads ({self.heads}) divide."
            )

    @property
    def f8(self) -> int:
        """Channels of the image features at stride 8."""
        return 4 * self.encoder_widths[1]

    @property
    def f4(self) -> int:
        """Channels of the image features at stride 4."""
        return 4 * self.encoder_widths[0]

    @property
    def f16(self) -> int:
        """Channels of the image features at stride 16."""
        return 4 * self.encoder_widths[2]

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as it is kept in a model file."""
        return {name: list(item) if isinstance(item, tuple) else item for name, item in asdict(self).items()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> NetworkConfig:
        """The reverse of `to_dict`.

        Raises:
            InputError: A field that this version does not know.
        """
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(data) - known)
        if unknown:
            raise InputError(
                f"The network's configuration has the unknown field {', '.join(unknown)}.",
                "The model may be from a newer Penumbra: update, or use another model.",
            )
        values: dict[str, Any] = {n: tuple(item) if isinstance(item, list) else item for n, item in data.items()}
        return cls(**values)


PUBLISHED = NetworkConfig()
