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

/** Drop every entry of one attempt, or every entry for "*". */
export function forget(attempt) {
  const start = attempt === "*" ? PREFIX : `${PREFIX}${attempt}:`;
  const here = store();
  for (const key of here ? Object.keys(here) : []) if (key.startsWith(start)) here.removeItem(key);
}
