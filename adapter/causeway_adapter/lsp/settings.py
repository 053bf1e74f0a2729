"""The client's settings, section `causeway`: one table, by which they are read, documented, and offered in editors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Tier = Literal["confirmed", "likely", "latent", "hint"]
TIERS: tuple[Tier, ...] = ("confirmed", "likely", "latent", "hint")
MOST_RECORDINGS = 40


@dataclass(frozen=True, slots=True)
class Settings:
    """The user's choices (docs/editors.md). Values of the wrong type are ignored."""

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
        return cls(**{one.attribute: flat[one.key] for one in SETTINGS if one.key in flat and one.accepts(flat[one.key])})


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its key, the attribute of `Settings` that it sets, and what it means."""

    key: str
    attribute: str
    meaning: str

    @property
    def default(self) -> Any:
        """Its value where none is given."""
        return getattr(Settings(), self.attribute)

    @property
    def schema(self) -> dict[str, Any]:
        """As JSON schema, for editors."""
        schema: dict[str, Any] = {"type": {bool: "boolean", str: "string", int: "integer"}[type(self.default)], "default": self.default}
        if schema["type"] == "string":
            schema["enum"] = list(TIERS)
        elif schema["type"] == "integer":
            schema |= {"minimum": 1, "maximum": MOST_RECORDINGS}
        return {**schema, "description": self.meaning}

    def accepts(self, value: object) -> bool:
        """Whether a value is of its sort."""
        if type(value) is not type(self.default):
            return False
        return value in TIERS if isinstance(value, str) else not isinstance(value, int) or isinstance(value, bool) or 0 < value <= MOST_RECORDINGS


SETTINGS = (
    Setting("diagnostics.enabled", "diagnostics", "Findings of recordings as diagnostics."),
    Setting("diagnostics.minimumTier", "tier", "The least certain finding that is shown."),
    Setting("check.enabled", "check", "Warnings of causeway check while you type."),
    Setting("codeLens.enabled", "code_lens", "Runs of functions and racing actors above them."),
    Setting("hover.enabled", "hover", "Last recorded values and who wrote them."),
    Setting("inlayHints.enabled", "inlay_hints", "Last recorded values at the end of lines."),
    Setting("recordings.limit", "recordings", "How many recordings of a folder speak: of each command its newest."),
)


def _flatten(given: object, prefix: str, into: dict[str, Any]) -> None:
    if isinstance(given, Mapping) and prefix.count(".") < 4:
        for key, value in given.items():
            _flatten(value, f"{prefix}.{key}" if prefix else str(key), into)
    else:
        into[prefix] = given
