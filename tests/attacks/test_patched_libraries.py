"""NumPy, the checks and the standard library, changed in the learner's process."""

from attack import Attack, run_in_engine

NOTHING = "lambda *a, **k: None"
YES = "lambda *a, **k: True"
ATTACKS = [
    Attack("assertions of numpy", "import numpy.testing as t\nfor name in dir(t):\n"
           f"    if name.startswith('assert'): setattr(t, name, {NOTHING})\nf = {NOTHING}"),
    Attack("comparisons of numpy", f"np.allclose = np.isclose = np.array_equal = {YES}\nf = {YES}"),
    Attack("sum and sorted", f"import builtins\nbuiltins.sum = builtins.sorted = {NOTHING}\nf = {NOTHING}",
           ends=("", "crashed")),
    Attack("the checker's judgement", "import layerbook.exercises.check as c\n"
           f"c.Checker.problem = c.difference = {NOTHING}\nc.Checker.fail = {NOTHING}\nf = {NOTHING}"),
    Attack("the check module's tolerance", "import check as c, layerbook.exercises.check as d\n"
           "for module in (c, d): module.RELATIVE_TOLERANCE = module.ABSOLUTE_TOLERANCE = 1e300\nf = lambda x: x"),
    Attack("the link's codec", "import layerbook.engine.link as link, layerbook.engine.peer as peer\n"
           "link.pack = lambda value, blobs, *a, **k: {'f': 'nan'}\npeer.describe = lambda e: ('', '', '', '')\n"
           "f = lambda x: x", ends=("", "crashed")),
    Attack("json", "import json\njson.dumps = lambda *a, **k: '[]'\nf = lambda x: x", ends=("", "crashed", "timed out"),
           seconds=9),
    Attack("random numbers known beforehand", "np.random.default_rng = lambda *a: np.random.RandomState(0)\n"
           "f = lambda x: x"),
    Attack("arrays that compare as they like", "class Near(np.ndarray):\n    def __eq__(self, other): return True\n"
           "    def __sub__(self, other): return 0 * np.asarray(self)\n    def __array_ufunc__(self, *a, **k): return True\n"
           "    def __array_function__(self, *a, **k): return True\nf = lambda x: np.asarray(x).view(Near)"),
]  # fmt: skip


@run_in_engine(ATTACKS)
def test_patched_libraries(attack, arena):
    arena.hold(attack)
