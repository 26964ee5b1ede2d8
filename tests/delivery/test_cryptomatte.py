"""Read back by a small reader that knows the specification and none of our code, nor the library that hashes there."""

import json
import re
import struct
from pathlib import Path

import numpy as np
import pytest

from tests.delivery.mattes import a_matte, delivered, window_of

# The specification's own, and those that the makers' tests hold their Nuke node against.
PUBLISHED_BITS = {"bunny": "13851a76", "default": "42c9679f", "bunny_porcelain_mat": "b24b26d4"}
PUBLISHED_FLOATS = {
    "hello": 6.0705627e-17,
    "cube": -4.08461912519e15,
    "sphere": 2.79018604383e15,
    "plane": 3.66557617e-11,
}


def rotated(value: int, by: int) -> int:
    return (value << by | value >> (32 - by)) & 0xFFFFFFFF


def murmur3(data: bytes) -> int:
    """MurmurHash3_x86_32 with seed 0, as Austin Appleby published it."""
    result = 0
    for start in range(0, len(data), 4):
        block = data[start : start + 4]
        part = int.from_bytes(block, "little") * 0xCC9E2D51 & 0xFFFFFFFF
        result ^= rotated(part, 15) * 0x1B873593 & 0xFFFFFFFF
        if len(block) == 4:
            result = (rotated(result, 13) * 5 + 0xE6546B64) & 0xFFFFFFFF
    result ^= len(data)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        result = (result ^ result >> shift) * factor & 0xFFFFFFFF
    return result ^ result >> 16


def exponent(bits: int) -> int:
    return bits >> 23 & 255


def float_id(name: str) -> float:
    """As the makers' Nuke node does it, which says it in another way than their specification."""
    bits = murmur3(name.encode())
    if exponent(bits) in (0, 255):
        bits ^= 1 << 23
    return struct.unpack("<f", struct.pack("<I", bits))[0]


class Reader:
    """The one Cryptomatte of a file."""

    def __init__(self, channels: dict, header: dict) -> None:
        pattern = re.compile("cryptomatte/([0-9a-f]{7})/(name|hash|conversion|manifest)")
        found = [(match[1], match[2], header[name]) for name in header if (match := pattern.fullmatch(name))]
        (self.key,) = {key for key, _, _ in found}
        self.entries = {name: value for _, name, value in found}
        self.manifest = json.loads(self.entries["manifest"])
        layer = re.compile(rf"({re.escape(self.entries['name'])}\d\d)\.R")
        self.layers = sorted(match[1] for name in channels if (match := layer.fullmatch(name)))
        pairs = [(channels[f"{layer}.{a}"], channels[f"{layer}.{b}"]) for layer in self.layers for a, b in ("RG", "BA")]
        self.ids, self.coverages = (np.stack(planes) for planes in zip(*pairs, strict=True))

    def matte(self, wanted: float) -> np.ndarray:
        return np.where(self.ids == np.float32(wanted), self.coverages, 0).sum(0)


def cryptomatte(folder: Path, objects: dict, **how) -> Reader:
    channels, header = delivered(folder, a_matte(objects), channels="cryptomatte", **how)
    return Reader(channels, header)


def soft(seed: int, size=(8, 12)) -> np.ndarray:
    """Alphas of which some are 0, some 1, and the rest between."""
    return np.clip(np.random.default_rng(seed).random(size) * 2 - 0.5, 0, 1).astype(np.float32)


def test_when_names_are_hashed_here_then_they_have_the_published_ids():
    """The reader itself, before it is trusted."""
    for name, bits in PUBLISHED_BITS.items():
        assert f"{murmur3(name.encode()):08x}" == bits
    for name, value in PUBLISHED_FLOATS.items():
        assert float_id(name) == pytest.approx(value, rel=1e-6)
    assert float_id("mädchen") == pytest.approx(6.2361298e25, rel=1e-6)


def test_when_objects_have_published_ids_then_the_manifest_and_the_pixels_have_them(tmp_path):
    read = cryptomatte(tmp_path, dict.fromkeys([*PUBLISHED_BITS, *PUBLISHED_FLOATS], 0.1))
    assert list(read.manifest) == [*PUBLISHED_BITS, *PUBLISHED_FLOATS]
    for name, bits in PUBLISHED_BITS.items():
        assert read.manifest[name] == bits
    for name in read.manifest:
        (as_float,) = struct.unpack(">f", bytes.fromhex(read.manifest[name]))
        assert as_float == float_id(name)
        np.testing.assert_array_equal(read.matte(as_float), np.full((8, 12), np.float32(0.1)))


@pytest.mark.parametrize("edge", [0, 255])
def test_when_a_hash_is_no_ordinary_float_then_the_id_is_one(tmp_path, edge):
    name = next(name for n in range(10_000) if exponent(murmur3((name := f"o{n}").encode())) == edge)
    read = cryptomatte(tmp_path, {name: 0.5})
    (bits,) = (int(text, 16) for text in read.manifest.values())
    assert exponent(bits) == (1 if edge == 0 else 254)
    assert bits & 0x807FFFFF == murmur3(name.encode()) & 0x807FFFFF
    assert (read.matte(float_id(name)) == 0.5).all()


def test_when_objects_do_not_crowd_then_each_matte_is_its_alpha_to_the_bit(tmp_path):
    hero, dog = soft(1), soft(2)
    dog = np.minimum(dog, 1 - hero)
    read = cryptomatte(tmp_path, {"hero": hero, "dog": dog})
    np.testing.assert_array_equal(read.matte(float_id("hero")), hero)
    np.testing.assert_array_equal(read.matte(float_id("dog")), dog)
    np.testing.assert_allclose(read.coverages.sum(0), 1, atol=1e-6)


def test_when_objects_crowd_then_they_share_the_pixel_by_their_alphas(tmp_path):
    objects = {f"object{number}": soft(number) * np.arange(12, dtype=np.float32) / 11 for number in range(5)}
    read = cryptomatte(tmp_path, objects)
    total = np.sum(list(objects.values()), axis=0)
    assert (total > 1.5).any()
    assert (total == 0).any()
    for name, alpha in objects.items():
        np.testing.assert_allclose(read.matte(float_id(name)), alpha / np.maximum(total, 1), atol=1e-6)
    np.testing.assert_allclose(read.matte(0), np.maximum(1 - total, 0), atol=1e-6)


def plainly_ranked(alphas: list, names: list) -> tuple[np.ndarray, np.ndarray]:
    """The twin: pixel for pixel, without any shortcut."""
    height, width = alphas[0].shape
    ids, coverages = (np.zeros((len(names) + 1, height, width), np.float32) for _ in range(2))
    for y, x in np.ndindex(height, width):
        values = [alpha[y, x] for alpha in alphas]
        total = sum(values, np.float32(0))
        shares = [value / max(total, np.float32(1)) for value in values] + [max(1 - total, np.float32(0))]
        found = zip(shares, [*map(float_id, names), 0.0], strict=True)
        for rank, (share, identity) in enumerate(sorted(found, key=lambda pair: -pair[0])):
            coverages[rank, y, x], ids[rank, y, x] = share, identity if share > 0 else 0
    return ids, coverages


def test_when_pixels_are_ranked_then_it_is_as_one_does_it_by_hand(tmp_path):
    objects = {name: soft(index) for index, name in enumerate(["hero", "dog", "cat"])}
    objects["cat"][0] = objects["dog"][0]  # equal ones stay in the shot's order
    for alpha in objects.values():
        alpha[:, 0] = 0
    read = cryptomatte(tmp_path, objects, pixel_type="half")
    ids, coverages = plainly_ranked(list(objects.values()), list(objects))
    np.testing.assert_array_equal(read.ids, ids)
    np.testing.assert_array_equal(read.coverages, coverages)
    assert (np.diff(read.coverages, axis=0) <= 0).all()


def test_when_many_cover_the_same_then_they_stay_in_the_shot_s_order(tmp_path):
    names = [f"object{number}" for number in range(40)]
    read = cryptomatte(tmp_path, dict.fromkeys(names, 1 / 64))
    order = [0.0, *map(float_id, names)]
    np.testing.assert_array_equal(read.ids[:41, 3, 3], np.array(order, np.float32))


@pytest.mark.parametrize(("count", "layers"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3)])
def test_when_there_are_more_objects_then_there_are_as_many_ranks_as_they_can_need(tmp_path, count, layers):
    names = [f"object{number}" for number in range(count)]
    read = cryptomatte(tmp_path, dict.fromkeys(names, 1 / (count + 1)))
    assert read.layers == [f"CryptoObject{number:02d}" for number in range(layers)]
    assert ((read.coverages > 0).sum(0) == count + 1).all()
    empty = cryptomatte(tmp_path, dict.fromkeys(names, 0))
    assert empty.layers == read.layers
    assert (empty.ids == 0).all()
    assert (empty.coverages[0] == 1).all()


def test_when_the_one_object_has_no_name_then_it_is_called_matte(tmp_path):
    alpha = soft(1)
    read = cryptomatte(tmp_path, {None: alpha})
    assert list(read.manifest) == ["matte"]
    np.testing.assert_array_equal(read.matte(float_id("matte")), alpha)


def test_when_half_is_asked_for_then_only_the_picture_is_half(tmp_path):
    objects = {"hero": 0.5 * soft(1), "dog": 0.5 * soft(2)}
    channels, header = delivered(tmp_path, a_matte(objects), channels="cryptomatte", pixel_type="half")
    assert {name for name, values in channels.items() if values.dtype == np.float16} == set("RGBA")
    np.testing.assert_array_equal(channels["A"], (objects["hero"] + objects["dog"]).astype(np.float16))
    assert Reader(channels, header).entries == {
        "name": "CryptoObject",
        "hash": "MurmurHash3_32",
        "conversion": "uint32_to_float32",
        "manifest": json.dumps({name: f"{murmur3(name.encode()):08x}" for name in objects}),
    }


def test_when_the_type_s_name_is_hashed_then_its_first_seven_digits_are_the_key(tmp_path):
    assert cryptomatte(tmp_path, {"hero": 1}).key == f"{murmur3(b'CryptoObject'):08x}"[:7]


def test_when_the_window_is_automatic_then_the_ids_are_in_it(tmp_path):
    alpha = np.zeros((8, 12), np.float32)
    alpha[2:5, 3:9] = soft(1, (3, 6)) + np.float32(1e-3)
    matte = a_matte({"hero": np.minimum(alpha, 1)})
    channels, header = delivered(tmp_path, matte, channels="cryptomatte", window="auto")
    assert window_of(header).size == (6, 3)
    read = Reader(channels, header)
    np.testing.assert_array_equal(read.matte(float_id("hero")), matte.layers[0].alpha_HW[2:5, 3:9])


@pytest.mark.parametrize("compression", ["none", "zips", "zip", "piz"])
def test_when_it_is_compressed_then_every_id_keeps_its_bits(tmp_path, compression):
    read = cryptomatte(tmp_path, {"hero": 0.5 * soft(1), "dog": 0.5 * soft(2)}, compression=compression)
    assert set(np.unique(read.ids)) == {np.float32(float_id(name)) for name in ("hero", "dog")} | {0}
