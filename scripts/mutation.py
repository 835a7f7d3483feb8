"""The mutation score of `registry/` and `sync/`: `python -m scripts.mutation [SAMPLE] [PATTERN …]`.

mutmut changes one thing at a time in a copy of the package (`mutants/`) and runs the tests that
reach it. SAMPLE mutants of each room are drawn by a fixed seed, all of them with 0; PATTERN, such
as `*.registry.text.*`, limits what they are drawn from. What survives is printed as a diff; a
mutant whose tests took too long counts for nothing, neither caught nor missed.
"""

import json
import random
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MUTANTS = ROOT / "mutants" / "wagtail_villes_internet"
ROOMS = ("registry", "sync")
SEED = 2026
BAR = 0.85
# mutmut's exit codes: what pytest ended with, and a few of its own.
CAUGHT, SURVIVED, UNTESTED = {1, 3}, {0}, {5, 33}


def main(arguments: list[str]) -> int:
    sample = int(arguments[0]) if arguments else 150
    patterns = arguments[1:] or ["*"]
    # Generates the mutants, and runs the tests once to see which reach what.
    mutmut("run", "--max-children", "1", "no-such-mutant*")
    held = True
    for room in ROOMS:
        names = sorted(name for name in codes(room) if any(fnmatchcase(name, p) for p in patterns))
        if not names:
            continue
        drawn = random.Random(SEED).sample(names, min(sample or len(names), len(names)))  # noqa: S311
        mutmut("run", "--max-children", "1", *drawn)
        held &= report(room, len(names), {name: codes(room)[name] for name in drawn})
    return 0 if held else 1


def report(room: str, whole: int, ended: dict[str, int | None]) -> bool:
    """Prints the score of one room and what survived there; returns whether it reaches the bar."""
    caught = [name for name, code in ended.items() if code in CAUGHT]
    missed = [name for name, code in ended.items() if code in SURVIVED | UNTESTED]
    judged = len(caught) + len(missed)
    score = len(caught) / judged if judged else 0.0
    print(
        f"{room}: {score:.1%} ({len(caught)} of {judged} mutants caught, drawn from {whole}; "
        f"{len(ended) - judged} took too long)",
        flush=True,
    )
    for name in missed:
        shown = subprocess.run(
            [sys.executable, "-m", "mutmut", "show", name],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        changed = [
            line
            for line in shown.stdout.splitlines()
            if line[:1] in "+-" and line[:3] not in ("+++", "---")
        ]
        print("\n".join([f"  {name}", *(f"    {line}" for line in changed)]), flush=True)
    return score >= BAR


def codes(room: str) -> dict[str, int | None]:
    """What the tests ended with for each mutant of a room; None for those that were not tried."""
    found: dict[str, int | None] = {}
    for file in sorted((MUTANTS / room).rglob("*.meta")):
        found |= json.loads(file.read_text())["exit_code_by_key"]
    return found


def mutmut(*arguments: str) -> None:
    """Runs it with its own output in a file, whose end is shown where it fails."""
    log = ROOT / "mutants" / "mutmut.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("w") as output:
        ended = subprocess.run(
            [sys.executable, "-m", "mutmut", *arguments],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    # A pattern that fits nothing is an error to it, and all we want the first time.
    if ended.returncode and "no-such-mutant*" not in arguments:
        sys.exit(log.read_text()[-3000:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
