"""What must never leave the process: secrets by the name they are bound to, and by how they look (sdk/SPEC.md section 4)."""

from __future__ import annotations

import re

from causeway import settings

REDACTED = "[redacted]"
MAX_TEXT = 4096

_NAME = r"pass(?:word|wd|phrase)|secret|token|authorization|api[_-]?key|credential|cookie|private[_-]?key|session[_-]?id"
_secret_name = re.compile(_NAME, re.IGNORECASE).search

# `name = value` in free text: a word that contains a secret name, a separator, then a quoted text, a scheme with its credentials, or a word.
_ASSIGNMENT = re.compile(
    rf"""([\w.-]*(?:{_NAME})[\w.-]*\\?["']?\s*(?:=>|[=:])\s*)(\[redacted\]|\\?"(?:\\.|[^"\\])*\\?"|'(?:\\.|[^'\\])*'|(?:bearer|basic|digest|token|negotiate|apikey)\s+[^\s,;"'&]+|[^\s,;&"')}}\]]+)""",
    re.IGNORECASE,
)
_FLAG = re.compile(rf"((?<![\w-])--?[\w-]*(?:{_NAME})[\w-]*\s+)([^\s=:]\S*)", re.IGNORECASE)
_USERINFO = re.compile(r"(://)[^/\s@?#]+@")
# Credentials that are recognised wherever they stand: authentication schemes, JSON web tokens, keys of well-known issuers, PEM private keys.
_CONTENT = re.compile(
    r"\b(?:bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,}|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_\w{20,}|\bsk-[\w-]{20,}|\bxox[abpr]-[\w-]{10,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.IGNORECASE,
)
_SUSPICIOUS = re.compile(rf"{_NAME}|://[^/\s]*@|bearer|basic|eyJ|AKIA|ASIA|gh[pousr]_|sk-|xox|PRIVATE KEY", re.IGNORECASE).search

_names: dict[str, bool] = {}


def is_secret(name: str) -> bool:
    """Whether what is bound to `name` is a secret. `name` must be an exact str."""
    known = _names.get(name)
    if known is None:
        if len(_names) > 2000:
            _names.clear()
        extra = settings.name_patterns(settings.current)
        known = _names[name] = _secret_name(name) is not None or any(word in name.lower() for word in extra)
    return known


settings.listeners.append(lambda changed: _names.clear())


def scrub(text: str) -> str:
    """A text of at most 4,096 characters without the secrets that can be recognised in it: `password=…`, URL user information, bearer tokens, keys.

    Cut before it is searched, so that the cost is bounded; a text without any suspicious word costs one search. `text` must be an exact str.
    """
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT]
    if settings.current.sanitize_values:
        return REDACTED
    if not _SUSPICIOUS(text):
        return text
    text = _CONTENT.sub(REDACTED, text)
    text = _USERINFO.sub(rf"\1{REDACTED}@", text)
    text = _FLAG.sub(rf"\1{REDACTED}", text)
    return _ASSIGNMENT.sub(rf"\1{REDACTED}", text)


def scrub_content(text: str) -> str:
    """A text without credentials that are recognised wherever they stand, its assignments left alone: for SQL, whose `token = ?` is no secret.

    `text` must be an exact str.
    """
    return _CONTENT.sub(REDACTED, text) if _SUSPICIOUS(text) else text


_JSON_MEMBER = re.compile(rf"""("(?:[^"\\]|\\.)*(?:{_NAME})(?:[^"\\]|\\.)*"\s*:\s*)("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*)""", re.IGNORECASE)


def scrub_body(body: bytes, content_type: str) -> bytes:
    """The body of a message without the secrets that can be recognised in it; what was JSON stays JSON. Bytes that are no text stay as they are."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return body
    if not _SUSPICIOUS(text):
        return body
    if "json" in content_type or text.lstrip()[:1] in ("{", "["):
        text = _JSON_MEMBER.sub(lambda found: found[1] + (f'"{REDACTED}"' if found[2][0] == '"' else "0"), text)
        return _CONTENT.sub(REDACTED, text).encode()
    text = _USERINFO.sub(rf"\1{REDACTED}@", _CONTENT.sub(REDACTED, text))
    return _ASSIGNMENT.sub(rf"\1{REDACTED}", text).encode()


def scrub_url(url: str) -> str:
    """A URL without user information and without the values of secret query parameters. `url` must be an exact str."""
    if len(url) > MAX_TEXT:
        url = url[:MAX_TEXT]
    url, hash_sign, fragment = url.partition("#")
    base, question, query = url.partition("?")
    if "@" in base:
        base = _USERINFO.sub(rf"\1{REDACTED}@", base)
    if query:
        query = "&".join(map(_scrub_parameter, query.split("&")))
    if fragment:
        fragment = "&".join(map(_scrub_parameter, fragment.split("&")))
    return base + question + query + hash_sign + fragment


def _scrub_parameter(pair: str) -> str:
    name, equals, value = pair.partition("=")
    if not equals:
        return scrub(pair)
    if is_secret(name) or settings.current.sanitize_values or _CONTENT.search(value):
        return f"{name}={REDACTED}"
    return pair


def scrub_argv(argv: list[str]) -> list[str]:
    """A command line without the values of secret options (`--password x`, `--token=x`, `PASSWORD=x`). The words must be exact strs."""
    clean: list[str] = []
    hide_next = False
    for word in argv[:64]:
        if hide_next and not word.startswith("-"):
            clean.append(REDACTED)
            hide_next = False
            continue
        hide_next = word.startswith("-") and "=" not in word and is_secret(word)
        clean.append(scrub(word))
    return clean
