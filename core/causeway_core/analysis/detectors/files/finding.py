"""What the findings about files have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from causeway_core.analysis.files.uses import FileUse
from causeway_core.analysis.weights import Weight
from causeway_core.analysis.wording.explanation import NOT_STRUCK, STRUCK
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.graph import SourcePlace
from causeway_core.model import At, Finding, Tier
from causeway_core.model.finding import Kind

SAMPLE = 12
"""Uses of one file that a detector examines, of each kind."""
_CONFIDENCE: dict[Tier, float] = {"confirmed": 0.98, "likely": 0.7, "latent": 0.45, "hint": 0.25}


def file_name(name: str) -> str:
    """The file's name without its folder."""
    return name.rsplit("/", 1)[-1]


def use_sides(scene: Scene, one: FileUse, other: FileUse) -> tuple[str, str]:
    """Names for the code that made two uses of a file."""
    return scene.sides((one.actor, one.function), (other.actor, other.function))


def file_finding(
    scene: Scene,
    kind: Kind,
    tier: Tier,
    order: float,
    title: str,
    name: str,
    uses: Sequence[tuple[FileUse, str]],
    advice: str,
    *,
    struck: bool = False,
) -> Finding:
    """A finding about uses of one file with their roles; `order` is one of `weights`."""
    return scene.finding(
        kind=kind,
        weight=Weight(tier, order, _CONFIDENCE[tier]),
        title=title,
        resource=file_name(name),
        events=[Moment(use.actor, int(use.at), role, f"{role} {file_name(name)}", _place(scene, use)) for use, role in uses],
        recommendation=advice,
        explanation="Nothing orders the two sides, and the recording shows no lock that both hold. "
        + (STRUCK if struck else NOT_STRUCK),
        unordered=scene.namer.why_unordered(At(uses[0][0].at), At(uses[-1][0].at)),
        happened=struck,
    )


def _place(scene: Scene, use: FileUse) -> SourcePlace | None:
    """Where a use is, if that is another line than its event's."""
    place = scene.place(use.at)
    return replace(place, line=use.line) if place.line != use.line else None
