"""Lines and messages."""

import json

import pytest

from penumbra.protocol import LONGEST_LINE, Answer, Broken, Code, Notification, Refusal, Request
from penumbra.protocol.wire import DEEPEST, parsed, written


@pytest.mark.parametrize(
    "message",
    [
        Request(0, "hello", {"client": "Nuke 16.0v4"}),
        Request("a word", "doctor", {}),
        Notification("progress", {"done": 3, "seconds": 0.25, "seconds_left": None}),
        Answer(7, {"path": "/プレート/ä b.exr"}),
        Answer(7, None),
        Refusal(7, Code.INPUT, "No.", {"faults": []}),
        Refusal(None, Code.NOT_JSON, "No."),
    ],
)
def test_when_a_message_is_written_then_one_line_of_ascii_gives_it_back(message):
    line = written(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert line.isascii()
    assert json.loads(line)["jsonrpc"] == "2.0"
    assert parsed(line) == message


def test_when_a_file_s_name_is_no_text_then_it_crosses_the_wire_all_the_same():
    name = b"plate_\xff.exr".decode("utf-8", "surrogateescape")
    assert parsed(written(Answer(1, name))) == Answer(1, name)


def test_when_a_message_is_not_json_s_then_it_is_not_written():
    with pytest.raises(ValueError, match="not JSON compliant"):
        written(Answer(1, float("nan")))


def deep(levels: int) -> bytes:
    return b'{"jsonrpc":"2.0","id":1,"method":"open","params":{"shot":' + b"[" * levels + b"]" * levels + b"}}"


@pytest.mark.parametrize(
    "line",
    [
        b"hello",
        b"{",
        b"\xff\xfe\x00",
        b'{"jsonrpc":"2.0","id":1,"method":"open","params":{"folder":"\xe9"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"open","params":{"folder":NaN}}',
        b'{"jsonrpc":"2.0","id":1,"method":"open","params":{"folder":-Infinity}}',
        b'{"jsonrpc":"2.0","id":1,"method":"open","params":{"folder":1e999}}',
        b'{"jsonrpc":"2.0","id":1,"method":"open","params":{"folder":' + b"9" * 10_000 + b"}}",
        b'{"jsonrpc":"2.0","id":1,"method":"doctor"} {}',
        b'\xef\xbb\xbf{"jsonrpc":"2.0","id":1,"method":"doctor"}',
        deep(DEEPEST),
        deep(100_000),
        b"[" * LONGEST_LINE,
        b'"' + b'\\"[' * 1_000_000,
    ],
    ids=lambda line: line[:20].decode("ascii", "replace"),
)
def test_when_a_line_is_no_json_or_too_deep_then_it_is_told_as_such_and_shown(line):
    broken = parsed(line)
    assert isinstance(broken, Broken)
    assert broken.code == Code.NOT_JSON
    assert broken.id is None
    assert len(broken.message) < 400


def test_when_brackets_stand_in_a_text_then_they_are_no_levels():
    text = '\\"[' * DEEPEST + "{" * DEEPEST + "\\"
    assert parsed(written(Answer(1, text))) == Answer(1, text)
    assert isinstance(parsed(deep(DEEPEST - 3)), Request)


@pytest.mark.parametrize(
    ("line", "code", "its_id"),
    [
        (b"[]", Code.NOT_A_REQUEST, None),
        (b'[{"jsonrpc":"2.0","id":1,"method":"doctor"}]', Code.NOT_A_REQUEST, None),
        (b"17", Code.NOT_A_REQUEST, None),
        (b"{}", Code.NOT_A_REQUEST, None),
        (b'{"jsonrpc":"1.0","id":1,"method":"doctor"}', Code.NOT_A_REQUEST, 1),
        (b'{"jsonrpc":"2.0","id":1}', Code.NOT_A_REQUEST, 1),
        (b'{"jsonrpc":"2.0","id":1,"method":17}', Code.NOT_A_REQUEST, 1),
        (b'{"jsonrpc":"2.0","id":null,"method":"doctor"}', Code.NOT_A_REQUEST, None),
        (b'{"jsonrpc":"2.0","id":true,"method":"doctor"}', Code.NOT_A_REQUEST, None),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"doctor"}', Code.NOT_A_REQUEST, None),
        (b'{"jsonrpc":"2.0","id":[1],"method":"doctor"}', Code.NOT_A_REQUEST, None),
        (b'{"jsonrpc":"2.0","id":9007199254740993,"method":"doctor"}', Code.NOT_A_REQUEST, None),
        (b'{"jsonrpc":"2.0","id":"' + b"a" * 201 + b'","method":"doctor"}', Code.NOT_A_REQUEST, None),
        (b'{"jsonrpc":"2.0","id":1,"method":"doctor","params":[]}', Code.WRONG_PARAMS, 1),
        (b'{"jsonrpc":"2.0","id":1,"method":"doctor","params":null}', Code.WRONG_PARAMS, 1),
        (b'{"jsonrpc":"2.0","id":null,"result":1}', Code.NOT_A_REQUEST, None),
        (b'{"jsonrpc":"2.0","id":1,"error":"no"}', Code.NOT_A_REQUEST, None),
        (b'{"jsonrpc":"2.0","id":1,"error":{"code":true,"message":"no"}}', Code.NOT_A_REQUEST, None),
    ],
)
def test_when_json_is_no_message_then_the_standard_s_code_says_so_with_the_id_where_there_is_one(line, code, its_id):
    broken = parsed(line)
    assert isinstance(broken, Broken)
    assert (broken.code, broken.id) == (code, its_id)
