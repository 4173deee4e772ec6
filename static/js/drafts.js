// Answers typed but not yet known to be on the server, kept on this device until it confirms them.
// An entry is { version, pairs }: the server's version of the answer the edit began from, and the form's fields.
const PREFIX = "draft:";

const store = () => { try { return window.localStorage; } catch { return null; } };

export function keep(key, version, pairs) {
  try { store()?.setItem(PREFIX + key, JSON.stringify({ version, pairs })); } catch { /* full or forbidden: the server still gets it */ }
}

export function kept(key) {
  try { return JSON.parse(store()?.getItem(PREFIX + key) ?? "null"); } catch { return null; }
}

export function drop(key) {
  store()?.removeItem(PREFIX + key);
}

/** The keys of every entry of one attempt, or of every entry for "*". */
export function keysOf(attempt) {
  const start = attempt === "*" ? "" : `${attempt}:`;
  return Object.keys(store() ?? {}).filter((key) => key.startsWith(PREFIX + start)).map((key) => key.slice(PREFIX.length));
}

/** Drop every entry of one attempt, or every entry for "*". */
export function forget(attempt) {
  keysOf(attempt).forEach(drop);
}
