"""The table that `make bench` prints: each number beside its target, and whether it is met."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.contact_import import Timed
    from bench.csv_export import Exported
    from bench.deliveries import Delivered
    from bench.lead_list import Measured
    from bench.limiter import Held
    from bench.paced_pulls import Paced
    from bench.pull_kills import Completed
    from bench.pulls import Pulled, Remembered
    from bench.push_kills import Survived


@dataclass(frozen=True)
class Line:
    """`is_met` is None for what is told for information."""

    what: str
    figures: str
    target: str = ""
    is_met: bool | None = None


def show(title: str, lines: Sequence[Line]) -> bool:
    """Print them; whether none misses its target."""
    say(f"\n{title}")
    for line in lines:
        verdict = {None: "", True: "PASS", False: "FAIL"}[line.is_met]
        say(f"  {line.what:42}{line.figures:>34}{line.target:>14}  {verdict}".rstrip())
    return all(line.is_met is not False for line in lines)


def against_first(rows: "Sequence[Measured]") -> list[Line]:
    """Pages whose targets are ratios to the first of them."""
    base = rows[0].milliseconds
    lines = []
    for row in rows:
        ratio = row.milliseconds / base
        figures = f"{row.milliseconds:.1f} ms {row.queries:3} queries {ratio:6.2f} ×"
        target = f"≤ {row.target:g} ×" if row.target else ""
        lines.append(Line(row.what, figures, target, ratio <= row.target if row.target else None))
    return lines


def exports(rows: "Sequence[Exported]", most_megabytes: float) -> list[Line]:
    lines = []
    for row in rows:
        figures = f"{row.seconds:.2f} s, COPY {row.copy_seconds:.2f} s {row.ratio:6.2f} ×"
        is_met = row.ratio <= row.target if row.target else None
        target = f"≤ {row.target:g} ×" if row.target else ""
        lines.append(Line(row.what, figures, target, is_met))
        is_flat = row.megabytes <= most_megabytes
        grown = f"{row.megabytes:.1f} MB"
        lines.append(Line("    memory taken", grown, f"≤ {most_megabytes:g} MB", is_flat))
    return lines


def timed(rows: "Sequence[Timed]") -> list[Line]:
    return [
        Line(
            row.what,
            f"{row.seconds:.1f} s",
            f"≤ {row.target:g} s" if row.target else "",
            row.seconds <= row.target if row.target else None,
        )
        for row in rows
    ]


def delivered(found: "Delivered", number: int) -> list[Line]:
    figures = f"{found.lost} lost, {found.twice} twice, {found.untrue} untrue"
    doubt = f"{found.unknown} not known"
    return [
        Line(
            f"{number} mails, worker killed {found.kills} times", figures, "0, 0, 0", found.is_right
        ),
        Line("    in flight when it was killed", doubt, f"≤ {found.kills}", found.is_right),
        Line("    in all, workers' starts included", f"{found.seconds:.0f} s"),
    ]


def held(rows: "Sequence[Held]") -> list[Line]:
    lines = []
    for row in rows:
        target = f"≤ {row.allowed:.0f}"
        lines.append(
            Line(f"calls let through, kept {row.what}", str(row.calls), target, row.is_right)
        )
        shares = " + ".join(map(str, row.shares))
        lines.append(Line("    by worker", shares))
    return lines


def pulled(found: "Pulled") -> list[Line]:
    line = Line(
        f"{found.records} records, {found.works} works",
        f"{found.seconds:.1f} s {found.per_second:6.0f} records/s",
        f"≥ {found.target:g}",
        found.is_right,
    )
    if not found.per_second_of_two:
        return [line]
    share = found.used / (2 * found.seconds)
    figures = f"{share:.0%} of two cores {found.per_second_of_two:6.0f} records/s"
    return [line, Line("    by the processor time they took", figures)]


def remembered(found: "Remembered") -> list[Line]:
    is_flat = found.grown <= found.most
    figures = f"{found.first:.0f} MB, then {found.grown:+.1f} MB"
    return [Line(f"memory over {found.works} works", figures, f"≤ {found.most:g} MB", is_flat)]


def paced(rows: "Sequence[Paced]") -> list[Line]:
    lines = []
    for row in rows:
        figures = f"{row.calls} calls {row.seconds:.1f} s {row.times_allowed:.2f} ×"
        target = f"≤ {row.most_time:g} ×" if row.most_time else f"≤ {row.most_calls:.0f}"
        lines.append(Line(row.what, figures, target, row.is_met))
        if row.refused or not row.is_right:
            wrong = "" if row.is_right else ", not all is here"
            lines.append(Line("    answered by 503", f"{row.refused}{wrong}", "0", is_met=False))
    return lines


def completed(rows: "Sequence[Completed]") -> list[Line]:
    return [
        Line(
            f"{row.what}, {row.kills} times",
            f"{row.interrupted} stopped: {row.lost} lost, {row.doubled} twice",
            "0, 0",
            row.is_right,
        )
        for row in rows
    ]


def survived(rows: "Sequence[Survived]") -> list[Line]:
    return [
        Line(
            f"{row.what} killed {row.kills} times",
            f"{row.lost} lost, {row.doubled} twice, {row.untrue} untrue",
            "0, 0, 0",
            row.is_right,
        )
        for row in rows
    ]


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
