/** A row of VS Code's list of default keyboard shortcuts, and of `contributes.keybindings`. */
export interface Keybinding {
  readonly key: string;
  readonly command: string;
  readonly when?: string;
}

/** The rows of "Open Default Keyboard Shortcuts (JSON)": one array, before and after it comments. */
export function parseKeybindings(text: string): Keybinding[] {
  const start = text.indexOf('\n[') + 1;
  return JSON.parse(text.slice(start, text.indexOf('\n]', start) + 2)) as Keybinding[];
}

/**
 * Which defaults a contributed key would take from a person: those of the same key (also as the first of a chord) that can be meant in the same
 * place. They cannot where each alternative of the default's condition needs a context that ours rules out.
 */
export function collisions(ours: readonly Keybinding[], defaults: readonly Keybinding[]): string[] {
  const mine = new Set(ours.map(({ key, command }) => `${key} ${command}`));
  return ours.flatMap((our) =>
    defaults
      .filter((one) => one.key.split(' ')[0] === our.key && !mine.has(`${one.key} ${one.command}`) && !apart(our, one))
      .map((one) => `${our.key}: ${our.command} takes it from ${one.command} (${one.when ?? 'always'})`),
  );
}

function apart(our: Keybinding, other: Keybinding): boolean {
  const excluded = new Set((our.when ?? '').split(' && ').flatMap((term) => (term.startsWith('!') ? [term.slice(1)] : [])));
  if (other.when === undefined) return false;
  return other.when.split(' || ').every((alternative) => alternative.split(' && ').some((term) => excluded.has(term)));
}
