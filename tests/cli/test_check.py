"""`causeway check`: what it prints, in each format, and what projects leave out."""

import json

import pytest

SOURCE = """\
class Stock:
    def __init__(self):
        self.items = {}

    async def reserve(self, name):
        if self.items[name] > 0:
            await pay()
            self.items[name] -= 1
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "stock.py").write_text(SOURCE)
    (tmp_path / "shop" / "fine.py").write_text("async def f(): pass\n")
    return tmp_path


def test_text_names_place_rule_and_remedy(causeway, project):
    done = causeway("check", "shop")
    lines = done.out.splitlines()
    assert lines[0] == "shop/stock.py:6:12: check-await-act: Stock.items[name]"
    assert "`reserve` checks Stock.items[name], awaits at line 7" in done.out and "asyncio.Lock from line 6 to line 8" in done.out
    assert lines[-1] == "1 warning in 2 files (11 lines)" and done.code == 0


def test_fail_on(causeway, project):
    assert causeway("check", "shop", "--fail-on", "hint").code == 1
    assert causeway("check", "shop/fine.py", "--fail-on", "hint").code == 0


def test_json_has_ranges_and_no_events(causeway, project):
    document = json.loads(causeway("check", "shop", "--format", "json").out)
    assert (document["schema"], document["recording"], document["complete"]) == ("causeway.findings/1", None, True)
    (finding,) = document["findings"]
    assert (finding["id"], finding["tier"], finding["rule"], finding["kind"]) == ("F1", "hint", "check-await-act", "atomicity_violation")
    places = [(each["role"], each["line"], each["col"], each["end_line"], each["end_col"], each["event"]) for each in finding["accesses"]]
    assert places == [("check", 6, 11, 6, 27, None), ("wait", 7, 12, 7, 23, None), ("act", 8, 12, 8, 33, None)]


def test_sarif_and_github_point_at_the_columns(causeway, project):
    (run,) = json.loads(causeway("check", "shop", "--format", "sarif").out)["runs"]
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 6, "startColumn": 12, "endLine": 6, "endColumn": 28} and run["results"][0]["level"] == "note"
    assert causeway("check", "shop", "--format", "github").out.startswith("::notice file=shop/stock.py,line=6,col=12,title=")


@pytest.mark.parametrize(
    "setting", ['ignore = ["check-await-act"]', 'ignore = ["atomicity_violation"]', 'exclude = ["shop"]', 'exclude = ["*/stock.py"]']
)
def test_project_settings(causeway, project, setting):
    (project / "pyproject.toml").write_text(f"[tool.causeway]\n{setting}\n")
    assert "no warnings" in causeway("check").out


def test_what_cannot_be_checked_is_said(causeway, project):
    (project / "shop" / "broken.py").write_text("async def f(:\n")
    done = causeway("check", "shop")
    assert "shop/broken.py: not checked: line 1:" in done.out and done.code == 0
    assert json.loads(causeway("check", "shop", "--format", "json").out)["complete"] is False


@pytest.mark.parametrize(
    ("table", "said"), [("ignore = 3", "tool.causeway.ignore must be a list of strings"), ("ignore = [", "pyproject.toml cannot be read")]
)
def test_bad_settings_are_one_line(causeway, project, table, said):
    (project / "pyproject.toml").write_text(f"[tool.causeway]\n{table}\n")
    done = causeway("check", "shop")
    assert done.code == 2 and said in done.err and "Traceback" not in done.err


def test_missing_path(causeway, tmp_path):
    done = causeway("check", "nowhere")
    assert done.code == 2 and done.err.splitlines()[0] == "causeway: no such file or folder: nowhere"
