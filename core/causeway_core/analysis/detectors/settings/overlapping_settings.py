"""Settings of the process that one actor sets for itself while others run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from causeway_core.analysis.detectors.files.finding import SAMPLE, file_finding, use_sides
from causeway_core.analysis.files.settings import SettingUse, settings_used
from causeway_core.analysis.files.uses import FileUses
from causeway_core.analysis.wording.scene import Scene
from causeway_core.model import Finding, Tier

_ADVICE = (
    "pass the setting to what needs it (cwd=, env=, file=, an absolute path, os.chmod) instead of changing it for the whole process, or hold one "
    "lock from before it is set until after its last use"
)
Overlap = tuple[SettingUse, SettingUse, SettingUse]
"""The setting, its next use or the next setting by the same call, and what another actor does."""


def overlapping_settings(scene: Scene, files: FileUses) -> list[Finding]:
    """A setting of the process that an actor sets and then uses or sets back, while another can set it otherwise, or use it.

    One finding per setting and pair of actors.
    A hint until a re-run shows harm where the other actor only uses it: it may be the same for it.
    """
    found: dict[tuple[object, ...], Finding] = {}
    by_name: defaultdict[tuple[int, str], list[SettingUse]] = defaultdict(list)
    for use in settings_used(scene, files):
        by_name[use.process, use.name].append(use)
    for uses in by_name.values():
        for first, last, other in _overlaps(files, uses):
            finding = _finding(scene, first, last, other)
            found.setdefault((finding.resource, finding.lanes), finding)
    return list(found.values())


def _overlaps(files: FileUses, uses: Sequence[SettingUse]) -> Iterator[Overlap]:
    sets = [use for use in uses if use.verb == "set"]
    if len({use.actor for use in uses}) < 2:
        return
    windows = [(first, last) for first in sets[: 2 * SAMPLE] if (last := _last(files, uses, first)) is not None]
    ends = {last for _, last in windows}
    for first, last in windows:
        for other in sorted(sets[: 4 * SAMPLE], key=lambda each: each in ends):
            if other.value != first.value and _can_run_between(files, first, last, other):
                yield first, last, other
                break
    for first, _ in windows:
        again = next((use for use in sets if use.value != first.value and files.same_call(first, use)), None)
        for other in [use for use in uses if use.verb == "use" and again is not None][: 4 * SAMPLE]:
            own = any(each.actor == other.actor and files.same_call(each, other) for each in sets)
            if again is not None and not own and _can_run_between(files, first, again, other):
                yield first, again, other
                break


def _last(files: FileUses, uses: Sequence[SettingUse], first: SettingUse) -> SettingUse | None:
    """The next use by the same call, or else the next setting."""
    own = [use for use in uses if files.same_call(first, use)]
    return next((use for use in own if use.verb == "use"), None) or next(iter(own), None)


def _can_run_between(files: FileUses, first: SettingUse, last: SettingUse, other: SettingUse) -> bool:
    return other.actor != first.actor and files.can_run_between(first, last, other) and not files.locked_through(first, last)


def _finding(scene: Scene, first: SettingUse, last: SettingUse, other: SettingUse) -> Finding:
    one, two = use_sides(scene, first, other)
    then = "uses it" if last.verb == "use" else "sets it back"
    may = "set it otherwise" if other.verb == "set" else "use it"
    title = f"{one} sets {first.name} of the whole process, then {then}; {two} could {may} in between"
    tier: Tier = "hint" if other.verb == "use" else "likely" if last.verb == "use" else "latent"
    sides = [(first, "write"), (last, "act" if last.verb == "use" else "write"), (other, "look" if other.verb == "use" else "write")]
    return file_finding(scene, "atomicity_violation", tier, 1.0, title, first.name, sides, _ADVICE)
