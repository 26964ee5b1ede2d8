"""Mattes become files."""

from penumbra.delivery.check import check_output
from penumbra.delivery.deliver import deliver, read_fingerprint
from penumbra.delivery.provenance import Provenance
from penumbra.delivery.write_behind import WriteBehind

__all__ = ["Provenance", "WriteBehind", "check_output", "deliver", "read_fingerprint"]
