"""The table of attacks at the end of a session, with what became of some of them on stock nbgrader beside it."""

from __future__ import annotations

from importlib.metadata import version

OURS, STOCK = "attack", "attack on stock nbgrader"
FAMILIES = (
    "metadata",
    "shadowed_modules",
    "patched_interpreter",
    "patched_libraries",
    "reading_the_tests",
    "writing_the_course",
    "partial_credit",
    "stale_marks",
    "links",
    "poison",
    "dying",
    "not_ending",
    "flooding",
    "leftovers",
    "resources",
    "network",
    "malformed",
    "wrong_place",
    "honest_work",
    "saying_yes",
    "the_link",
)
NOT_FOR_STOCK = (
    "resources",  # fork bombs, full memory or disk might harm the machine from inside of the container, too
    "the_link",  # stock nbgrader has none
)


def note(item, family, name):
    """Keep with a test which attack it is."""
    item.user_properties.append((OURS, [family, name]))


def note_stock(item, family, words):
    """Keep with a test what stock nbgrader made of an attack of this family."""
    item.user_properties.append((STOCK, [family, words]))


def write(terminalreporter):
    """Print families, attacks and what became of them, and `N attacks, N contained`."""
    ours: dict[str, dict[str, bool]] = {}
    stock: dict[str, list[str]] = {}
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, []):
            for key, value in getattr(report, "user_properties", ()):
                if key == OURS:
                    attacks = ours.setdefault(value[0], {})
                    attacks[report.nodeid] = attacks.get(report.nodeid, True) and outcome == "passed"
                elif key == STOCK and value[1] not in stock.setdefault(value[0], []):
                    stock[value[0]].append(value[1])
    if not ours and not stock:
        return
    terminalreporter.section("attacks")
    line = terminalreporter.write_line
    line(f"{'family':22}{'attacks':>8}{'contained':>11}   stock nbgrader {version('nbgrader')}")
    for family in sorted({*ours, *stock}, key=lambda f: (*FAMILIES, f).index(f)):
        held = ours.get(family, {}).values()
        beside = "-" if family in NOT_FOR_STOCK else "; ".join(stock.get(family, ["not run"]))
        line(f"{family.replace('_', ' '):22}{len(held):8}{sum(held):11}   {beside}")
    every = [held for attacks in ours.values() for held in attacks.values()]
    line(f"{len(every)} attacks, {sum(every)} contained")
