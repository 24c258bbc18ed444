"""How a question is written: an accessible form in HTML, plain blocks elsewhere.

Without scripts the page shows the question, its choices, and the rest in a <details>. `quiz.js` adds to it.
"""

import html

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import get_translation
from sphinx.util.docutils import SphinxTranslator
from sphinx.writers.html5 import HTML5Translator

from layerbook.book.nodes import quiz, quiz_choice, quiz_explanation, quiz_legend

_ = get_translation("layerbook")


def _attributes(**values: object) -> str:
    return "".join(f' {key.replace("_", "-")}="{html.escape(str(value))}"' for key, value in values.items())


class _QuizWriter:
    """Writes one question with the page's translator."""

    def __init__(self, translator: HTML5Translator, node: quiz) -> None:
        self.translator, self.node = translator, node
        self.id = node["ids"][0]
        self.choices = [child for child in node.children if isinstance(child, quiz_choice)]

    def write(self) -> None:
        self.put(f"<fieldset{self.field_attributes()}>")
        for child in self.node.children:
            if isinstance(child, quiz_legend):
                self.wrap("legend", child.children[0])
            elif not isinstance(child, quiz_choice | quiz_explanation):
                child.walkabout(self.translator)
        getattr(self, f"write_{self.node['kind']}")()
        self.write_controls()
        self.write_answers()
        self.put("</fieldset>\n")

    def put(self, text: str) -> None:
        self.translator.body.append(text)

    def wrap(self, tag: str, paragraph: nodes.Node, **attributes: object) -> None:
        """Write what is in a paragraph inside another element."""
        self.put(f"<{tag}{_attributes(**attributes)}>")
        for child in paragraph.children:
            child.walkabout(self.translator)
        self.put(f"</{tag}>")

    def field_attributes(self) -> str:
        node = self.node
        texts = {"data_right": _("Right."), "data_wrong": _("Not right.")}
        texts["data_none"] = _("Choose an answer first.")
        if node["kind"] == "number":
            texts |= {
                "data_none": _("Enter a number first."),
                "data_answer": repr(node["answer"]),
                "data_tolerance": repr(node["tolerance"]),
            }
        elif node["kind"] == "multiple":
            texts |= {"data_missing": _("Something right is not chosen yet.")}
        elif node["kind"] == "order":
            texts |= {
                "data_prefix": _("In place, counted from the top: %s."),
                "data_moved": _("Now at place %s."),
            }
        names = {"data_quiz_id": node["quiz_id"], "data_quiz_kind": node["kind"]}
        names["data_quiz_rows"] = " ".join(node["rows"])
        return _attributes(**{"class": "lb-quiz"}, id=self.id, **names, **texts)

    def write_single(self) -> None:
        self.write_inputs("radio")

    def write_multiple(self) -> None:
        self.put(f'<p class="lb-quiz-hint">{_("More than one may be right.")}</p>')
        self.write_inputs("checkbox")

    def write_inputs(self, kind: str) -> None:
        for number, choice in enumerate(self.choices):
            own = f"{self.id}-{number}"
            attributes = _attributes(type=kind, name=self.id, id=own, value=number, autocomplete="off")
            self.put(f'<div class="lb-quiz-choice"><input{attributes}>')
            self.wrap("label", choice.children[0], **{"for": own})
            self.put("</div>")

    def write_number(self) -> None:
        own, unit = f"{self.id}-number", html.escape(self.node["unit"])
        attributes = _attributes(type="text", inputmode="decimal", id=own, size=12, autocomplete="off")
        unit_text = f' <span class="lb-quiz-unit">({unit})</span>' if unit else ""
        label = f'<label for="{own}">{_("Your answer")}{unit_text}</label>'
        self.put(f'<div class="lb-quiz-number">{label}<input{attributes}></div>')

    def write_order(self) -> None:
        self.put(f'<p class="lb-quiz-hint">{_("Put these in order.")}</p><ol class="lb-quiz-order">')
        for place in self.node["order"]:
            own = f"{self.id}-{place}"
            self.put(f'<li data-place="{place}">')
            self.wrap("span", self.choices[place].children[0], id=own)
            self.put('<span class="lb-quiz-moves">')
            for move, text, sign in (("up", _("Move up"), "\u2191"), ("down", _("Move down"), "\u2193")):
                button = f"{own}-{move}"
                names = _attributes(id=button, aria_label=text, aria_labelledby=f"{button} {own}")
                self.put(f'<button type="button" data-move="{move}"{names}>{sign}</button>')
            self.put("</span></li>")
        self.put("</ol>")

    def write_controls(self) -> None:
        check = f'<button type="button" data-do="check">{_("Check")}</button>'
        show = f'<button type="button" data-do="show">{_("Show the answer")}</button>'
        self.put(f'<div class="lb-quiz-controls">{check}{show}</div>')
        self.put('<div class="lb-quiz-feedback" role="status" aria-live="polite"></div>')

    def write_answers(self) -> None:
        self.put(f'<details class="lb-quiz-answers"><summary>{_("Answer and explanations")}</summary>')
        if self.node["kind"] == "number":
            shown = html.escape(f"{self.node['shown']} {self.node['unit']}".strip())
            self.put(f"<p><strong>{_('Right:')}</strong> {shown}</p>")
        elif self.node["kind"] != "order":
            self.write_general()
        if self.choices:
            tag = "ol" if self.node["kind"] == "order" else "ul"
            self.put(f"<{tag}>")
            for number, choice in enumerate(self.choices):
                self.write_answer(number, choice)
            self.put(f"</{tag}>")
        if self.node["kind"] in ("number", "order"):
            self.write_general()
        self.put("</details>")

    def write_answer(self, number: int, choice: quiz_choice) -> None:
        attributes: dict[str, object] = {"data_choice": number, "data_right": str(choice["right"]).lower()}
        if "value" in choice:
            attributes["data_value"] = repr(choice["value"])
        self.put(f"<li{_attributes(**attributes)}><p>")
        if self.node["kind"] != "order":
            self.put(f"<strong>{_('Right:') if choice['right'] else _('Wrong:')}</strong> ")
        self.wrap("span", choice.children[0])
        self.put('</p><div class="lb-quiz-why">')
        for block in choice.children[1].children:
            block.walkabout(self.translator)
        self.put("</div></li>")

    def write_general(self) -> None:
        for child in self.node.children:
            if isinstance(child, quiz_explanation):
                self.put('<div class="lb-quiz-general">')
                for block in child.children:
                    block.walkabout(self.translator)
                self.put("</div>")


def _visit_quiz_html(translator: HTML5Translator, node: quiz) -> None:
    _QuizWriter(translator, node).write()
    raise nodes.SkipNode


def _pass(_translator: SphinxTranslator, _node: nodes.Element) -> None:
    """Write the children as they are."""


def register(app: Sphinx) -> None:
    """Add the nodes of a question with their writers."""
    plain = (_pass, _pass)
    app.add_node(quiz, html=(_visit_quiz_html, None), latex=plain, text=plain, man=plain, texinfo=plain)
    for node in (quiz_legend, quiz_choice, quiz_explanation):
        app.add_node(node, html=plain, latex=plain, text=plain, man=plain, texinfo=plain)
