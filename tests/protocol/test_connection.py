"""The life cycle, without any input or output: bytes in, messages out."""

import random
import tracemalloc

import pytest

from penumbra.protocol import (
    LONGEST_LINE,
    Answer,
    Broken,
    Code,
    Connection,
    Message,
    Notification,
    ProtocolError,
    Refusal,
    Request,
    Role,
    State,
)
from penumbra.protocol.state import SENT_BY, TABLE, Step
from penumbra.protocol.wire import written

HELLO = Request(0, "hello", {})
WELCOME = Answer(0, {})
ASK = Request(1, "doctor", {})
# A message for each step, and what went before it that it answers.
MESSAGES = {
    Step.HELLO: HELLO,
    Step.WELCOME: WELCOME,
    Step.TURNED_AWAY: Refusal(0, Code.NO_HELLO, "No."),
    Step.REQUEST: ASK,
    Step.ANSWER: Answer(1, {}),
    Step.REFUSAL: Refusal(None, Code.NOT_JSON, "No."),
    Step.NOTIFICATION: Notification("notice", {}),
}


def arriving(connection: Connection, *messages: Message | bytes) -> list[Message]:
    """What comes out when these come in."""
    for message in messages:
        connection.feed(message if isinstance(message, bytes) else written(message))
    return list(iter(connection.next_message, None))


def in_state(role: Role, state: State) -> Connection:
    """A side that is so far. Where anything can be answered, a request with the id 1 waits for it."""
    connection = Connection(role)
    way = {State.NEW: [], State.GREETING: [HELLO], State.OPEN: [HELLO, WELCOME, ASK], State.CLOSED: [b""]}
    for message in way[state]:
        if message == b"" or (isinstance(message, Request) is (role is Role.WORKER)):
            arriving(connection, message)
        else:
            connection.send(message)
    assert connection.state is state
    return connection


def the_message(step: Step, state: State) -> Message:
    """One that makes the step; a new id where the old one is taken."""
    taken = step in (Step.REQUEST, Step.HELLO) and state is State.OPEN
    return Request(2, MESSAGES[step].method, {}) if taken else MESSAGES[step]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("step", MESSAGES)
def test_when_a_side_sends_then_only_what_the_table_has_is_sent_and_nothing_else_changes_anything(role, state, step):
    connection = in_state(role, state)
    message = the_message(step, state)
    reachable = step in TABLE[state] and step in SENT_BY[role]
    # A welcome is an answer to a hello, and without one it answers nothing.
    if reachable:
        assert connection.send(message) == written(message)
        assert connection.state is TABLE[state][step]
    else:
        with pytest.raises(ProtocolError):
            connection.send(message)
        assert connection.state is state


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", [State.NEW, State.GREETING, State.OPEN])
@pytest.mark.parametrize("step", MESSAGES)
def test_when_a_side_hears_then_what_does_not_belong_there_is_broken_and_changes_nothing(role, state, step):
    connection = in_state(role, state)
    message = the_message(step, state)
    other = next(other for other in Role if other is not role)
    (heard,) = arriving(connection, message) or [None]
    if step in TABLE[state] and step in SENT_BY[other]:
        assert heard == message
        assert connection.state is TABLE[state][step]
    else:
        # The standard wants no notification answered.
        ignored = role is Role.WORKER and step is Step.NOTIFICATION
        assert heard is None if ignored else isinstance(heard, Broken)
        assert connection.state is state


def test_when_the_other_side_has_gone_then_nothing_comes_any_more_and_nothing_is_sent():
    worker = in_state(Role.WORKER, State.OPEN)
    assert arriving(worker, written(Request(9, "doctor", {}))[:-1], b"") == []
    assert worker.state is State.CLOSED
    assert arriving(worker, HELLO) == []
    with pytest.raises(ProtocolError, match="all is closed"):
        worker.send(Answer(1, {}))


def test_when_someone_asks_before_saying_hello_then_he_is_told_to_and_can():
    worker = Connection(Role.WORKER)
    assert arriving(worker, ASK) == [Broken(Code.NO_HELLO, "Say hello first.", 1)]
    worker.send(Refusal(1, Code.NO_HELLO, "Say hello first."))
    assert arriving(worker, HELLO) == [HELLO]
    worker.send(WELCOME)
    assert arriving(worker, ASK) == [ASK]


def test_when_a_hello_is_turned_away_then_what_was_sent_right_behind_it_is_too():
    worker = Connection(Role.WORKER)
    worker.feed(written(HELLO) + written(ASK))
    assert worker.next_message() == HELLO
    worker.send(Refusal(0, Code.NO_HELLO, "Another protocol."))
    assert worker.next_message() == Broken(Code.NO_HELLO, "Say hello first.", 1)


def test_when_an_id_is_used_again_before_its_answer_then_the_refusal_cannot_be_taken_for_that():
    worker = in_state(Role.WORKER, State.OPEN)
    (broken,) = arriving(worker, ASK)
    assert (broken.code, broken.id) == (Code.NOT_A_REQUEST, None)
    assert "id 1 is not answered yet" in broken.message
    worker.send(Answer(1, {}))
    assert arriving(worker, ASK) == [ASK]


def test_when_a_broken_request_has_an_id_then_it_is_refused_under_it_once():
    worker = in_state(Role.WORKER, State.OPEN)
    (broken,) = arriving(worker, b'{"jsonrpc":"2.0","id":5,"method":"doctor","params":[]}\n')
    assert (broken.code, broken.id) == (Code.WRONG_PARAMS, 5)
    worker.send(Refusal(5, broken.code, broken.message))
    with pytest.raises(ProtocolError, match="no request with the id 5"):
        worker.send(Answer(5, {}))


def test_when_bytes_come_one_by_one_then_messages_come_whole():
    worker = Connection(Role.WORKER)
    heard = []
    for byte in b"\n \r\n" + written(HELLO):
        heard += arriving(worker, bytes([byte]))
    assert heard == [HELLO]


def test_when_a_line_has_fifty_megabytes_then_it_is_refused_in_little_memory_and_the_next_one_is_heard():
    worker = in_state(Role.WORKER, State.OPEN)
    chunk, heard = b"a" * 65536, []
    tracemalloc.start()
    try:
        for _ in range(800):
            heard += arriving(worker, chunk)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 2.5 * LONGEST_LINE
    assert heard == []
    again = Request(2, "doctor", {})
    too_long, after = arriving(worker, b"\n" + written(again))
    assert too_long.code == Code.NOT_JSON
    assert "longer than 8,388,608 bytes: 'aaa" in too_long.message
    assert after == again


def test_when_a_line_is_as_long_as_is_allowed_then_it_is_heard_and_one_byte_more_is_not():
    def request(length: int) -> bytes:
        empty = written(Request(1, "open", {"folder": ""}))
        return written(Request(1, "open", {"folder": "a" * (length - len(empty))}))

    worker = in_state(Role.WORKER, State.OPEN)
    worker.send(Answer(1, {}))
    assert isinstance(arriving(worker, request(LONGEST_LINE + 2))[0], Broken)
    assert isinstance(arriving(worker, request(LONGEST_LINE + 1))[0], Request)


def test_when_an_answer_is_too_long_then_it_is_not_sent_and_another_can_be():
    worker = in_state(Role.WORKER, State.OPEN)
    with pytest.raises(ProtocolError, match="can be sent"):
        worker.send(Answer(1, "a" * LONGEST_LINE))
    worker.send(Refusal(1, Code.INPUT, "It is too long."))


def test_when_a_worker_answers_what_nobody_asked_then_the_client_does_not_take_it_for_an_answer():
    client = in_state(Role.CLIENT, State.OPEN)
    (broken,) = arriving(client, Answer(8, {}))
    assert isinstance(broken, Broken)
    assert "no request with the id 8" in broken.message


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("role", Role)
def test_when_random_bytes_come_then_each_line_is_broken_and_the_conversation_goes_on(seed, role):
    chance = random.Random(seed)
    connection = in_state(role, State.OPEN)
    noise = bytearray(chance.randbytes(20_000))
    for _ in range(300):
        noise[chance.randrange(len(noise))] = chance.choice(b'\n{}[]":,\\0')
    heard = []
    while noise:
        size = chance.randrange(1, 500)
        heard += arriving(connection, bytes(noise[:size]))
        del noise[:size]
    assert heard
    assert all(isinstance(message, Broken) for message in heard)
    right = Request(3, "doctor", {}) if role is Role.WORKER else Answer(1, {})
    assert arriving(connection, b"\n", right)[-1] == right
