"""The `exercise-card` directive: what an exercise asks for, and its files to download."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

from layerbook.errors import LayerbookError
from layerbook.exercises import manifest

from .nodes import exercise_download, exercise_opener
from .records import pages

SHIPPED = ("{name}.ipynb", "check.py", "check.json")
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip knows no earlier time; a fixed one keeps its bytes the same


def shipped_files(releases: Path, exercise: manifest.Exercise) -> list[Path]:
    """The files of a released exercise, sorted by name: notebook, `check.py`, `check.json` and its data.

    Raises LayerbookError if one of them is not in `releases`.
    """
    folder = releases / exercise.name
    files = sorted(folder / name.format(name=exercise.name) for name in (*SHIPPED, *exercise.data))
    for file in files:
        if not file.is_file():
            raise LayerbookError(
                f'"{exercise.name}" is not released: {file} is missing; run layerbook release'
            )
    return files


def write_zip(target: Path, files: list[Path], folder: str) -> None:
    """Write `files` below `folder` into the zip `target`: the same files make the same bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(f"{folder}/{file.name}", _EARLIEST)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())


class ExerciseCard(SphinxDirective):
    """`:::{exercise-card} NAME`: the card of one exercise of the manifest."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the card, or an error if the exercise is unknown or not released."""
        name = self.arguments[0]
        try:
            exercise = self._exercise(name)
            for file in shipped_files(releases(self.env), exercise):
                self.env.note_dependency(str(file))
            lines = list(_lines(exercise))
        except LayerbookError as error:
            raise self.error(f"exercise-card: {error}") from error
        card = nodes.container("", *lines, classes=["lb-card"], ids=[f"exercise-{name}"])
        self.set_source_info(card)
        return [card]

    def _exercise(self, name: str) -> manifest.Exercise:
        self.env.note_dependency(str(Path(self.env.srcdir) / "exercises" / "exercises.toml"))
        known = manifest.read(Path(self.env.srcdir))
        if name not in known:
            raise LayerbookError(f'there is no exercise "{name}"; the manifest has: {", ".join(known)}')
        return known[name]


def releases(env: BuildEnvironment) -> Path:
    """The folder that holds the released exercises."""
    return Path(env.srcdir) / str(env.config.layerbook_releases)


def _lines(exercise: manifest.Exercise) -> Iterator[nodes.Node]:
    yield nodes.paragraph("", f"Exercise: {exercise.title}", classes=["lb-card-title"])
    facts = f"{exercise.difficulty} · {exercise.minutes} minutes · {exercise.points} points"
    yield nodes.paragraph("", facts, classes=["lb-card-facts"])
    functions = nodes.paragraph("", "You write ", classes=["lb-card-functions"])
    for number, function in enumerate(exercise.functions):
        functions += [nodes.Text(", ")] if number else []
        functions += nodes.literal("", function)
    yield functions
    yield exercise_opener("", exercise=exercise.name)
    downloads = nodes.paragraph("", "", classes=["lb-card-downloads"])
    for suffix, text in (("ipynb", "Notebook"), ("zip", "Everything in one zip")):
        downloads += exercise_download("", text, exercise=exercise.name, suffix=suffix)
    yield downloads


def _resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for node in list(doctree.findall(exercise_download)):
        uri = f"exercises/{node['exercise']}.{node['suffix']}"
        if app.builder.format == "html":
            uri = relative_uri(app.builder.get_target_uri(docname), uri)
        text = nodes.inline("", node.astext())
        node.replace_self(nodes.reference("", "", text, refuri=uri, classes=["lb-download"]))


def _copy_files(app: Sphinx) -> list[tuple[str, dict[str, object], str]]:
    names = sorted(set().union(*(page.exercises for page in pages(app.env).values())))
    known = manifest.read(Path(app.srcdir)) if names else {}
    folder = Path(app.outdir) / "exercises"
    for name in names:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            files = shipped_files(releases(app.env), known[name])
        except LayerbookError as error:
            raise ExtensionError(str(error)) from error
        notebook = next(file for file in files if file.suffix == ".ipynb")
        (folder / f"{name}.ipynb").write_bytes(notebook.read_bytes())
        write_zip(folder / f"{name}.zip", files, name)
    return []


def _exclude_releases(_app: Sphinx, config: Config) -> None:
    config.exclude_patterns.append(f"{config.layerbook_releases}/**")


def register(app: Sphinx) -> None:
    """Add the directive, and copy the files once pages are written."""
    app.add_config_value("layerbook_releases", "_build/release", "env", types=frozenset({str}))
    app.add_node(exercise_download)
    app.add_directive("exercise-card", ExerciseCard)
    app.connect("config-inited", _exclude_releases)
    app.connect("doctree-resolved", _resolve)
    app.connect("html-collect-pages", _copy_files)
