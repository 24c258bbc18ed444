"""Values that agree with whatever they are compared with, or that end a test's loop early."""

from attack import Attack, run_in_engine

YES = """
class Yes:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __sub__(self, other): return self
    __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __abs__ = __sub__
    def __hash__(self): return 0
    def __bool__(self): return True
    def __len__(self): return 1
    def __iter__(self): return iter([self])
    def __getitem__(self, key): return self
    def __array__(self, *a, **k): return np.array([2.0, 5.0])
    def __float__(self): return 0.0
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
f = lambda x: Yes()
"""


def returning(value):
    return f"f = lambda x: {value}"


ATTACKS = [
    Attack("an object equal to all", YES),
    Attack("a function that is such an object", YES + "f = Yes()"),
    Attack("a number equal to all", "class N(float):\n    def __eq__(self, o): return True\n"
           "    def __sub__(self, o): return N(0)\n    __abs__ = __rsub__ = __sub__\nf = lambda x: N(1)"),
    Attack("a list, dict or text equal to all", "class L(list):\n    def __eq__(self, o): return True\n"
           "class D(dict):\n    def __eq__(self, o): return True\nclass T(str):\n    def __eq__(self, o): return True\n"
           "n = 0\ndef f(x):\n    global n\n    n += 1\n    return [L(), D(), T()][n % 3]"),
    Attack("not a number", returning("float('nan')")),
    Attack("an array of not a number", returning("np.full(np.shape(x), np.nan)")),
    Attack("an array of objects", returning("np.array([x], dtype=object)")),
    Attack("arrays that broadcast", returning("np.zeros((0, 1))"), passes=("allclose",)),
    Attack("a giant whole number", returning("10 ** 5000")),
    Attack("the end of an iteration raised", "def f(x):\n    raise StopIteration"),
    Attack("an exception that is a subclass of it", "class E(StopIteration): pass\ndef f(x):\n    raise E"),
    Attack("an interrupt raised", "def f(x):\n    raise KeyboardInterrupt"),
    Attack("an exit raised", "def f(x):\n    raise SystemExit(0)"),
    Attack("the exit of a generator raised", "def f(x):\n    raise GeneratorExit"),
    Attack("a failed check raised", "from check import CheckFailed\ndef f(x):\n    raise CheckFailed('')"),
    Attack("an exception that cannot be shown", "class E(Exception):\n    def __str__(self): raise self\n"
           "def f(x):\n    raise E"),
    Attack("an exception of groups", "def f(x):\n    raise ExceptionGroup('x', [ValueError(1)])"),
    Attack("an exception with an odd name", "def f(x):\n    raise type('a\\udc80b', (Exception,), {})('\\ud800')"),
    Attack("a generator", "def f(x):\n    yield x"),
    Attack("a coroutine", "async def f(x):\n    return x"),
    Attack("a type whose type is odd", "class M(type):\n    def __call__(self, *a): return True\n"
           "    def __getattr__(self, n): return 1\nclass f(metaclass=M): pass"),
    Attack("arguments changed so that they fit", "def f(x):\n    if isinstance(x, np.ndarray):\n        x[...] = 0\n"
           "    return x"),
    Attack("a function with the parameters of another", "import inspect\ndef f(*a, **k): return a[0]\n"
           "f.__signature__ = inspect.Signature([inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY) "
           "for n in ('x', 'expect', 'case', 'view')])"),
    Attack("a text that runs over", "class f:\n    def __init__(self, x): pass\n"
           "    def __repr__(self): return 'known mistake  zebra' * 10**6"),
    Attack("a helper of the tests brought along", "near = lambda a, b: True\nf = lambda x: 0"),
]  # fmt: skip


@run_in_engine(ATTACKS)
def test_saying_yes(attack, arena):
    arena.hold(attack)
