"""The learner's interpreter, shell and builtins, changed to pass whatever is asked."""

from attack import FIND, Attack, run_in_engine

ATTACKS = [
    Attack("input transformer that drops asserts", "ip = get_ipython()\nip.input_transformers_post.append("
           "lambda lines: [line for line in lines if 'assert' not in line and 'check' not in line])"),
    Attack("ast transformer that drops asserts", "import ast\nclass Drop(ast.NodeTransformer):\n"
           "    def visit_Assert(self, node): return ast.Pass()\n"
           "get_ipython().ast_transformers.append(Drop())"),
    Attack("run_cell replaced", "get_ipython().run_cell = lambda *a, **k: None", after="1 / 0"),
    Attack("do_execute of a kernel that is not there", "get_ipython().kernel.do_execute = None",
           says="AttributeError"),
    Attack("builtins replaced", "import builtins\nbuiltins.AssertionError = type('A', (BaseException,), {})\n"
           "builtins.abs = lambda v: 0\nbuiltins.all = lambda v: True\nbuiltins.isinstance = lambda *a: True",
           ends=("", "crashed")),
    Attack("exec and compile replaced", "import builtins\nbuiltins.exec = builtins.compile = lambda *a, **k: None",
           ends=("", "crashed")),
    Attack("assertions that cannot be raised", "import sys\nsys.flags\nsys.excepthook = lambda *a: None\n"
           "import ctypes\nctypes.c_long.from_address(id(AssertionError)).value = 1 << 40"),
    Attack("two is four, in the cache of small integers", "import ctypes\nctypes.memmove(id(7) + 24, id(50) + 24, 4)\n"
           "ctypes.memmove(id(0) + 24, id(1) + 24, 4)", ends=("", "crashed", "timed out"), seconds=9),
    Attack("trace of every call", "import sys\nsys.settrace(lambda *a: (_ for _ in ()).throw(SystemExit))",
           ends=("", "crashed")),
    Attack("profile and threads traced", "import sys, threading\nsys.setprofile(lambda *a: None)\n"
           "threading.settrace(lambda *a: print(a))"),
    Attack("no recursion left", "import sys\nsys.setrecursionlimit(60)", ends=("", "crashed")),
    Attack("what the process does for the examiner replaced", FIND + "yes = lambda *a: True\n"
           "learner.peer.operations.update(get_name=yes, call=lambda *a: (True, {}), special=yes)",
           passes=("filter",) * 0),
    Attack("names answered by themselves", "class Any(dict):\n    def __contains__(self, name): return True\n"
           "    def __getitem__(self, name): return lambda *a, **k: True\nget_ipython().user_ns = Any()",
           ends=("", "crashed")),
    Attack("names of the tests taken beforehand", "check = hidden_check = near = abs = sum = all = map = filter = "
           "lambda *a, **k: True\nnp = type('np', (), {'testing': None, 'allclose': check})"),
    Attack("exit functions", "import atexit, sys\natexit.register(lambda: open('OUTSIDE/exit', 'w'))\n"
           "class Last:\n    def __del__(self): open('OUTSIDE/del', 'w')\nkept = Last()\nsys.last = Last()"),
    Attack("audit hook that refuses all", "import sys\ndef hook(name, args):\n"
           "    if name.startswith(('socket', 'object', 'compile')): raise RuntimeError(name)\n"
           "sys.addaudithook(hook)", ends=("", "crashed")),
]  # fmt: skip


@run_in_engine(ATTACKS)
def test_patched_interpreter(attack, arena):
    arena.hold(attack)
