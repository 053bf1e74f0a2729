"""The client's settings, section `causeway`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Tier = Literal["confirmed", "likely", "latent", "hint"]
TIERS: tuple[Tier, ...] = ("confirmed", "likely", "latent", "hint")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person can choose (docs/editors.md). Values of the wrong type count as not given."""

    diagnostics: bool = True
    tier: Tier = "hint"
    check: bool = True
    code_lens: bool = True
    hover: bool = True
    inlay_hints: bool = False
    recordings: int = 5

    @classmethod
    def read(cls, given: object) -> Settings:
        """From the object under `causeway`, as `{"codeLens": {"enabled": false}}` or with dotted keys."""
        flat: dict[str, Any] = {}
        _flatten(given, "", flat)
        own = cls()
        tier, recordings = flat.get("diagnostics.minimumTier"), flat.get("recordings.limit")
        return cls(
            diagnostics=_flag(flat, "diagnostics.enabled", own.diagnostics),
            tier=tier if tier in TIERS else own.tier,
            check=_flag(flat, "check.enabled", own.check),
            code_lens=_flag(flat, "codeLens.enabled", own.code_lens),
            hover=_flag(flat, "hover.enabled", own.hover),
            inlay_hints=_flag(flat, "inlayHints.enabled", own.inlay_hints),
            recordings=recordings if isinstance(recordings, int) and 0 < recordings <= 40 else own.recordings,
        )


def _flatten(given: object, prefix: str, into: dict[str, Any]) -> None:
    if isinstance(given, Mapping) and prefix.count(".") < 4:
        for key, value in given.items():
            _flatten(value, f"{prefix}.{key}" if prefix else str(key), into)
    else:
        into[prefix] = given


def _flag(flat: Mapping[str, Any], key: str, default: bool) -> bool:
    value = flat.get(key)
    return value if isinstance(value, bool) else default
