"""The command `layerbook`: it parses and prints; the work is in functions that a notebook could call."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import multiprocessing
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Column, Table
from rich.text import Text

from layerbook.errors import LayerbookError
from layerbook.exercises import manifest
from layerbook.loading import loading
from layerbook.project import find_root

app = typer.Typer(
    help="Layer by Layer: read the book, write the layers, have them graded.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console()
errors = Console(stderr=True)

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME]...", help="Exercises; all if none is named.")
]
CourseOption = Annotated[
    Path | None, typer.Option("--course", metavar="DIR", help="The course directory; `course` if not given.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


def main() -> None:
    """Run the command; what a person can put right is told in one sentence, without a traceback."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # exercises are small; threads only wait for each other
    try:
        app()
    except LayerbookError as error:
        _fail(str(error), error.exit_status)
    except OSError as error:
        _fail(f"{error.filename or 'a file'}: {error.strerror}. Check the path and its permissions.", 1)


def _fail(sentence: str, status: int) -> None:
    errors.print(Text(f"layerbook: {sentence}"), soft_wrap=True)
    sys.exit(status)


def _root() -> Path:
    return find_root(Path.cwd())


def _course_folder(course: Path | None) -> Path:
    return course.resolve() if course else _root() / "course"


def _as_json(things: Iterable[Any]) -> None:
    print(json.dumps([dataclasses.asdict(thing) for thing in things], indent=2))


class Sandbox(StrEnum):
    """What submissions run in."""

    bubblewrap = "bubblewrap"
    none = "none"


class Rate(ProgressColumn):
    """How many are done a second."""

    def render(self, task: Task) -> Text:
        """Two digits, once there is something to tell."""
        return Text(f"{task.speed:.2g}/s" if task.speed else "")


def _progress(*more: ProgressColumn, disable: bool = False) -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        *more,
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=errors, transient=True, disable=disable)


@app.command()
def build() -> None:
    """Build the book, strictly: a failing cell or a warning fails it. The pages are in _build/html."""
    root = _root()
    _build(root)
    console.print(f"The book is in {root / '_build' / 'html' / 'index.html'}", soft_wrap=True)


def _build(root: Path, *, quiet: bool = False, pdfs: bool = True) -> None:
    """Build the book; without `pdfs`, its pages link to those that were made before."""
    from layerbook.book.build import build as build_book
    from layerbook.grading.release import learner_versions

    exercises = manifest.select(root, None)
    _compile(exercises, root, quiet=quiet)
    learner_versions(exercises, root)
    chromium = _chromium(root) if pdfs else None
    build_book(root, root, quiet=quiet, pdf_links=bool(chromium) if pdfs else None)
    if chromium:
        _print_chapters(root, chromium, quiet=quiet)


def _chromium(root: Path) -> str | None:
    """The Chromium for the chapters' PDFs; None, with a line that says what to do, if none works."""
    from layerbook.book.download import pdf

    chromium = pdf.find_chromium()
    if chromium and pdf.works(chromium, root / "_build"):
        return chromium
    missing = f"No PDFs of the chapters: {chromium} is there, but cannot print a page."
    errors.print(missing if chromium else pdf.HOW_TO_GET, soft_wrap=True)
    return None


def _print_chapters(root: Path, chromium: str, *, quiet: bool) -> None:
    from layerbook.book.build import site
    from layerbook.book.download import pdf

    printer = pdf.Printer(site(root), root / "_build" / "pdf.json", chromium)
    with _progress(disable=quiet) as progress:
        for _ in progress.track(printer.run(), total=len(printer.todo), description="printing the chapters"):
            pass


def _compile(exercises: list[manifest.Exercise], root: Path, *, quiet: bool = False) -> None:
    from layerbook.exercises.compile import compile_all

    with _progress(disable=quiet) as progress:
        done = compile_all(exercises, root)
        for _ in progress.track(done, total=len(exercises), description="compiling the exercises"):
            pass


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the book on 127.0.0.1.")] = 8000,
    with_lab: Annotated[
        bool, typer.Option("--lab/--no-lab", help="Also start JupyterLab, in which exercises open.")
    ] = True,
    lab_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port of JupyterLab on 127.0.0.1; a free one if not given."),
    ] = None,
    work: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The folder of your copies of the exercises; `work` if not given."),
    ] = None,
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the book in your browser.")
    ] = False,
) -> None:
    """Serve the book on 127.0.0.1, build it again when a source changes, and open exercises in JupyterLab."""
    from layerbook.book.serving.copies import working_folder
    from layerbook.book.serving.serve import serve as serve_book

    root = _root()
    folder = working_folder(root, work) if with_lab else None
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
            signal.signal(number, signal.default_int_handler)  # JupyterLab is to end as with Ctrl+C
    with contextlib.suppress(KeyboardInterrupt):
        serve_book(
            root,
            port,
            rebuild=partial(_build, root, quiet=True, pdfs=False),
            announce=partial(print, flush=True),
            work=folder,
            lab_port=lab_port,
            open_page=open_page,
        )


@app.command()
def release(names: Names = None, course: CourseOption = None) -> None:
    """Compile exercises and release the learners' notebooks into the course directory."""
    from layerbook.grading.course import make_course
    from layerbook.grading.release import release as release_one

    root = _root()
    exercises = manifest.select(root, names)
    target = make_course(_course_folder(course))
    _compile(exercises, root)
    with _progress() as progress:
        for exercise in progress.track(exercises, description="releasing"):
            folder = release_one(exercise, root, target)
            console.print(f"{exercise.name}: {folder}", soft_wrap=True)


@app.command()
def check(notebook: Path, as_json: Json = False) -> None:
    """Grade your own notebook now: points, and for each test what is wrong and what to read."""
    from layerbook.grading.selfcheck import check_notebook

    shown = None
    with contextlib.closing(check_notebook(notebook, _root())) as results:
        while True:
            with errors.status(f"running {escape(notebook.name)}"):  # in a terminal only
                result = next(results)
            from layerbook.grading import report as tables
            from layerbook.grading.results import GRADED, RUNNING

            if not as_json:
                console.print(tables.result_table(result, shown))
            if result.outcome != RUNNING:
                break
            shown = result
    if as_json:
        _as_json([result])
    if result.outcome != GRADED:
        raise LayerbookError(result.reason)
    if any(test.points < test.max_points for test in result.tests if not test.waits):
        raise typer.Exit(1)


@app.command()
def grade(
    names: Names = None,
    course: CourseOption = None,
    again: Annotated[
        bool,
        typer.Option(
            "--again/--resume",
            help="Grade all again; or go on where an earlier run stopped, and leave alone what was graded "
            "and has not changed (the default).",
        ),
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Submissions run at the same time; one a core if not given.")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Run on the Dask cluster of the scheduler at tcp://HOST:PORT."),
    ] = None,
    sandbox: Annotated[
        Sandbox,
        typer.Option(help="`none` runs submissions as you, with all that you may do: only for your own."),
    ] = Sandbox.bubblewrap,
    as_json: Json = False,
) -> None:
    """Grade what the class handed in; what was graded and has not changed is not graded again."""
    if not cluster:
        from layerbook.grading.workers import WORKERS

        WORKERS.start_ahead(_course_folder(course), workers or os.cpu_count() or 1, sandbox)
    with loading():
        from layerbook.grading import grade as grading
        from layerbook.grading import report as tables
        from layerbook.grading.course import open_course
        from layerbook.grading.results import GRADED
        from layerbook.grading.submission import submissions

    opened = open_course(_course_folder(course))
    waiting = submissions(opened, names)
    if sandbox is Sandbox.none:
        errors.print("[bold red]No sandbox:[/] submissions can read, change and send whatever you can.")
    try:
        with _progress(TextColumn("{task.fields[counts]}"), Rate()) as progress:
            task = progress.add_task("grading", total=len(waiting), counts="")
            outcomes: Counter[str] = Counter()

            def done(result: Any) -> None:
                outcomes[result.outcome] += 1
                counts = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
                progress.update(task, advance=1, counts=counts)

            results = grading.grade_all(
                opened, names, again=again, workers=workers, cluster=cluster, sandbox_kind=sandbox, done=done
            )
    except KeyboardInterrupt:
        raise LayerbookError(
            f"Stopped; {outcomes.total()} of {len(waiting)} have their outcome. "
            "Go on with `layerbook grade --resume`."
        ) from None
    _as_json(results) if as_json else console.print(tables.class_table(results))
    if not waiting:
        raise LayerbookError(
            f"Nothing was handed in; notebooks are expected in {opened.root}/submitted/STUDENT/NAME/."
        )
    if any(result.outcome != GRADED for result in results):
        raise typer.Exit(1)


@app.command()
def feedback(names: Names = None, course: CourseOption = None) -> None:
    """Write a feedback page for every graded submission."""
    with loading():
        from layerbook.grading.course import open_course
        from layerbook.grading.grade import feedback as write_feedback
        from layerbook.grading.grade import graded

    opened = open_course(_course_folder(course))
    with _progress() as progress:
        task = progress.add_task("writing feedback", total=len(graded(opened, names)))
        pages = write_feedback(opened, names, done=lambda page: progress.advance(task))
    console.print(f"{len(pages)} pages in {opened.root / 'feedback'}", soft_wrap=True)


@app.command()
def report(names: Names = None, course: CourseOption = None, as_json: Json = False) -> None:
    """Show the class's marks, and how many made which known mistake."""
    from layerbook.grading import report as tables
    from layerbook.grading.course import open_course
    from layerbook.grading.grade import collect

    results = collect(open_course(_course_folder(course)), names)
    if as_json:
        _as_json(results)
        return
    console.print(tables.class_table(results))
    console.print(tables.misconception_table(results))


@app.command()
def judge(
    names: Names = None,
    with_mutants: Annotated[
        bool, typer.Option("--mutants/--no-mutants", help="Also run small changes of the references.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Hold the exercises to account: scores, completeness, known mistakes named, small changes noticed."""
    verdicts = _judge_all(_root(), names, with_mutants=with_mutants)
    if as_json:
        rows = [dataclasses.asdict(verdict) for verdict in verdicts]
        print(json.dumps(rows, indent=2))
    else:
        console.print(_verdict_table(verdicts))
        for verdict in verdicts:
            for problem in verdict.problems:
                console.print(Text(f"{verdict.exercise}: {problem}"), soft_wrap=True)
    if any(verdict.problems for verdict in verdicts):
        raise typer.Exit(1)


def _judge_all(root: Path, names: list[str] | None, *, with_mutants: bool) -> list[Any]:
    from layerbook.exercises.judge import judge as judge_one

    exercises = manifest.select(root, names)
    workers = min(len(exercises), os.cpu_count() or 1)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool, _progress() as progress:
        verdicts = pool.map(partial(judge_one, root=root, with_mutants=with_mutants), exercises)
        return list(progress.track(verdicts, total=len(exercises), description="judging"))


def _verdict_table(verdicts: Sequence[Any]) -> Table:
    headers = (
        "functions",
        "points",
        "known mistakes",
        "caught",
        "named",
        "visibly",
        "mutants killed",
        "time",
    )
    columns = (Column(header, overflow="fold") for header in headers)
    table = Table(Column("exercise", no_wrap=True), *columns, box=box.SIMPLE, padding=0, pad_edge=False)
    for v in verdicts:
        counts = (str(count) for count in (v.functions, v.points, v.misconceptions))
        shares = [f"{count / v.misconceptions:.0%}" for count in (v.caught, v.named, v.named_by_visible)]
        mutants = "-" if v.mutants is None else f"{v.killed} of {v.mutants}"
        table.add_row(v.exercise, *counts, *shares, mutants, f"{v.seconds:.1f} s")
    return table


@app.command()
def demo() -> None:
    """Build the book, release the exercises, grade a sample class, and say where to look."""
    from layerbook import demo as work
    from layerbook.grading import report as tables
    from layerbook.grading.course import make_course
    from layerbook.grading.release import release as release_one
    from layerbook.grading.sample import WRONG_FUNCTIONS

    root = _root()
    course = make_course(root / "course")
    exercises = manifest.select(root, None)
    _compile(exercises, root)
    with _progress() as progress:
        for exercise in progress.track(exercises, description="releasing the exercises"):
            release_one(exercise, root, course)
        task = progress.add_task("building the book", total=1)
        _build(root, quiet=True)
        progress.advance(task)
        task = progress.add_task("grading a sample class", total=len(exercises) * len(WRONG_FUNCTIONS))
        demo_course, results = work.sample_class(root, lambda result: progress.advance(task))
    console.print(tables.class_table(results))
    page = work.write_page(root, demo_course, results)
    console.print(f"Where to look: {page}", soft_wrap=True)
    console.print("Read the book at http://127.0.0.1:8000 with `make serve`.")


if __name__ == "__main__":
    main()
