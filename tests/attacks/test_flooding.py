"""Output without end, by every way on which output is kept."""

from attack import FIND, Attack, Handed, code, hand_in_to_class, run_in_engine

ANY = ("", "crashed")
ATTACKS = [
    Attack("printed", "print('x' * 50_000_000)"),
    Attack("printed to stderr", "import sys\nsys.stderr.write('x' * 50_000_000)"),
    Attack("printed in many lines", "for _ in range(200_000): print('line')"),
    Attack("past python", "import os\nfor _ in range(500): os.write(1, b'x' * 100_000)"),
    Attack("by another program", "!yes | head -c 20000000", ends=(*ANY, "timed out"), seconds=9),
    Attack("as a result", "'x' * 30_000_000"),
    Attack("displayed", "display('x' * 30_000_000)"),
    Attack("displayed often", "for _ in range(5000): display('y' * 100)"),
    Attack("as an image", "from IPython.display import Image\ndisplay(Image(data=b'\\x89PNG' + bytes(20_000_000)))"),
    Attack("as the message of an exception", "raise ValueError('x' * 30_000_000)"),
    Attack("as the name of an exception", "raise type('x' * 3_000_000, (Exception,), {})"),
    Attack("as the message of an exception in a function", "def f(x): raise ValueError('x' * 30_000_000)"),
    Attack("as the name of an exception in a function", "def f(x): raise type('x' * 3_000_000, (Exception,), {})"),
    Attack("with the room made larger", "import sys\nsys.stdout.room = 10**9\nprint('x' * 30_000_000)"),
    Attack("of a value's text", "class f:\n    def __init__(self, x): pass\n    def __repr__(self): return 'x' * 30_000_000"),
    Attack("of a function's name", "f = lambda x: x\nf.__name__ = 'x' * 3_000_000"),
    Attack("of a function's parameters", "import inspect\nf = lambda x: x\nf.__signature__ = inspect.Signature([\n"
           "    inspect.Parameter(f'p{n}', 1) for n in range(100_000)])", ends=(*ANY, "timed out"), seconds=9),
    Attack("of forged outputs", FIND + "text = {'output_type': 'stream', 'name': 'stdout', 'text': 'x' * 50_000_000}\n"
           "learner.peer.operations['run_cell'] = lambda source: [text]", ends=ANY),
    Attack("of more than may cross", FIND + "text = {'output_type': 'stream', 'name': 'stdout', 'text': 'x' * 80_000_000}\n"
           "learner.peer.operations['run_cell'] = lambda source: [text]", ends=ANY),
]  # fmt: skip
HANDED = [
    Handed("printed", code("print('x' * 50_000_000)")),
    Handed("as a result", code("'x' * 30_000_000")),
    Handed("as a message", code("def center(x): raise ValueError('x' * 30_000_000)")),
]


@run_in_engine(ATTACKS)
def test_in_the_engine(attack, arena):
    arena.hold(attack)


@hand_in_to_class("flooding", HANDED)
def test_in_the_class(handed, graded):
    graded.hold(handed)
    for path in (graded.course.root / "autograded" / handed.folder).rglob("*.ipynb"):
        assert path.stat().st_size < 1_000_000
