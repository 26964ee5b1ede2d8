"""Mattes become files."""

from penumbra.delivery.check import check_output
from penumbra.delivery.deliver import deliver, read_disagreement, read_fingerprint
from penumbra.delivery.provenance import FINGERPRINT, Provenance
from penumbra.delivery.write_behind import WriteBehind

__all__ = [
    "FINGERPRINT",
    "Provenance",
    "WriteBehind",
    "check_output",
    "deliver",
    "read_disagreement",
    "read_fingerprint",
]
