"""Versions of a node's mattes: what a new one holds, and that it leaves the old one alone."""

from __future__ import annotations

import errno
import json
import os

import pytest

from penumbra.errors import MachineError
from penumbra_nuke.versions import (
    DONE,
    REFUSED,
    Wanted,
    has_note,
    next_mask,
    note,
    remove,
    stamps,
    version_for,
    versions,
)

SHOT = {"plate": "plate.####.exr", "delivery": {"window": "display"}}


def wanted(document=SHOT, shot="shot.json", inputs="the same files"):
    return Wanted(shot, document, inputs)


OTHER = wanted(dict(SHOT, frames="1-2"))


def delivered(folder):
    return dict(SHOT, delivery={"window": "display", "out": str(folder / "matte.####.exr")})


@pytest.fixture
def first(tmp_path):
    """A version with mattes and memory."""
    folder = version_for(tmp_path / "node", wanted(), None)
    wanted().save(folder, delivered(folder))
    kept = folder / ".penumbra" / "matte.#.exr"
    kept.mkdir(parents=True)
    for path in (folder / "matte.1001.exr", kept / "snapshot.safetensors", kept / "plates.json", kept / "run.lock"):
        path.write_text(path.name, encoding="utf-8")
    (folder / ".matte.1002.exr.77.part").write_text("half a matte", encoding="utf-8")
    return folder


def test_when_nothing_is_shown_then_the_first_version_is_made(first, tmp_path):
    assert first == tmp_path / "node" / "v001"


def test_when_the_order_is_the_same_then_the_version_is_too(first):
    assert version_for(first.parent, wanted(), first) == first


def test_when_the_order_is_another_then_all_but_the_locks_lies_in_a_new_version(first):
    new = version_for(first.parent, OTHER, first)
    files = {path.relative_to(new).as_posix() for path in new.rglob("*") if path.is_file()}
    kept = ".penumbra/matte.#.exr"
    assert new.name == "v002"
    memory = {f"{kept}/snapshot.safetensors", f"{kept}/plates.json"}
    assert files == {"shot.json", "shot.json.inputs", "matte.1001.exr"} | memory
    assert (new / "matte.1001.exr").samefile(first / "matte.1001.exr"), "a hard link takes no room"


def test_when_a_matte_is_replaced_in_the_new_version_then_the_old_one_keeps_its_own(first):
    new = version_for(first.parent, OTHER, first)
    aside = new / "aside"
    aside.write_text("fixed", encoding="utf-8")
    aside.replace(new / "matte.1001.exr")
    OTHER.save(new, dict(delivered(new), frames="1-2"))
    assert (first / "matte.1001.exr").read_text(encoding="utf-8") == "matte.1001.exr"
    assert json.loads((first / "shot.json").read_text(encoding="utf-8")) == delivered(first)


def test_when_a_file_was_replaced_under_its_name_then_it_is_another_order(first):
    assert version_for(first.parent, wanted(inputs="other files"), first).name == "v002"


def test_when_an_older_version_has_the_very_order_then_it_is_taken_again(first):
    new = version_for(first.parent, OTHER, first)
    OTHER.save(new, dict(delivered(new), frames="1-2"))
    assert version_for(first.parent, wanted(), new) == first


def test_when_the_newest_order_was_refused_then_the_next_one_takes_its_version(first):
    new = version_for(first.parent, OTHER, first)
    OTHER.save(new, dict(delivered(new), frames="1-2"))
    third = wanted(dict(SHOT, frames="1-3"))
    assert version_for(first.parent, third, new).name == "v003", "somebody may be making it"
    remove(first.parent, ["v003"])
    note(new, OTHER.shot, REFUSED)
    assert version_for(first.parent, third, new) == new
    third.save(new, dict(delivered(new), frames="1-3"))
    assert version_for(first.parent, OTHER, new).name == "v004", "a number is not given twice"


def test_when_an_order_is_ordered_again_then_what_became_of_it_is_kept_and_for_another_forgotten(first):
    note(first, "shot.json", DONE)
    wanted().save(first, delivered(first))
    assert has_note(first, "shot.json", DONE)
    OTHER.save(first, delivered(first))
    assert not has_note(first, "shot.json", DONE)


def test_when_files_are_written_again_then_their_stamps_are_others(tmp_path):
    for name in ("plate.1001.exr", "plate.1002.exr", "plate.1002.exr.txt", "roto.exr"):
        (tmp_path / name).write_text("a", encoding="utf-8")
    patterns = [f"{tmp_path}/plate.%04d.exr", f"{tmp_path}/roto.exr", f"{tmp_path}/nothing/there.####.exr"]
    before = stamps(patterns)
    os.utime(tmp_path / "plate.1002.exr.txt", (1, 1))
    assert stamps(patterns) == before
    os.utime(tmp_path / "plate.1002.exr", (1, 1))
    after = stamps(patterns)
    assert after != before
    (tmp_path / "roto.exr").write_text("ab", encoding="utf-8")
    assert stamps(patterns) != after


def test_when_another_view_is_matted_for_the_first_time_then_it_joins_the_version(first):
    assert version_for(first.parent, wanted(dict(SHOT, view="right"), "shot.right.json"), first) == first


def test_when_a_pasted_copy_is_matted_then_it_begins_with_what_the_original_has(first, tmp_path):
    new = version_for(tmp_path / "copy", wanted(), first)
    assert new == tmp_path / "copy" / "v001"
    assert (new / "matte.1001.exr").is_file()


def test_when_the_file_system_has_no_hard_links_then_files_are_copied(first, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    monkeypatch.setattr(os, "link", refuse)
    new = version_for(first.parent, OTHER, first)
    assert (new / "matte.1001.exr").read_text(encoding="utf-8") == "matte.1001.exr"
    assert not (new / "matte.1001.exr").samefile(first / "matte.1001.exr")


def test_when_the_shown_version_is_not_on_this_machine_then_a_new_one_begins_empty(first):
    new = version_for(first.parent, OTHER, first.parent / "v009")
    assert new.name == "v002"
    assert not list(new.iterdir())


def test_when_the_folder_cannot_be_made_then_it_is_said(tmp_path):
    (tmp_path / "node").write_text("a file", encoding="utf-8")
    with pytest.raises(MachineError, match="The cache folder cannot be written to"):
        version_for(tmp_path / "node" / "x", wanted(), None)


def test_when_old_versions_are_removed_then_only_these_go(first):
    new = version_for(first.parent, OTHER, first)
    assert remove(first.parent, ["v001"]) == 1
    assert versions(first.parent) == ["v002"]
    assert (new / "matte.1001.exr").read_text(encoding="utf-8") == "matte.1001.exr"


def test_when_a_frame_is_keyed_again_then_its_mask_has_a_name_of_its_own(tmp_path):
    assert next_mask(tmp_path, "1043") == "1043.1.exr"
    (tmp_path / "1043.1.exr").touch()
    assert next_mask(tmp_path, "1043") == "1043.2.exr"
