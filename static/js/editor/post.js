/**
 * Sends fields and reads a JSON answer; never throws.
 *
 * Returns { ok: true, data } or { ok: false, why: "aborted", "offline", or the status }.
 */
export async function post(address, fields, signal) {
  const body = fields instanceof FormData ? fields : new FormData();
  if (body !== fields) for (const [name, value] of Object.entries(fields)) body.set(name, value);
  try {
    const answer = await fetch(address, { method: "POST", body, signal, headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return { ok: false, why: answer.status };
    return { ok: true, data: await answer.json() };
  } catch (error) {
    return { ok: false, why: error.name === "AbortError" ? "aborted" : "offline" };
  }
}

/** The parts of a page that the server drew for a script. They come from our own templates, where all text is safe. */
export function drawn(html) {
  return [...new DOMParser().parseFromString(html, "text/html").body.childNodes];
}
