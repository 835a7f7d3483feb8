"""What the tests that count have counted, at the end of a run, whichever process ran them.

A test says `record_property("counted", (subject, {"what": how many, …}))`; counts of one subject
are added up.
"""

from collections import Counter, defaultdict


def pytest_terminal_summary(terminalreporter) -> None:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "counted" and report.when == "call":
                    subject, counted = value
                    counts[subject].update(counted)
    for subject, counted in sorted(counts.items()):
        said = ", ".join(f"{what} {number}" for what, number in sorted(counted.items()))
        terminalreporter.write_line(f"{subject}: {said}")
