"""After a keystroke only the piece around it is parsed: what is known of a text by its pieces is what the whole text says."""

import pytest
from causeway_adapter.lsp.parsed import parsed
from causeway_adapter.lsp.pieces import long_strings

PLAIN = '''\
"""A module.

With a text at the margin.
"""

import os


def one():
    """One.

At the margin, too.

(and with a bracket
    """

    return os


@one

def two(): return """a
b"""


if one:
    pass

else:
    x = (
        1,

    )
'''


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace("pass", "pass (", 1),
        PLAIN + '\n\nlast = """never ends\n\n\n\n\n\n\n\n\n\n\n\n\n\n',
        '"""' + "\n\nwords" * 20 + '\n"""\n\nx = """a\nb"""\n',
        "",
        "\n\n\n",
        "x = 1 \\\n\n\ny = '''\n'''\n",
    ],
)
def test_pieces_say_what_the_whole_says(text):
    whole = parsed(text)
    found = long_strings(text)
    assert (found is None) == (whole is None)
    assert found is None or sorted(found) == sorted(whole.long_strings)


def test_every_place_of_a_keystroke():
    for at in range(len(PLAIN)):
        for typed in ("(", '"""', "\n\n"):
            text = PLAIN[:at] + typed + PLAIN[at:]
            whole, found = parsed(text), long_strings(text)
            assert (found is None) == (whole is None), text
            assert found is None or sorted(found) == sorted(whole.long_strings), text
