"""The document nodes that the book adds to Sphinx's own."""

from docutils import nodes


class quiz(nodes.General, nodes.Element):  # noqa: N801 (docutils names nodes in lower case)
    """A question: `quiz_legend`, more question blocks, `quiz_choice`s, and perhaps one `quiz_explanation`."""


class quiz_legend(nodes.Part, nodes.Element):  # noqa: N801
    """The one paragraph that names the question."""


class quiz_choice(nodes.Part, nodes.Element):  # noqa: N801
    """One choice, place in an order, or anticipated number: a paragraph and a `quiz_explanation`."""


class quiz_explanation(nodes.Part, nodes.Element):  # noqa: N801
    """Why a choice, or the answer as a whole, is right or wrong."""


class row_mark(nodes.Inline, nodes.Element):  # noqa: N801
    """The mark that its section is the place of one ledger row. It has no text, so headings stay clean."""


class notes_ledger(nodes.General, nodes.Element):  # noqa: N801
    """Where the generated list of ledger rows goes."""


class review(nodes.General, nodes.Element):  # noqa: N801
    """Where questions come back, at most `a_day` of them a day and `new` of these for the first time."""


class exercise_download(nodes.Inline, nodes.TextElement):  # noqa: N801
    """A link to a file of an exercise, `exercise` and `suffix`, made relative when the page is written."""


class exercise_opener(nodes.General, nodes.Element):  # noqa: N801
    """The button that opens the learner's copy of `exercise`."""
