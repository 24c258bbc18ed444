"""A small book that uses every piece of the extension, and how to build it strictly."""

import json
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

CONF = """
import json
from pathlib import Path

project = "Fixture"
extensions = ["myst_nb", "layerbook.book"]
html_theme = "sphinx_book_theme"
root_doc = "index"
exclude_patterns = ["_build", "exercises"]
myst_enable_extensions = ["colon_fence", "dollarmath"]
nb_execution_mode = "cache"
numfig = True
nb_execution_raise_on_error = True
layerbook_ledger = "ledger.toml"
layerbook_releases = "release"


def write_records(app, error):
    from layerbook.book.ledger import ledger_status
    from layerbook.book.records import quiz_index

    quizzes = {
        name: [quiz.place.docname, quiz.kind, list(quiz.rows), quiz.compares, quiz.place.anchor]
        for name, quiz in quiz_index(app.env).items()
    }
    rows = {status.row.number: [status.complete, list(status.missing)] for status in ledger_status(app.env)}
    Path(app.outdir, "records.json").write_text(json.dumps({"quizzes": quizzes, "rows": rows}))


def setup(app):
    app.connect("build-finished", write_records)
"""

LEDGER = """
[[topic]]
title = "First topic"
[topic.rows.N1]
statement = "A statement with a place."
korean = "희소 표현"
[topic.rows.N2]
statement = "A statement in a heading."
so = "Something else holds."
[topic.rows.N3]
statement = "A statement without a question."
[[topic]]
title = "Second topic"
[topic.rows.N4]
statement = "A statement without a place."
"""

MANIFEST = """
[tiny]
title = "A tiny exercise"
chapter = "quizzes"
difficulty = "easy"
minutes = 25
seconds = 5
points = 8
data = ["corpus.txt"]
"""

EXERCISE = '''# %% id="double" kind="solution"
def double(values):
    """Twice the values."""
    ### BEGIN SOLUTION
    return 2 * values
    ### END SOLUTION
'''

INDEX = """
# Fixture

```{toctree}
quizzes
pieces
notes
```
"""

NOTEBOOK = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

"""

QUIZZES = (
    NOTEBOOK
    + """\
# Questions

Nothing {row}`N1` before.

## Computed

```{code-cell} python
from myst_nb import glue
glue("half", 0.5, display=False)
```

### Choices

:::{quiz} onehot-cosine
:kind: single
:rows: N1 N2
What is the cosine of *pear* and `apple`, in symbols $\\cos$?

- [ ] 1

  Only a vector and itself have that.
- [x] exactly $0$

  No place holds a 1 in both.
:::

:::{quiz} true-of-embeddings
:kind: multiple
:compares:
Which are true?

A second paragraph of the question.

- [x] It is a table.

  Row by row.
- [x] It is learned.

  By its gradient.
- [ ] It needs one-hot vectors.

  It takes ids.
:::

### Others

:::{quiz} how-many
:kind: number
:answer: 1,200
:unit: parameters
How many parameters?

- 300

  That is the number of words only.

300 words with 4 values each.
:::

:::{quiz} from-a-cell
:kind: number
:answer-from: half
:tolerance: 0.01
What did the cell compute?

It halved one.
:::

:::{quiz} put-in-order
:kind: order
In which order does it happen?

1. The text is split.

   First of all.
2. Words become ids.
3. Ids become vectors.

Each step needs the one before.
:::
"""
)

PIECES = (
    NOTEBOOK
    + """\
# Pieces

## A heading {row}`N2`

```{code-cell} python
import matplotlib.pyplot as plt
from layerbook.frames import Frames
figures = []
for end in range(3):
    figure, axes = plt.subplots(figsize=(3, 2))
    axes.plot([0, end])
    figures.append(figure)
Frames(figures, ["first <one>", "second", "third"], "A line that grows")
```

:::{often-written}
An embedding is one-hot.

It is a table with *learned* rows.

```python
weight[ids]
```
:::

The term {ko}`분포 가설` is Korean.

:::{exercise-card} tiny
:::

## Only words {row}`N3`

No cell here.
"""
)

WORDS = """
# Words

:::{glossary}
loss
error
  {ko}`손실`. A number that says how *wrong* a model is, such as $\\hat y - y$. See {term}`gate`.

gate
  {ko}`게이트`. Between 0 and 1.
:::

$$
a = b
$$ (first)

:::{figure} dot.svg
:name: fig-dot
:alt: A dot

A **dot** on another page.
:::
"""

LINKS = """
# Links

The {term}`loss` and again {term}`the error <error>`, by {eq}`first`, in {numref}`fig-dot` and {doc}`words`.

## A part

The loss (손실을) is small with $H_x$ and $\\frac{a}{b}$.

$$
c = d
$$ (second)

Here {eq}`second` is on this page.

```python
np.add.at(grad, ids, values)
```

:::{quiz} small-loss
:kind: single
What is small?

- [x] The loss

  The explanation.
- [ ] The wrongchoice

  Not this.
:::

### A part of it

Something else, `weight_ih`.
"""

DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="9" /></svg>'

NOTES = """
# From the notes

:::{notes-ledger}
:::
"""


@dataclass
class Book:
    """A folder with sources and what building it gave."""

    root: Path
    status: int = -1
    warnings: str = ""

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def build(self, builder: str = "html") -> None:
        out = self.root / "_build" / builder
        command = [sys.executable, "-m", "sphinx", "-b", builder, "-W", "--keep-going", "-q"]
        doctrees = "gettext-doctrees" if builder == "gettext" else "doctrees"  # they cannot be shared
        command += ["-d", str(self.root / "_build" / doctrees), str(self.root), str(out)]
        result = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
        self.status, self.warnings = result.returncode, result.stderr

    def page(self, name: str) -> BeautifulSoup:
        text = (self.root / "_build" / "html" / f"{name}.html").read_text(encoding="utf-8")
        return BeautifulSoup(text, "html.parser")

    @property
    def records(self) -> dict[str, Any]:
        return json.loads((self.root / "_build" / "html" / "records.json").read_text())  # type: ignore[no-any-return]


def linked_book(root: Path) -> Book:
    """A book of two pages, one of which links to terms, a formula and a figure of the other; not yet built."""
    book = empty_book(root)
    book.write("index.md", "# Linked\n\n```{toctree}\nwords\nlinks\n```\n")
    book.write("words.md", WORDS)
    book.write("links.md", LINKS)
    book.write("dot.svg", DOT)
    return book


def empty_book(root: Path) -> Book:
    book = Book(root)
    book.write("conf.py", CONF)
    book.write("ledger.toml", LEDGER)
    return book
