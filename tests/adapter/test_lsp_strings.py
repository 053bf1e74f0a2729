"""Where strings go over several lines is known without parsing, and a comment is never put into one."""

import ast
import io
import sys
import tokenize

import pytest
from causeway_adapter.lsp import strings
from causeway_adapter.lsp.strings import long_strings
from causeway_adapter.lsp.suppressing import comment_for

SAMPLE = '''\
"""A module's "own" text.

It's at the margin, # and has a hash.
"""

import os  # it's a comment """


def one():
    r"""One\\""".

(and with a bracket
    """

    return os, 'a"b', "it's", ""


def two():
    return f"""a{one}
b""", ("part"
    """
    of
    """ 'two')


x = "joined \\
    to # this", rb"""\\"""", '\\\\'
y = 1 + \\
    2
'''


def told_by_tokenize(text):
    begun, found = [], []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        name = tokenize.tok_name[token.type]
        if name == "STRING":
            found.append((token.start[0], token.end[0]))
        elif name.endswith("STRING_START"):
            begun.append(token.start[0])
        elif name.endswith("STRING_END"):
            found.append((begun.pop(), token.end[0]))
    return tuple(sorted(each for each in found if each[0] < each[1]))


@pytest.mark.filterwarnings("ignore")
def test_every_place_of_a_keystroke_is_what_the_tokenizer_says():
    ast.parse(SAMPLE)
    assert long_strings(SAMPLE) == told_by_tokenize(SAMPLE) and len(long_strings(SAMPLE)) == 5
    told = 0
    for at in range(len(SAMPLE)):
        for typed in ("(", '"', "'", '"""', "\n\n", "#", "\\"):
            text = SAMPLE[:at] + typed + SAMPLE[at:]
            try:
                ast.parse(text)
            except (SyntaxError, ValueError):
                continue
            assert long_strings(text) == told_by_tokenize(text), text
            told += 1
    assert told > 500


@pytest.mark.parametrize("text", ['x = """never ends\n', "x = 'never ends\n\ny = 1\n", 'x = """"""" \n'])
def test_a_string_that_does_not_end_leaves_nothing_known(text):
    assert long_strings(text) is None
    assert comment_for(text.split("\n"), 1, "lost_update") is None


@pytest.mark.skipif(sys.version_info < (3, 12), reason="not yet a string")
def test_a_string_with_its_own_quote_in_it():
    text = "x = f'{y['it']}'\nz = f'{y[\"'\"]}'\n\nt = '''\n'''\n"
    assert long_strings(text) == ((4, 5),)


def test_an_ordinary_text_is_not_parsed(monkeypatch):
    monkeypatch.setattr(strings, "parsed", lambda _text: pytest.fail("parsed"))
    assert long_strings(SAMPLE)


def test_a_comment_is_offered_only_where_it_is_one():
    lines = SAMPLE.split("\n")
    for row in range(1, len(lines)):
        words = comment_for(lines, row, "lost_update")
        if words is not None:
            changed = [*lines[: row - 1], lines[row - 1] + words, *lines[row:]]
            assert ast.dump(ast.parse("\n".join(changed))) == ast.dump(ast.parse(SAMPLE)), row
    offered = [row for row in range(1, len(lines)) if comment_for(lines, row, "lost_update")]
    assert 6 in offered and not {1, 2, 3, 11, 12}.intersection(offered)
