"""The chapters of the fixture book as notebooks, and the Markdown that they are written in."""

import json
from pathlib import Path

import nbformat
import pytest
from docutils import nodes
from fixture_book import NOTEBOOK, Book, empty_book

from layerbook.book.download.markdown import Cell, Markdown
from layerbook.book.download.markdown_text import code, escape, indented, plain
from layerbook.book.download.notebooks import cells, first_note


def notebook(book: Book, name: str) -> nbformat.NotebookNode:
    path = book.root / "_build" / "html" / "notebooks" / f"{name}.ipynb"
    return nbformat.read(path, as_version=4)


def text(found: nbformat.NotebookNode) -> str:
    return "\n\n".join(cell.source for cell in found.cells if cell.cell_type == "markdown")


def test_only_pages_with_a_kernel_are_notebooks_and_their_pages_say_so(book: Book) -> None:
    folder = book.root / "_build" / "html" / "notebooks"
    assert sorted(file.name for file in folder.iterdir()) == ["pieces.ipynb", "quizzes.ipynb"]
    (line,) = book.page("quizzes").select("h1 + .lb-hand")
    assert [link["href"] for link in line("a")] == ["notebooks/quizzes.ipynb"]  # and no PDF: nobody makes one
    assert not book.page("notes").select(".lb-hand")


def test_a_notebook_is_valid_and_tells_how_to_run_it_below_its_title(book: Book) -> None:
    found = notebook(book, "quizzes")
    nbformat.validate(found)
    assert found.cells[0].source.startswith("# Questions")
    assert "pip install" in found.cells[1].source
    assert all(cell.outputs == [] for cell in found.cells if cell.cell_type == "code")


def test_a_question_is_a_list_with_its_answer_folded(book: Book) -> None:
    written = text(notebook(book, "quizzes"))
    assert (
        """\
**Question.** What is the cosine of *pear* and `apple`, in symbols $\\cos$?

- 1
- exactly $0$

<details><summary>Answer and explanations</summary>

- **Wrong:** 1

  Only a vector and itself have that.

- **Right:** exactly $0$

  No place holds a 1 in both.

</details>"""
        in written
    )
    assert "A second paragraph of the question." in written
    assert "*Your answer (parameters)*" in written
    assert "**Right:** 1,200 parameters" in written
    assert "**Right:** 0.5" in written
    shown, answer = written.split("*Put these in order.*")[1].split("<details>")
    assert not shown.strip().startswith("- The text is split.")  # not in the right order
    assert "1. The text is split.\n\n   First of all." in answer


def test_marks_of_the_ledger_and_scripts_stay_out_and_notes_are_quoted(book: Book) -> None:
    written = text(notebook(book, "pieces"))
    assert "N2" not in written
    assert "> **What is often written**\n>\n> An embedding is one-hot.\n>\n> **What is so**" in written
    assert "**Exercise: A tiny exercise**" in written
    assert "> ```python\n> weight[ids]\n> ```" in written
    assert "분포 가설" in written
    assert "[Notebook](../exercises/tiny.ipynb) · [Everything" in written
    assert "lb-frames" not in written


def test_building_again_gives_the_same_bytes(book: Book) -> None:
    path = book.root / "_build" / "html" / "notebooks" / "quizzes.ipynb"
    before = path.read_bytes()
    (book.root / "_build" / "html" / "quizzes.html").unlink()
    page = book.root / "quizzes.md"
    page.write_text(page.read_text("utf-8") + "\n", encoding="utf-8")
    path.unlink()
    book.build()
    assert book.status == 0, book.warnings
    assert path.read_bytes() == before


LINKS = (
    NOTEBOOK
    + """\
# First

(here)=
## A title, (odd)

```{code-cell} python
:tags: [hide-input]
first = 1
```

See {ref}`here`, {ref}`there`, {doc}`plain`, {term}`word` and <https://example.org/a>.

```{code-cell} python
:tags: [remove-cell]
from myst_nb import glue
second = first + 1
glue("second", second, display=False)
```

```{code-cell} python
:tags: [remove-cell]
assert second == 2
glue("third", 3, display=False)
```

The cell says {glue:text}`second` and {glue:text}`third`; a_b * c < d costs $5.

| a | $\\|x\\|$ |
|---|---|
| {glue:text}`second` | `p` |

$$
a = b

+ c
$$ (sum)

```{code-cell} python
print(second)
```
"""
)


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Book:
    book = empty_book(tmp_path_factory.mktemp("links"))
    book.write("index.md", "# Start\n\n```{toctree}\nfirst\nsecond\nplain\n```\n")
    book.write("first.md", LINKS)
    book.write(
        "second.md", NOTEBOOK + "# Second\n\n(there)=\n## Over there\n\n```{code-cell} python\n1\n```\n"
    )
    book.write("plain.md", "# Plain\n\n```{glossary}\nword\n  What it means.\n```\n")
    book.build()
    assert book.status == 0, book.warnings
    return book


def test_references_lead_to_headings_to_notebooks_and_else_to_the_page(linked: Book) -> None:
    written = text(notebook(linked, "first"))
    for link in (
        "[A title, (odd)](#A-title%2C-%28odd%29)",
        "[Over there](second.ipynb#Over-there)",
        "[Plain](../plain.html)",
        "[https://example.org/a](https://example.org/a)",
    ):
        assert link in written
    assert ", word and" in written or "word and [" in written


def test_cells_that_the_book_hides_are_folded_and_kept_only_if_they_matter(linked: Book) -> None:
    code_cells = [cell for cell in notebook(linked, "first").cells if cell.cell_type == "code"]
    assert [cell.source.splitlines()[-1] for cell in code_cells] == [
        "first = 1",
        'glue("second", second, display=False)',
        "print(second)",
    ]
    folded = [cell.metadata.get("jupyter", {}) for cell in code_cells]
    assert folded == [{"source_hidden": True}, {"source_hidden": True, "outputs_hidden": True}, {}]


def test_numbers_tables_and_formulas_are_written_as_jupyter_reads_them(linked: Book) -> None:
    written = text(notebook(linked, "first"))
    assert "The cell says 2 and 3; a\\_b" not in written  # an underscore inside of a word means nothing
    assert "The cell says 2 and 3; a_b \\* c < d" in written
    assert "| a | $\\vert{}x\\vert{}$ |\n| --- | --- |\n| 2 | `p` |" in written
    assert "$$\na = b\n+ c \\tag{1}\n$$" in written


def test_what_has_no_markdown_fails_the_build(tmp_path: Path) -> None:
    book = empty_book(tmp_path)
    book.write("index.md", "# Start\n\n```{toctree}\nonly\n```\n")
    book.write(
        "only.md", NOTEBOOK + "# Only\n\n```{code-cell} python\n1\n```\n\n```{eval-rst}\n| a line\n```\n"
    )
    book.build()
    assert book.status == 1
    assert "only.md" in book.warnings
    assert "no Markdown is known for line_block" in book.warnings


def block(node: nodes.Element) -> str:
    return Markdown(lambda _node: None, lambda _node: "").texts([node])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a*b_c d_ $5 `x`", r"a\*b_c d\_ \$5 \`x\`"),
        ("two\nlines <b> a < b", r"two lines \<b> a < b"),
        ("see [1] and [2](3)", r"see [1] and [2\](3)"),
        ("&lt; & c", r"\&lt; & c"),
    ],
)
def test_text_is_escaped_only_where_it_would_mean_something(written: str, expected: str) -> None:
    assert escape(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("# no", r"\# no"),
        ("- no", r"\- no"),
        ("12. no", r"12\. no"),
        ("-1 is", "-1 is"),
        ("3.5 is", "3.5 is"),
    ],
)
def test_the_beginning_of_a_paragraph_makes_no_block_of_it(written: str, expected: str) -> None:
    assert plain(written) == expected
    assert block(nodes.paragraph("", written)) == expected


def test_fences_and_items_fit_what_is_in_them() -> None:
    assert code("```\nx\n```", "text") == "````text\n```\nx\n```\n````"
    assert indented("10. ", "a\n\nb\nc") == "10. a\n\n    b\n    c"


def test_a_cell_without_a_place_runs_before_the_next_one_or_at_the_end() -> None:
    written = nbformat.v4.new_notebook()
    make = nbformat.v4.new_code_cell
    written.cells = [make("a"), make("b"), nbformat.v4.new_markdown_cell("text"), make("c"), make("d")]
    found = list(cells(["# One", "text", Cell(1), "after", Cell(3)], written))
    assert [cell.source for cell in found] == ["# One\n\ntext", "a", "b", "after", "c", "d"]


def test_the_first_note_is_one_quotation() -> None:
    lines = first_note("RNN", "The book").splitlines()
    assert all(line.startswith(">") for line in lines)
    assert '"RNN" of *The book*' in lines[0]
    assert json.dumps(lines)
