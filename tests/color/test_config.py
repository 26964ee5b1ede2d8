"""Which configuration is used, and what is said where it cannot be."""

import pytest

from penumbra.color import open_config
from penumbra.errors import FileError, InputError
from tests.color.configs import write_config

STUDIO = "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5"
CG = "ocio://cg-config-v4.0.0_aces-v2.0_ocio-v2.5"


@pytest.fixture(autouse=True)
def _no_ocio_set(monkeypatch):
    monkeypatch.delenv("OCIO", raising=False)


def test_when_nothing_is_said_then_it_is_the_pinned_studio_configuration():
    config = open_config()
    assert config.name == STUDIO
    assert not config.is_own
    assert {"ACEScg", "ARRI LogC4", "Linear Rec.709 (sRGB)"} <= set(config.spaces)


def test_when_ocio_is_set_to_nothing_then_it_counts_as_not_set(monkeypatch):
    monkeypatch.setenv("OCIO", "")
    assert open_config().name == STUDIO


@pytest.mark.parametrize(("asked", "name"), [("studio", STUDIO), ("cg", CG), ("CG", CG), (CG, CG)])
def test_when_a_built_in_one_is_asked_for_then_it_is_that(asked, name):
    config = open_config(asked)
    assert (config.name, config.is_own) == (name, False)


def test_when_the_cg_configuration_is_used_then_all_of_it_is_in_the_studio_one():
    assert set(open_config("cg").spaces) <= set(open_config("studio").spaces)


def test_when_the_library_s_default_is_asked_for_then_the_version_is_said():
    assert "config-v" in open_config("ocio://default").name


def test_when_ocio_is_set_then_it_is_used_unless_another_is_asked_for(tmp_path, monkeypatch):
    path = write_config(tmp_path / "Größe 1")
    monkeypatch.setenv("OCIO", str(path))
    assert open_config().is_own
    assert open_config().name == str(path)
    assert "house linear" in open_config().spaces
    assert open_config("studio").name == STUDIO


def test_when_ocio_names_a_built_in_one_then_it_is_not_the_person_s_own(monkeypatch):
    monkeypatch.setenv("OCIO", CG)
    assert (open_config().name, open_config().is_own) == (CG, False)


def test_when_the_file_that_ocio_names_is_missing_then_it_is_said_and_nothing_else_is_used(tmp_path, monkeypatch):
    monkeypatch.setenv("OCIO", str(tmp_path / "gone.ocio"))
    with pytest.raises(FileError) as caught:
        open_config()
    assert f"no OCIO configuration {tmp_path / 'gone.ocio'}, which $OCIO names." in str(caught.value)
    assert "unset $OCIO" in caught.value.next_step


def test_when_the_file_asked_for_is_missing_then_ocio_is_not_spoken_of(tmp_path, monkeypatch):
    monkeypatch.setenv("OCIO", str(write_config(tmp_path)))
    with pytest.raises(FileError) as caught:
        open_config(str(tmp_path / "gone.ocio"))
    assert "$OCIO" not in str(caught.value)
    assert caught.value.path == tmp_path / "gone.ocio"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "version"),
        (b"hello", "line 1"),
        (bytes(range(256)), "line 1"),
        (b"ocio_profile_version: 2\nroles: [\n", "line 3"),
        (b"ocio_profile_version: 9\n", "supported versions"),
        (b"ocio_profile_version: 2\nroles: {default: a}\ncolorspaces: [!<ColorSpace> {name: a\xf6}]\n", "utf-8"),
    ],
)
@pytest.mark.parametrize("by_environment", [False, True])
def test_when_a_file_is_no_configuration_then_it_is_a_file_error(tmp_path, monkeypatch, content, said, by_environment):
    path = tmp_path / "config.ocio"
    path.write_bytes(content)
    if by_environment:
        monkeypatch.setenv("OCIO", str(path))
    with pytest.raises(FileError) as caught:
        open_config(None if by_environment else str(path))
    text = str(caught.value)
    assert text.startswith(f"The OCIO configuration {path} cannot be used: ")
    assert said in text
    assert "\n" not in text
    assert ("unset $OCIO" in text) == by_environment
    assert ("Mend the configuration" in text) != by_environment


def test_when_an_archive_is_broken_then_it_is_a_file_error(tmp_path):
    (tmp_path / "config.ocioz").write_bytes(b"PK\3\4")
    with pytest.raises(FileError):
        open_config(str(tmp_path / "config.ocioz"))


def test_when_it_is_a_folder_then_it_is_a_file_error(tmp_path):
    with pytest.raises(FileError, match="There is no OCIO configuration"):
        open_config(str(tmp_path))


@pytest.mark.parametrize("name", ["ocio://", "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.4", "ocio://nuke"])
def test_when_no_built_in_one_has_that_name_then_those_that_exist_are_said(name):
    with pytest.raises(InputError, match=r"Did you mean ocio://\S+") as caught:
        open_config(name)
    assert f"configuration {name}." in str(caught.value)


def test_when_ocio_names_a_built_in_one_that_is_none_then_ocio_is_spoken_of(monkeypatch):
    monkeypatch.setenv("OCIO", "ocio://none")
    with pytest.raises(InputError, match=r"no built-in OCIO configuration ocio://none, which \$OCIO names\."):
        open_config()
