"""The fake has no name that the stubs lack: what passes here must not fail for a name in a Nuke."""

import ast
import sysconfig
from pathlib import Path

import pytest

from tests.nuke_host.white_list import CLASSES

STUBS = Path(sysconfig.get_path("purelib")) / "nuke-stubs"
TYPINGS = Path(__file__).resolve().parents[2] / "typings" / "nuke"
MODULES = ("_nuke", "callbacks", "executeInMain", "overrides", "utils", "colorspaces")


def trees():
    files = [STUBS / f"{name}.pyi" for name in MODULES] + [TYPINGS / "__init__.pyi"]
    return [ast.parse(path.read_text(encoding="utf-8")) for path in files]


def names_of(body):
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.AnnAssign):
            yield node.target.id
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from ((alias.asname or alias.name) for alias in node.names)


@pytest.fixture(scope="module")
def stub_names():
    return {name for tree in trees() for name in names_of(tree.body)} | {"callbacks"}


@pytest.fixture(scope="module")
def stub_classes():
    return {node.name: node for tree in trees() for node in tree.body if isinstance(node, ast.ClassDef)}


def methods(classes, name):
    if name not in classes:
        return set()
    bases = [base.id for base in classes[name].bases if isinstance(base, ast.Name)]
    return set(names_of(classes[name].body)).union(*(methods(classes, base) for base in bases))


def test_when_the_fake_has_a_name_then_the_stubs_have_it_too(nuke, stub_names):
    assert {name for name in vars(nuke) if not name.startswith("__")} <= stub_names


def test_when_a_class_of_the_fake_has_a_method_then_the_stubs_have_it_too(nuke, stub_classes):
    extra = {}
    for name, cls in vars(nuke).items():
        if isinstance(cls, type) and name in stub_classes and not issubclass(cls, Exception):
            # A stub's class may name fewer bases than the fake's, which are those of Nuke's documentation.
            known = set().union(*(methods(stub_classes, base.__name__) for base in cls.__mro__))
            extra[name] = {member for member in dir(cls) if not member.startswith("_")} - known
    assert len(extra) > 30
    assert {name: found for name, found in extra.items() if found} == {}


def test_when_a_name_is_misspelt_then_nuke_has_it_not(nuke):
    with pytest.raises(AttributeError):
        _ = nuke.allNode
    with pytest.raises(AttributeError):
        nuke.nodes.Reed()
    with pytest.raises(AttributeError):
        nuke.nodes.Dot().connect()


def test_when_the_white_list_grows_then_each_class_can_be_made(nuke):
    for cls in CLASSES:
        if cls != "Root":
            assert getattr(nuke.nodes, cls)().Class() == cls
