"""Formulas in feedback pages: MathML that is there, not a script that fetches what shows them."""

import nbformat
import pytest
from bs4 import BeautifulSoup

from layerbook.formulas import mathml
from layerbook.grading.feedback import formulas_of, put_formulas

TEXT = r"""The mean $\bar{x}
= \frac{1}{n} \sum_i x_i$ of one, and
$$W < x$$
The code `$y$` is none, and $\nosuchcommand$ is no formula.
"""


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    path = tmp_path_factory.mktemp("source") / "a.ipynb"
    cells = [nbformat.v4.new_markdown_cell(TEXT), nbformat.v4.new_code_cell("cost = '$y$'")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return formulas_of(path, 0)


def put(html, known):
    page = BeautifulSoup(html, "html.parser")
    put_formulas(page, known)
    return str(page)


def test_formulas_of_text_cells_are_known_those_of_code_and_broken_ones_are_not(known):
    assert {tex for tex, _ in known} == {r"\bar{x} = \frac{1}{n} \sum_i x_i", "W < x"}
    assert (
        known["W < x", True].count('<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">') == 1
    )


def test_a_known_formula_becomes_mathml_wherever_its_lines_break(known):
    made = put(
        r"<p>The mean $\bar{x} = \frac{1}{n}" + "\n" + r"\sum_i x_i$ &amp; more: $$W &lt; x$$.</p>", known
    )
    assert made.count("<math") == 2
    assert "$" not in made
    assert made.startswith("<p>The mean <span")
    assert "</span> &amp; more: <span" in made


def test_a_function_without_brackets_keeps_its_space():
    made = mathml([(r"\sigma(\ln 3)", False), (r"\tanh(x)", False)])
    assert (
        'ln</mi><mo>\N{FUNCTION APPLICATION}</mo><mspace width="0.1667em"/><mn>3'
        in made[r"\sigma(\ln 3)", False]
    )
    assert "mspace" not in made[r"\tanh(x)", False]


@pytest.mark.parametrize(
    "html",
    ["<p>$q$ &lt;b&gt; and $5</p>", "<p><code>$x$</code></p>", "<pre>$x$</pre>", "<p>$&lt;script&gt;$</p>"],
)
def test_what_is_no_known_formula_stays_as_it_was_written(known, html):
    assert put(html, known) == html
