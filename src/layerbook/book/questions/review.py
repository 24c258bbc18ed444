"""The review: questions that come back. Its page, and the scripts that bring each question there.

Answers stay in the reader's browser (`progress.js`); `schedule.js` computes from them what is due.
The build gives them one index of all questions, which every page loads, and one script a chapter with its
questions as they are written there: classic scripts, so that a book opened from a folder has them too.
"""

import json
import re
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.locale import get_translation
from sphinx.util.docutils import SphinxDirective

from layerbook.book.links import rebased
from layerbook.book.nodes import review
from layerbook.book.records import chapters, pages

from . import anki
from .review_html import DECK, FOLDER, visit_review_html

_ = get_translation("layerbook")

SCHEDULER = "vendor/ts-fsrs/ts-fsrs-5.4.2.min.js"
_QUESTION = re.compile(r'<fieldset class="lb-quiz" id="quiz-(?P<id>[^"]+)".*?</fieldset>', re.DOTALL)


class Review(SphinxDirective):
    """`:::{review}`: where questions come back, at most `:a-day:` of them and `:new:` new ones a day."""

    option_spec: ClassVar = {"a-day": directives.positive_int, "new": directives.positive_int}

    def run(self) -> list[nodes.Node]:
        """Return the place; it is written once every page has been read."""
        return [review(a_day=self.options.get("a-day", 15), new=self.options.get("new", 5))]


def review_page(env: BuildEnvironment) -> str | None:
    """The document with the review, if the book has one."""
    return next((docname for docname, page in sorted(pages(env).items()) if page.has_review), None)


def script_name(docname: str) -> str:
    """The script with the questions of one document, as a path from the top of the book."""
    return f"{FOLDER}/{docname.replace('/', '-')}.js"


def _write(app: Sphinx, name: str, text: str) -> None:
    path = Path(app.outdir) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _write_questions(
    app: Sphinx, docname: str, _template: str, context: dict[str, Any], _tree: object
) -> None:
    place = review_page(app.env)
    page = pages(app.env).get(docname)
    if place is None or page is None or not page.quizzes:
        return
    here, there = app.builder.get_target_uri(docname), app.builder.get_target_uri(place)
    written = {found["id"]: found[0] for found in _QUESTION.finditer(context["body"])}
    questions = {
        quiz.quiz_id: {"html": rebased(written[quiz.quiz_id], here, there), "section": quiz.place.title}
        for quiz in page.quizzes
    }
    _write(app, script_name(docname), f"layerbookQuestions({json.dumps(questions, ensure_ascii=False)});\n")


def _texts() -> dict[str, str]:
    """What scripts say on any page."""
    texts = {
        "progress": _("%s of %s questions answered right"),
        "forbidden": _(
            "This browser lets the book keep nothing. Your answers are forgotten when you leave this page."
        ),
        "full": _(
            "This browser's storage is full. Answers given on this page are not kept; the earlier ones are."
        ),
        "foreign": _(
            "What is saved in this browser is from another version of the book. It is left as it is, "
            "and new answers are not kept."
        ),
    }
    return {name: str(text) for name, text in texts.items()}  # translated now, not when it is read


def _index(app: Sphinx) -> dict[str, object]:
    return {
        "texts": _texts(),
        "chapters": [
            {
                "page": app.builder.get_target_uri(docname),
                "title": app.env.titles[docname].astext(),
                "script": script_name(docname),
                "questions": [[quiz.quiz_id, quiz.place.anchor] for quiz in quizzes],
            }
            for docname, quizzes in chapters(app.env).items()
        ],
    }


def _write_index(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write the index; return the documents that must be written again.

    The review lists the chapters, and a chapter that was written before there was a review has no script yet.
    """
    if app.builder.format != "html":
        return []
    _write(app, f"{FOLDER}/index.js", f"layerbookIndex = {json.dumps(_index(app), ensure_ascii=False)};\n")
    place = review_page(env)
    late = [name for name in chapters(env) if not (Path(app.outdir) / script_name(name)).is_file()]
    return [place, *late] if place else []


def _write_deck(app: Sphinx) -> list[tuple[str, dict[str, object], str]]:
    if review_page(app.env) is not None:
        anki.write(app, Path(app.outdir) / FOLDER / DECK)
    return []


def _add_scripts(app: Sphinx, docname: str, _template: str, _context: object, _tree: object) -> None:
    if docname in pages(app.env) and docname == review_page(app.env):
        for script in (SCHEDULER, "schedule.js", "review.js"):
            app.add_js_file(script, loading_method="defer")


def _skip(_translator: object, _node: nodes.Element) -> None:
    raise nodes.SkipNode


def register(app: Sphinx) -> None:
    """Add the directive, and write what the review needs."""
    other = (_skip, None)
    app.add_node(review, html=(visit_review_html, None), latex=other, text=other, man=other, texinfo=other)
    app.add_directive("review", Review)
    app.add_css_file("review.css")
    for script in ("review/index.js", "progress.js"):
        app.add_js_file(script, loading_method="defer")
    app.connect("env-updated", _write_index)
    app.connect("html-page-context", _add_scripts)
    app.connect("html-page-context", _write_questions)
    app.connect("html-collect-pages", _write_deck)
    anki.register(app)
