# ruff: noqa: F403 - it hands on all that the stubs have
# types-nuke lacks a few names of `nuke`. mypy finds this file first, and the submodules in the installed stubs.
from nuke import callbacks as callbacks
from nuke._nuke import *
from nuke._nuke import Group, Node
from nuke.callbacks import *
from nuke.colorspaces import *
from nuke.executeInMain import *
from nuke.overrides import *
from nuke.scripts import scriptSaveAndClear as scriptSaveAndClear
from nuke.utils import *

def lastHitGroup() -> Group: ...
def activeGroup() -> Group: ...
def usingOCIO() -> bool: ...
def nodeAtPath(path: str) -> Node | None: ...
