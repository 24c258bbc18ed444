"""How the review is written in HTML. `review.js` fills it; all its texts are attributes, for translators.

Without scripts it says what it is for, and where the questions stand.
"""

import html

from docutils import nodes
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.locale import get_translation
from sphinx.util.osutil import relative_uri
from sphinx.writers.html5 import HTML5Translator

from layerbook.book.nodes import review
from layerbook.book.records import chapters

_ = get_translation("layerbook")

FOLDER = "_static/review"
DECK = "questions.apkg"


def _texts() -> dict[str, str]:
    return {
        "today": _("Questions for today: %s."),
        "place": _("Question %s of %s, from %s"),
        "done": _("Done for today. The next questions come on %s."),
        "none": _(
            "Nothing to review yet. The questions of a section come here on the day after you have read it."
        ),
        "lost": _("A question could not be loaded. It comes back another time."),
        "again": _("Read again: %s"),
        "start": _("Start"),
        "next": _("Next question"),
        "imported": _("Answers added: %s. All that was here before is still here."),
        "bad": _("This file was not saved by this page. Nothing was changed."),
        "newer": _("This file is from another version of the book. Nothing was changed."),
        "sure": _("Forget all your answers in this browser? Export them first if you may want them back."),
        "forgotten": _("All answers are forgotten."),
    }


def visit_review_html(translator: HTML5Translator, node: review) -> None:
    """Write the review and skip the node, which has no children."""
    attributes = {"a-day": str(node["a_day"]), "new": str(node["new"]), **_texts()}
    data = "".join(f' data-{name}="{html.escape(text)}"' for name, text in attributes.items())
    builder = translator.builder
    assert isinstance(builder, StandaloneHTMLBuilder)  # noqa: S101 (this writes HTML only)
    translator.body.append(
        f'<div class="lb-review"{data}>{_without_scripts(builder)}'
        '<div class="lb-review-notice"></div>'
        '<p class="lb-review-state" role="status"></p><div class="lb-review-question"></div>'
        '<p class="lb-review-go"><button type="button" data-do="next" hidden></button></p>'
        f"{_tools(builder)}</div>\n"
    )
    raise nodes.SkipNode


def _without_scripts(builder: StandaloneHTMLBuilder) -> str:
    here = builder.get_target_uri(builder.current_docname)
    env = builder.env
    links = "".join(
        f'<li><a class="reference internal" href="{relative_uri(here, builder.get_target_uri(name))}">'
        f"{html.escape(env.titles[name].astext())}</a></li>"
        for name in chapters(env)
    )
    text = _(
        "Here the questions of the sections that you have read come back, spaced over days and weeks. "
        "That needs JavaScript, which is off. All questions with their answers also stand in the chapters:"
    )
    return f'<div class="lb-review-plain"><p>{text}</p><ul>{links}</ul></div>'


def _tools(builder: StandaloneHTMLBuilder) -> str:
    here = builder.get_target_uri(builder.current_docname)
    buttons = "".join(
        f'<button type="button" data-do="{name}">{text}</button>'
        for name, text in (("export", _("Export")), ("import", _("Import")), ("reset", _("Forget all")))
    )
    count = sum(len(quizzes) for quizzes in chapters(builder.env).values())
    deck = _("All %s questions as an Anki deck") % count
    return (
        f'<div class="lb-review-tools" role="group" aria-label="{_("Your answers")}">{buttons}'
        '<input type="file" accept=".json,application/json" hidden></div>'
        '<p class="lb-review-said" role="status"></p>'
        f'<p><a class="lb-download" href="{relative_uri(here, f"{FOLDER}/{DECK}")}" download>{deck}</a></p>'
    )
