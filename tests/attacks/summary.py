"""The table of attacks at the end of a session, with what stock nbgrader did beside it."""

from __future__ import annotations

KEY = "attack"
# Measured once on stock nbgrader 0.9.6 with submissions that solve nothing and are worth 0 of 8, and written
# down here; these lines are not run again. "-" where stock was not tried.
STOCK = {
    "metadata": "full marks",
    "shadowed_modules": "full marks; or runs as the grader's own code",
    "patched_interpreter": "full marks",
    "patched_libraries": "marks for the cells that use them",
    "reading_the_tests": "leaked",
    "writing_the_course": "all done; the code ran at the next command",
    "partial_credit": "full marks, or no grade",
    "stale_marks": "the old marks stay",
    "links": "graded as own; a system file is copied into feedback",
    "poison": "the batch stops: 1 of 4 graded",
    "dying": "no grade; or the grader itself dies",
    "not_ending": "22 to 34 s and more, no grade",
    "flooding": "50 MB kept whole",
    "leftovers": "a process lives on",
    "resources": "-",
    "network": "open",
    "malformed": "no grade; or worse",
    "wrong_place": "-",
    "honest_work": "0 marks for a warning",
    "saying_yes": "-",
    "the_link": "-",
}


def note(item, family, name):
    """Keep with a test which attack it is."""
    item.user_properties.append((KEY, [family, name]))


def pytest_terminal_summary(terminalreporter):
    """Print families, attacks and what became of them, and `N attacks, N contained`."""
    families: dict[str, dict[str, bool]] = {}
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, []):
            for key, value in getattr(report, "user_properties", ()):
                if key == KEY:
                    attacks = families.setdefault(value[0], {})
                    attacks[report.nodeid] = attacks.get(report.nodeid, True) and outcome == "passed"
    if not families or getattr(terminalreporter, "attacks_shown", False):
        return
    terminalreporter.attacks_shown = True  # the hook may be registered twice
    terminalreporter.section("attacks")
    terminalreporter.write_line(f"{'family':22}{'attacks':>8}{'contained':>11}   stock nbgrader 0.9.6")
    for family in sorted(families, key=lambda f: list(STOCK).index(f) if f in STOCK else len(STOCK)):
        held = families[family].values()
        stock = STOCK.get(family, "-")
        terminalreporter.write_line(f"{family.replace('_', ' '):22}{len(held):8}{sum(held):11}   {stock}")
    every = [held for attacks in families.values() for held in attacks.values()]
    terminalreporter.write_line(f"{len(every)} attacks, {sum(every)} contained")
