// Saves the answer while it is being given, and says so in one line.
//   <form data-autosave="URL" data-draft="ATTEMPT:QUESTION"> with a hidden field "version", and [data-save-status]
// Every change is posted to URL as the form itself would be. The answer {"version": "…", "saved_at": "10:42"}
// means stored, with a true "other_tab" in place of what another tab had stored; a saved_at of null means that the
// answer is not finished enough to store. Until it is stored the answer stays on this device and is sent again;
// when the page opens again with the same version, it is put back. With data-one-device nobody answers elsewhere: it is
// put back whatever the version, and stays even when it came too late, for room-late.js to show.
import { drop, keep, kept } from "./drafts.js";

const OWN_FIELDS = new Set(["csrf_token", "version"]);
const TYPING_PAUSE = 800, FIRST_RETRY = 2000, LONGEST_RETRY = 30000;

class Saver {
  constructor(form, status) {
    Object.assign(this, { form, status, edits: 0, sending: false, stopped: false, leaving: false, retry: FIRST_RETRY, timer: 0 });
    form.addEventListener("input", () => this.changed(TYPING_PAUSE));
    form.addEventListener("change", () => this.changed(0));
    form.addEventListener("submit", () => { this.leaving = true; clearTimeout(this.timer); });
    addEventListener("pageshow", () => { this.leaving = false; });
    addEventListener("pagehide", () => this.lastChance());
    addEventListener("online", () => this.unsaved() && this.send());
    this.restore();
    if (this.early()) this.changed(0);
  }

  // Whether something was given before this script came, on a slow line. A page come back to shows what stood
  // there when it was left: that may be older than what is stored, so it is not sent by itself.
  early() {
    if (performance.getEntriesByType("navigation")[0]?.type !== "navigate") return false;
    return [...this.form.elements].some((control) => {
      if (control.type === "radio" || control.type === "checkbox") return control.checked !== control.defaultChecked;
      if (control.options) return control.selectedIndex !== Math.max(0, [...control.options].findIndex((one) => one.defaultSelected));
      return control.defaultValue !== undefined && control.value !== control.defaultValue;
    });
  }

  pairs() {
    return [...new FormData(this.form)].filter(([name, value]) => !OWN_FIELDS.has(name) && typeof value === "string");
  }

  get oneDevice() { return "oneDevice" in this.form.dataset; }

  get version() { return this.form.elements.version?.value ?? ""; }

  keep() { keep(this.form.dataset.draft, this.version, this.pairs()); }

  unsaved() { return Boolean(kept(this.form.dataset.draft)) && !this.stopped; }

  changed(pause) {
    if (this.stopped) return;
    this.edits += 1;
    this.keep();
    this.later(pause);
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), pause);
  }

  async send() {
    if (this.sending || this.leaving) return;
    clearTimeout(this.timer);
    this.sending = true;
    const edits = this.edits;
    let answer = null;
    try {
      answer = await fetch(this.form.dataset.autosave, {
        method: "POST", body: new FormData(this.form), headers: { Accept: "application/json" }, redirect: "manual",
      });
      if (answer.ok) await this.stored(answer, edits); else this.refused(answer);
    } catch {
      this.again();
    } finally {
      this.sending = false;
      if (answer?.ok && edits !== this.edits) this.later(0);
    }
  }

  async stored(answer, edits) {
    const body = await answer.json().catch(() => ({}));
    if (body.version !== undefined && this.form.elements.version) this.form.elements.version.value = body.version;
    this.retry = FIRST_RETRY;
    if (body.time) this.form.dispatchEvent(new CustomEvent("timeleft", { detail: body.time }));
    if (body.saved_at === null) return this.say("none", this.status.dataset.unfinished);
    if (edits === this.edits) drop(this.form.dataset.draft); else this.keep();
    const clock = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const words = this.status.dataset[body.other_tab ? "otherTab" : "saved"];
    this.say("saved", words.replace("{time}", body.saved_at ?? clock));
  }

  refused(answer) {
    const code = answer.type === "opaqueredirect" ? 401 : answer.status;
    if (code >= 500 || [408, 425, 429].includes(code)) return this.again(1000 * (Number(answer.headers.get("Retry-After")) || 0));
    this.stopped = true;
    if (code === 410 || (code === 409 && !this.oneDevice)) drop(this.form.dataset.draft);
    this.say("unsaved", this.status.dataset[{ 401: "signedOut", 409: "closed", 410: "closed" }[code] ?? "refused"]);
  }

  again(atLeast = 0) {
    this.say("unsaved", this.status.dataset.unsaved);
    this.later(Math.max(this.retry, atLeast));
    this.retry = Math.min(this.retry * 2, LONGEST_RETRY);
  }

  say(state, words) {
    this.status.dataset.state = state;
    const line = this.status.querySelector("[data-save-words]");
    if (line.textContent !== words) line.textContent = words; // unchanged words are not spoken again
  }

  lastChance() {
    if (!this.leaving && this.unsaved()) navigator.sendBeacon(this.form.dataset.autosave, new FormData(this.form));
  }

  restore() {
    const entry = kept(this.form.dataset.draft);
    if (!entry) return;
    if (entry.version !== this.version && !this.oneDevice) return drop(this.form.dataset.draft);
    const values = new Map(entry.pairs), ticked = new Set(entry.pairs.map((pair) => pair.join("\n")));
    for (const control of this.form.elements) {
      if (!control.name || control.type === "hidden" || control.type === "file") continue;
      if (control.type === "radio" || control.type === "checkbox") control.checked = ticked.has(`${control.name}\n${control.value}`);
      else if (values.has(control.name)) control.value = values.get(control.name);
    }
    this.form.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

const form = document.querySelector("form[data-autosave]"), status = document.querySelector("[data-save-status]");
if (form && status) new Saver(form, status);
