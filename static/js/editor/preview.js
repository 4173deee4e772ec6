// The question in which the cursor stands, beside the text, as students see it. Nothing is stored: the text goes to the
// server, which answers { state, wanted: the question's id, html, first, last }; lines from 1.
//   state: "shown", or "broken": what is seen stays as it was; or "none": there is no question yet
import { EditorView } from "../../vendor/codemirror.min.js";
import { start as pickWords } from "../wordpick.js";
import { start as moveLines } from "../reorder.js";
import { drawn, post } from "./post.js";

const TYPING = 500; // milliseconds without typing before the preview follows
const MOVING = 120; // and after the cursor has moved to another question

export class Preview {
  constructor(pane, settings, token) {
    Object.assign(this, { pane, settings, token, feedback: false, asking: false, again: false, lines: [0, 0] });
    this.shown = pane.querySelector("[data-preview-shown]");
    this.note = pane.querySelector("[data-preview-note]");
    pane.hidden = false;
    pane.parentElement.classList.add("with-preview");
    pane.addEventListener("submit", (event) => {
      event.preventDefault();
      this.feedback = event.submitter?.value !== "again";
      this.fresh = !this.feedback;
      this.pressed = true;
      this.ask();
    });
  }

  watching() {
    return EditorView.updateListener.of(({ docChanged, selectionSet }) => {
      if (docChanged) this.soon(TYPING);
      else if (selectionSet && !this.inside()) this.soon(MOVING);
    });
  }

  attach(view) {
    this.view = view;
    this.ask();
  }

  line() { return this.view.state.doc.lineAt(this.view.state.selection.main.head).number; }

  inside() { return this.lines[0] <= this.line() && this.line() <= this.lines[1]; }

  soon(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), pause);
  }

  /** Asks, one question at a time: what changes meanwhile is asked for afterwards. */
  async ask() {
    clearTimeout(this.timer);
    if (this.asking) { this.again = true; return; }
    this.asking = true;
    const answer = await post(this.settings.preview, this.fields());
    this.asking = false;
    if (this.again) {
      this.again = false;
      this.ask();
    } else {
      this.show(answer);
    }
  }

  /** The text, where the cursor is, and the answer that was tried on the question seen. */
  fields() {
    const tried = this.shown.querySelector("form");
    const fields = tried && !this.fresh ? new FormData(tried) : new FormData();
    this.fresh = false;
    fields.set("csrf_token", this.token);
    fields.set("text", this.view.state.doc.toString());
    fields.set("line", String(this.line()));
    if (this.feedback) fields.set("feedback", "1");
    return fields;
  }

  show(answer) {
    const { words } = this.settings;
    if (!answer.ok) {
      this.say(answer.why === "offline" ? words.previewOffline : words.previewMissed);
      if (answer.why === "offline") addEventListener("online", () => this.ask(), { once: true });
      return;
    }
    const { state, wanted, html, first, last } = answer.data;
    this.lines = [first, last];
    this.say(state === "shown" ? "" : state === "none" ? words.previewNone : this.stale(wanted));
    if (state !== "shown" || html === this.html) return;
    this.html = html;
    const frame = document.createElement("template");
    frame.content.append(...drawn(html));
    for (const part of frame.content.querySelectorAll("[autofocus]")) part.removeAttribute("autofocus"); // the cursor stays in the text
    this.shown.replaceChildren(frame.content);
    this.feedback = this.shown.querySelector("[data-feedback]") !== null;
    pickWords(this.shown);
    moveLines(this.shown);
    if (this.pressed) this.shown.querySelector(this.feedback ? ".verdict-title" : ".asked button.btn")?.focus();
    this.pressed = false;
  }

  /** The sentence on what is seen while the wanted question cannot be shown. */
  stale(wanted) {
    const { words } = this.settings, seen = this.shown.querySelector("[name=question]")?.value;
    if (seen === undefined) return words.previewLater;
    return wanted === null ? words.previewText : wanted === seen ? words.previewBroken : words.previewOther;
  }

  say(sentence) {
    if (this.note.textContent !== sentence) this.note.textContent = sentence;
    this.note.hidden = !sentence;
  }
}
