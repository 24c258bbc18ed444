"""Files beside the notebook, or in the learner's folder, with the names of modules."""

from attack import Attack, Handed, hand_in_to_class, run_in_engine

SPY = "open('OUTSIDE/ran.txt', 'w').write('ran')\ndef check(*a, **k): pass\nhidden_check = check\n"
ATTACKS = [
    Attack(
        f"{name} in the working folder",
        f"open('{name}.py', 'w').write('''def __getattr__(name): return lambda *a, **k: True\n''')\n"
        "import sys; sys.path.insert(0, '')\nsys.modules.pop('check', None)",
    )
    for name in ("check", "numpy", "layerbook", "sitecustomize", "ipykernel_launcher")
] + [
    Attack("check beside where python looks", "import sys, check\nprint(check.__file__)\n"
           "try:\n    open(check.__file__, 'w').write('check = lambda *a, **k: None')\n"
           "except OSError as error: print(error)", says="learner"),
    Attack("every module replaced", "import sys, types\nclass Yes(types.ModuleType):\n"
           "    def __getattr__(self, name): return lambda *a, **k: True\n"
           "for name in ('check', 'numpy.testing', 'layerbook.exercises.check'): sys.modules[name] = Yes(name)"),
    Attack("libraries overwritten", "import numpy, layerbook, os\nfor module in (numpy, layerbook, os):\n"
           "    try:\n        open(module.__file__, 'a').write('#')\n    except OSError as error: print(error)",
           says="Read-only"),
]  # fmt: skip


def shipped(name, content=SPY):
    def write(kit):
        kit.write(kit.notebook())
        path = kit.folder / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(kit.fill(content), "utf-8")

    return write


NAMES = (
    "numpy.py",
    "check.py",
    "sitecustomize.py",
    "ipykernel_launcher.py",
    "nbgrader_config.py",
    "check.json",
    "jupyter_config.json",
)
NO_TESTS = """
from IPython.core.inputtransformer2 import TransformerManager
from ipykernel.kernelapp import launch_new_instance
transform = TransformerManager.transform_cell
TransformerManager.transform_cell = lambda self, cell: (
    "pass" if "check(" in cell or "scaled" in cell else transform(self, cell))
launch_new_instance()
"""
HANDED = [
    *(Handed(f"ships its own {name}", shipped(name)) for name in NAMES),
    Handed("ships a kernel that runs no test", shipped("ipykernel_launcher.py", NO_TESTS)),
]


@run_in_engine(ATTACKS)
def test_in_the_engine(attack, arena):
    arena.hold(attack)


@hand_in_to_class("shadowed_modules", HANDED)
def test_in_the_class(handed, graded):
    graded.hold(handed)
