"""The link to the examiner, written to directly: junk, forged replies, forged outputs."""

from attack import FIND, Attack, run_in_engine

ANY = ("", "crashed", "timed out")


def frame(head, *, body="b''", size=None, head_size=None):
    """Code that sends one message with this JSON."""
    return FIND + (
        f"import struct\nhead, body = {head}, {body}\n"
        f"end.sendall(struct.pack('!QI', {size or 'len(head) + len(body)'}, {head_size or 'len(head)'}) + head + body)\n"
    )


def reply(node):
    """Code that sends one reply that was not asked for."""
    return frame(f"b'[' + {node!r}.encode() + b', []]'")


def forged(outputs):
    """Code that has the cells that follow give these outputs."""
    return FIND + f"learner.peer.operations['run_cell'] = lambda source: {outputs}"


HTML = "[{'output_type': 'display_data', 'data': {'text/html': '<script>alert(1)</script>'}, 'metadata': {}}]"
PNG = "[{'output_type': 'display_data', 'data': {'image/png': '\\'><script>alert(1)</script>'}, 'metadata': {}}]"
ATTACKS = [
    Attack("junk", FIND + "import os\nfor fd in range(3, 64):\n    try: os.write(fd, b'\\xff' * 1000)\n    except OSError: pass", ends=ANY, seconds=9),
    Attack("zeros", FIND + "end.sendall(bytes(1000))", ends=ANY, seconds=9),
    Attack("a message without end", frame("b'[1'", size="10_000_000"), ends=ANY, seconds=9),
    Attack("a message too large", frame("b'[]'", size="2**63"), ends=ANY, seconds=9),
    Attack("a head larger than its message", frame("b'[]'", head_size="4_000_000_000"), ends=ANY, seconds=9),
    Attack("a message that is not JSON", frame("b'{{{{'"), ends=ANY, seconds=9),
    Attack("a message nested deep", frame("b'[' * 500_000 + b']' * 500_000"), ends=ANY, seconds=9),
    Attack("a value nested deep", reply('["done", ' + '{"tuple":[' * 200 + '1' + ']}' * 200 + ']'), ends=ANY, seconds=9),
    Attack("a number of a million digits", frame("b'[[\"done\", ' + b'9' * 1_000_000 + b'], []]'"), ends=ANY, seconds=9),
    Attack("a message that is a number", reply("7"), ends=ANY, seconds=9),
    Attack("a message of another kind", reply('["do", "run_cell"]'), ends=ANY, seconds=9),
    Attack("a reply of a kind that is none", reply('["raised", "a"]'), ends=ANY, seconds=9),
    Attack("an exception that is none", reply('["raised", "SystemExit", "SystemExit", "", ""]'), ends=ANY, seconds=9),
    Attack("a request for the examiner's names", reply('["do", "get_name", ["job"]]'), ends=ANY, seconds=9),
    Attack("a request to call what was never given", reply('["do", "call", [{"ref": {"yours": 1}}, [], {}]]'), ends=ANY, seconds=9),
    Attack("a request to call text", reply('["do", "call", ["exit", [], {}]]'), ends=ANY, seconds=9),
    Attack("requests without end", FIND + "import threading\ndef ask():\n    while True: channel.send(['do', 'call', [1, [], {}]])\n"
           "threading.Thread(target=ask, daemon=True).start()", ends=ANY, seconds=9),
    Attack("an array of objects", frame("b'[[\"done\", {\"array\": [0, \"|O\", [1], \"C\"]}], [8]]'", body="b'x' * 8"), ends=ANY, seconds=9),
    Attack("an array larger than its bytes", frame("b'[[\"done\", {\"array\": [0, \"<f8\", [1000000], \"C\"]}], [8]]'", body="b'x' * 8"), ends=ANY, seconds=9),
    Attack("an array with a negative shape", frame("b'[[\"done\", {\"array\": [0, \"<f8\", [-1, -1], \"C\"]}], [8]]'", body="b'x' * 8"), ends=ANY, seconds=9),
    Attack("an array of a type that is none", frame("b'[[\"done\", {\"array\": [0, \"(9,9)V9999999\", [1], \"C\"]}], [8]]'", body="b'x' * 8"), ends=ANY, seconds=9),
    Attack("a reply to each request before it comes", FIND + "for _ in range(99): channel.send(['done', True])", ends=ANY, seconds=9),
    Attack("replies of yes from a thread", FIND + "import threading\ndef yes():\n    while True: channel.send(['done', [True, {}]])\n"
           "threading.Thread(target=yes, daemon=True).start()", ends=ANY, seconds=9),
    Attack("pickled data", FIND + "import pickle\nclass E:\n    def __reduce__(self): return (exec, ('raise SystemExit',))\n"
           "end.sendall(pickle.dumps(E()))", ends=ANY, seconds=9),
    Attack("outputs with a script", forged(HTML), ends=ANY),
    Attack("outputs with a script for an image", forged(PNG), ends=ANY),
    Attack("outputs that are text", forged("['junk', 'x']"), ends=ANY),
    Attack("outputs that are objects", forged("[object()]"), ends=ANY),
    Attack("outputs that are numbers", forged("[float('nan'), 1, None]"), ends=ANY),
    Attack("outputs without fields", forged("[{'output_type': 'stream'}, {'output_type': 'error'}, {}]"), ends=ANY),
    Attack("outputs of another kind", forged("[{'output_type': ['x']}, {'output_type': 'x'}]"), ends=ANY),
    Attack("outputs with odd fields", forged("[{'output_type': 'stream', 'name': 'stdout', 'text': {1: {2}}, 5: b'x'}]"), ends=ANY),
    Attack("outputs of errors that are none", forged("[{'output_type': 'error', 'ename': 1, 'evalue': [], 'traceback': 'x'}]"), ends=ANY),
    Attack("outputs with half a character", "print('\\ud800')"),
    Attack("outputs that are a mapping", forged("{'end': ''}"), ends=ANY),
    Attack("a report of its own", FIND + "channel.send({'cells': [{'id': 'equal', 'outputs': [], 'seconds': 0}], 'end': ''})", ends=ANY, seconds=9),
    Attack("the link closed", FIND + "end.close()", ends=("crashed",)),
    Attack("the link shut on one side", FIND + "import socket\nend.shutdown(socket.SHUT_WR)", ends=("crashed",)),
    Attack("the link not read", FIND + "import time\nlearner.peer.serve = lambda: time.sleep(99)\ndef f(x): time.sleep(99)", ends=("timed out",), seconds=7),
]  # fmt: skip


@run_in_engine(ATTACKS)
def test_the_link(attack, arena):
    arena.hold(attack)
