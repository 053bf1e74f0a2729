// @ts-check
// The part of the Python extension's API that asks for the chosen interpreter (its documented `environments`).
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const vscode = require('vscode');

exports.activate = () => ({
  environments: {
    getActiveEnvironmentPath: (folder) => ({ path: join(folder.fsPath, 'chosen') }),
    resolveEnvironment: async ({ path }) => (existsSync(path) ? { executable: { uri: vscode.Uri.file(readFileSync(path, 'utf8')) } } : undefined),
  },
});
