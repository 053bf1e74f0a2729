from pathlib import Path

from causeway_core import errors

ERRORS_PAGE = Path(__file__).parents[2] / "docs" / "errors.md"


def every_error(root=errors.CausewayError):
    for error in root.__subclasses__():
        yield error
        yield from every_error(error)


def test_every_slug_has_its_section_in_the_docs():
    headings = {line[3:].strip() for line in ERRORS_PAGE.read_text().splitlines() if line.startswith("## ")}
    slugs = {error.slug for error in every_error()}
    assert slugs == headings
