// What is typed and not yet saved: a quiet word, a question before the page is left, and a copy on this device, offered
// again when the page comes back without it.
import { EditorView } from "../../vendor/codemirror.min.js";
import { drop, keep, kept } from "../drafts.js";

const PAUSE = 1000; // milliseconds without typing before the copy is written

export class Copy {
  constructor(area, settings) {
    Object.assign(this, { settings, key: `bank:${settings.draft}`, saved: settings.stored ? area.value : null });
    this.word = document.querySelector("[data-unsaved]");
    this.sending = false;
  }

  watching() {
    return EditorView.updateListener.of((update) => { if (update.docChanged) this.changed(); });
  }

  attach(view, form) {
    this.view = view;
    form.addEventListener("submit", () => { this.sending = true; this.write(); this.remember(); });
    window.addEventListener("beforeunload", (event) => { if (!this.sending && this.unsaved()) event.preventDefault(); });
    window.addEventListener("pagehide", () => { this.write(); this.remember(); });
    window.addEventListener("pageshow", () => { this.sending = false; });
    this.offer(kept(this.key));
    this.comeBack();
    this.tell();
  }

  unsaved() { return this.view.state.doc.toString() !== this.saved; }

  changed() {
    this.tell();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(), PAUSE);
  }

  write() {
    clearTimeout(this.timer);
    if (this.offered) return; // the copy that waits for an answer is not written over
    if (this.unsaved()) keep(this.key, this.settings.version, { text: this.view.state.doc.toString() });
    else drop(this.key);
  }

  tell() {
    const unsaved = this.unsaved();
    if (this.word && this.word.hidden === unsaved) this.word.hidden = !unsaved;
  }

  /** Offers a copy that says something else than the page, to take or to throw away. */
  offer(copy) {
    const box = document.querySelector("[data-kept-copy]");
    const text = copy?.pairs?.text;
    if (typeof text !== "string" || text === this.view.state.doc.toString()) { drop(this.key); return; }
    if (!box) return;
    this.offered = true;
    box.hidden = false;
    box.addEventListener("click", (event) => {
      const choice = event.target.closest("[data-copy]")?.dataset.copy;
      if (!choice) return;
      this.offered = false;
      box.hidden = true;
      if (choice === "take") this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, userEvent: "input.copy" });
      this.write();
      this.view.focus();
    });
  }

  // Saving loads the page anew; the cursor and what was seen come back.

  remember() {
    const place = { cursor: this.view.state.selection.main.head, top: this.view.scrollDOM.scrollTop, focused: this.view.hasFocus };
    try { sessionStorage.setItem(this.key, JSON.stringify(place)); } catch { /* forbidden: one begins at the top again */ }
  }

  comeBack() {
    let place = null;
    try { place = JSON.parse(sessionStorage.getItem(this.key) ?? "null"); } catch { return; }
    if (!place) return;
    this.view.dispatch({ selection: { anchor: Math.min(place.cursor, this.view.state.doc.length) } });
    this.view.requestMeasure({ read: () => null, write: () => { this.view.scrollDOM.scrollTop = place.top; } });
    if (place.focused) this.view.focus();
  }
}
