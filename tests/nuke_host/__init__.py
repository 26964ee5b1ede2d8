"""A strict fake of Nuke, for tests: `with Host(tmp_path) as host: nuke = host.nuke`."""

from tests.nuke_host.host import Host
from tests.nuke_host.session import HostError

__all__ = ["Host", "HostError"]
