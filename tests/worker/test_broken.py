"""Whatever arrives is answered as the standard has it, and never ends the worker."""

import json
import random
from typing import Any

import pytest

from penumbra.protocol import LONGEST_LINE, Code
from penumbra.worker.params import ID, METHODS


def line(**message: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n"


@pytest.mark.parametrize(
    ("sent", "code", "its_id", "words"),
    [
        (b"hello\n", Code.NOT_JSON, None, "'hello'"),
        (b"\xff\xfe\n", Code.NOT_JSON, None, "UTF-8"),
        (b'{"jsonrpc":"2.0","id":7,"method":"matte","params":{"shot":NaN}}\n', Code.NOT_JSON, None, "NaN"),
        (b"[" * 100_000 + b"]" * 100_000 + b"\n", Code.NOT_JSON, None, "levels deep"),
        (b"a" * 50_000_000 + b"\n", Code.NOT_JSON, None, f"longer than {LONGEST_LINE:,} bytes"),
        (b'[{"jsonrpc":"2.0","id":7,"method":"doctor"}]\n', Code.NOT_A_REQUEST, None, "one object a line"),
        (line(id=0, method="hello", params={}), Code.NOT_A_REQUEST, 0, "said already"),
        (line(id=7, method="render"), Code.NO_SUCH_METHOD, 7, "no method 'render'. There are: hello, doctor, open"),
        (line(id=7, method="__init__"), Code.NO_SUCH_METHOD, 7, "no method"),
        (line(id=7, method="matte"), Code.WRONG_PARAMS, 7, "shot is missing"),
        (line(id=7, method="matte", params=["1"]), Code.WRONG_PARAMS, 7, "by name"),
        (line(id=7, method="matte", params={"shot": 1}), Code.WRONG_PARAMS, 7, "shot must be a text"),
        (
            line(id=7, method="matte", params={"shot": "1", "frames": 3}),
            Code.WRONG_PARAMS,
            7,
            "frames must be a text or",
        ),
        (line(id=7, method="frame", params={"shot": "1", "frame": True}), Code.WRONG_PARAMS, 7, "a whole number"),
        (line(id=7, method="frame", params={"shot": "1", "frame": 1.5}), Code.WRONG_PARAMS, 7, "a whole number"),
        (line(id=7, method="doctor", params={"a": 1}), Code.WRONG_PARAMS, 7, "there is no param 'a'"),
        (line(id=7, method="matte", params={"shot": "9"}), Code.INPUT, 7, "No shot '9' is open. Open it first."),
        (line(id=7, method="close", params={"shot": "9"}), Code.INPUT, 7, "No shot '9' is open."),
        (line(id=7, method="open", params={"shot": {}, "folder": "/"}), Code.INPUT, 7, "lacks the field plate"),
        (line(id=7, method="open", params={"shot": {}, "folder": "a"}), Code.INPUT, 7, "must be a whole path"),
    ],
    ids=lambda value: value[:70].decode("latin1") if isinstance(value, bytes) else "",
)
def test_when_something_wrong_arrives_then_it_is_refused_in_words_and_the_worker_lives_on(
    greeted, sent, code, its_id, words
):
    greeted.write(sent)
    answer = greeted.take()
    assert (answer["error"]["code"], answer["id"]) == (code, its_id)
    assert words in answer["error"]["message"]
    assert len(answer["error"]["message"]) < 1000
    greeted.alive()


def test_when_a_line_comes_in_halves_then_it_is_one(greeted):
    whole = line(id=1, method="cancel", params={"job": 9})
    greeted.write(whole[:20])
    greeted.write(whole[20:])
    assert greeted.take()["result"] == {"stopping": False}


def test_when_a_notification_arrives_then_it_is_not_answered(greeted):
    greeted.write(line(method="cancel", params={"job": 0}) + line(method="nonsense"))
    greeted.alive()


@pytest.mark.parametrize("seed", range(6))
def test_when_random_bytes_arrive_then_every_line_is_refused_and_the_worker_lives_on(greeted, seed):
    chance = random.Random(seed)
    noise = bytearray(chance.randbytes(200_000))
    for _ in range(2000):
        noise[chance.randrange(len(noise))] = chance.choice(b'\n{}[]":,\\0')
    lines = [each for each in bytes(noise).split(b"\n") if each.strip()]
    greeted.write(b"\n".join(lines) + b"\n")
    assert {greeted.take()["error"]["code"] for _ in lines} == {Code.NOT_JSON}
    greeted.alive()


def a_value(chance: random.Random, depth: int = 0) -> Any:
    plain = [None, True, -1, 2**70, 1.5, "", "1", "1001-1003", "cpu", "\ud800", "/tmp", "プレート" * 5, "over"]
    if depth > 3 or chance.random() < 0.6:
        return chance.choice(plain)
    if chance.random() < 0.5:
        return [a_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    names = ["plate", "version", "key_frames", "delivery", "out", "settings", "finish", "frame", "path", "x"]
    return {chance.choice(names): a_value(chance, depth + 1) for _ in range(chance.randrange(5))}


def a_document(chance: random.Random) -> Any:
    """A shot with some of it changed. It is never right: of a newer version, or not even an object."""
    document: dict[str, Any] = {
        "plate": "plate.####.exr",
        "frames": "1001-1010",
        "key_frames": [{"frame": 1001, "path": "roto.1001.exr"}, {"frame": 1005, "path": "roto.1005.exr"}],
        "objects": {"hero": {"in": 1001, "out": 1005}},
        "settings": {"model": "tiny.safetensors", "exposure": 1.5},
        "finish": {"gamma": 1.1},
        "delivery": {"out": "out/matte.####.exr"},
    }
    parts = [document, *document["key_frames"], *(document[name] for name in ("objects", "settings", "delivery"))]
    for _ in range(chance.randrange(4)):
        part = chance.choice(parts)
        part[chance.choice([*part, "x"])] = a_value(chance)
    return {**document, "version": 99} if chance.random() < 0.9 else a_value(chance)


@pytest.mark.parametrize("seed", range(6))
def test_when_random_requests_arrive_then_each_gets_one_answer_and_none_finds_a_bug(greeted, seed):
    chance = random.Random(seed)
    # The doctor looks at the machine, which takes its time.
    methods = [*(method for method in METHODS if method != "doctor"), *["open"] * 10, "nonsense"]
    right = {str: "/tmp", int: 1001, ID: 3}
    for number in range(1, 501):
        method = chance.choice(methods)
        params = {
            name: a_document(chance) if param.kind is dict else chance.choice([a_value(chance), right[param.kind]])
            for name, param in METHODS.get(method, {}).items()
            if chance.random() < 0.95
        }
        greeted.send(id=number, method=method, params=params)
    answers = [greeted.take() for _ in range(500)]
    assert sorted(answer["id"] for answer in answers) == list(range(1, 501))
    codes = {answer["error"]["code"] for answer in answers if "error" in answer}
    assert codes == {Code.NO_SUCH_METHOD, Code.WRONG_PARAMS, Code.INPUT, Code.NOT_A_REQUEST}
    greeted.alive()
