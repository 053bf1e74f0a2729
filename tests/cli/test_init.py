"""`causeway init` adds what is missing, keeps what is there, and may be run again."""

import json
import tomllib

import pytest
from causeway_core.cli.init import CONFIGURATIONS, command
from causeway_core.errors import CommandError
from click.testing import CliRunner


@pytest.fixture
def init(tmp_path):
    def run(*words):
        return CliRunner().invoke(command, [str(tmp_path), *words], catch_exceptions=False, standalone_mode=False)

    return run


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_an_empty_folder(init, tmp_path):
    done = init()
    assert done.return_value == 0 and "added Causeway: current file, Causeway: pytest" in done.output and "defaults apply" in done.output
    found = contents(tmp_path)
    assert json.loads(found[".vscode/launch.json"])["configurations"] == list(CONFIGURATIONS)
    assert found[".gitignore"] == ".causeway/\n" and set(found) == {".vscode/launch.json", ".gitignore"}


def test_what_is_there_stays_and_a_second_run_changes_nothing(init, tmp_path):
    (tmp_path / ".vscode").mkdir()
    own = {"name": "Causeway: current file", "type": "python", "request": "launch"}
    (tmp_path / ".vscode" / "launch.json").write_text(json.dumps({"version": "0.2.0", "configurations": [own], "compounds": []}, indent=4))
    (tmp_path / ".gitignore").write_text("*.pyc")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    init()
    found = contents(tmp_path)
    launch = json.loads(found[".vscode/launch.json"])
    assert launch["configurations"] == [own, CONFIGURATIONS[1]] and launch["compounds"] == [] and '\n    "version"' in found[".vscode/launch.json"]
    assert found[".gitignore"] == "*.pyc\n.causeway/\n"
    assert tomllib.loads(found["pyproject.toml"])["tool"]["causeway"] == {"ignore": [], "exclude": []}
    assert found["pyproject.toml"].startswith('[project]\nname = "x"\n\n[tool.causeway]')
    again = init()
    assert contents(tmp_path) == found and again.output.count("already") == 3


def test_files_that_cannot_be_read_safely_are_left_alone(init, tmp_path):
    (tmp_path / ".vscode").mkdir()
    (tmp_path / ".vscode" / "launch.json").write_text('{\n  // mine\n  "configurations": []\n}\n')
    (tmp_path / "pyproject.toml").write_text("[project\n")
    before = contents(tmp_path)
    done = init()
    assert "has comments" in done.output and "not valid TOML" in done.output
    assert {name: text for name, text in contents(tmp_path).items() if name != ".gitignore"} == before


def test_configurations_that_are_no_list_are_left_alone(init, tmp_path):
    (tmp_path / ".vscode").mkdir()
    (tmp_path / ".vscode" / "launch.json").write_text('{"configurations": {}}')
    assert "left as it is" in init().output and contents(tmp_path)[".vscode/launch.json"] == '{"configurations": {}}'


@pytest.mark.parametrize("name", [".vscode/launch.json", ".gitignore", "pyproject.toml"])
def test_what_cannot_be_read_is_named(init, tmp_path, name):
    (tmp_path / name).mkdir(parents=True)
    with pytest.raises(CommandError, match=rf"cannot read .*{name}: Is a directory"):
        init()


def test_a_file_that_is_not_utf8_is_named(init, tmp_path):
    (tmp_path / ".gitignore").write_bytes(b"caf\xe9\n")
    with pytest.raises(CommandError, match=r"cannot read .*\.gitignore: it is not UTF-8 \(byte 3\)"):
        init()


def test_a_folder_that_cannot_be_made_is_named(init, tmp_path):
    (tmp_path / ".vscode").write_text("in the way")
    with pytest.raises(CommandError, match=r"cannot make the folder .*\.vscode: File exists"):
        init()


def test_a_file_that_cannot_be_written_is_named(init, tmp_path):
    (tmp_path / ".gitignore").symlink_to(tmp_path / "gone" / "there")
    with pytest.raises(CommandError, match=r"cannot write .*\.gitignore: No such file or directory"):
        init()
