"""The findings of a recording as one page that needs nothing else: to attach to an issue or to keep with a build."""

from __future__ import annotations

from html import escape

from causeway_core.export.selection import Selection
from causeway_core.model import Finding

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
h1 { font-size: 1.3rem } h2 { font-size: 1.1rem; margin-top: 2.5rem } table { border-collapse: collapse; width: 100%; font-size: .9em }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #ddd; vertical-align: top }
code, td { font-family: ui-monospace, monospace }
dt { font-weight: 600; margin-top: .6rem } dd { margin: 0 0 0 1.2rem } .tier { padding: 0 .4rem; border-radius: .3rem; background: #eee }
.confirmed { background: #b3261e; color: #fff } .likely { background: #f2c94c }
@media (prefers-color-scheme: dark) { body { background: #16181c; color: #e6e6e6 } th, td { border-color: #3a3d44 } .tier { background: #33363d } }
"""


def export(chosen: Selection) -> str:
    """The page: of one finding if one is chosen, else of all. No scripts, nothing loaded from elsewhere."""
    recording = chosen.recording
    findings = chosen.findings if chosen.finding is None else (chosen.finding,)
    command = " ".join(recording.meta.command)
    parts = [
        "<!DOCTYPE html>", '<html lang="en"><head><meta charset="utf-8">',
        f"<title>{escape(recording.path.name)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(recording.path.name)}: {len(findings) or 'no'} finding{'' if len(findings) == 1 else 's'}</h1>",
        f"<p><code>{escape(command)}</code>, {recording.meta.events} events of {len(recording.actors())} actors"
        f"{'' if recording.complete else ', incomplete'}</p>",
        *map(_finding, findings),
        "</body></html>",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def _finding(finding: Finding) -> str:
    proved = None
    if finding.reproduced is not None:
        proved = f"{finding.reproduced[1]} of {finding.reproduced[0]} forced re-runs"
        if finding.proof is not None and finding.proof.outcome:
            proved += f": {finding.proof.outcome}"
    rows = [
        ("window", finding.window), ("no causal relationship", finding.unordered), ("why", finding.why), ("reproduced", proved),
        ("do", finding.recommendation),
    ]  # fmt: skip
    details = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in rows if text)
    kind = finding.kind.replace("_", " ")
    head = f'<h2>{escape(finding.id)} · {kind} · <code>{escape(finding.resource)}</code> <span class="tier {finding.tier}">{finding.tier}</span></h2>'
    return f"<section>{head}<p>{escape(finding.title)}</p>{_timeline(finding)}<dl>{details}</dl></section>"


def _timeline(finding: Finding) -> str:
    if not finding.timeline:
        return ""
    head = "".join(f"<th>{escape(lane)}</th>" for lane in ("", *finding.lanes))
    rows = []
    for event in finding.timeline:
        cells = "".join(f"<td>{escape(event.text) if lane == event.lane else ''}</td>" for lane in range(len(finding.lanes)))
        rows.append(f"<tr><td>{escape(event.file)}:{event.line}</td>{cells}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
