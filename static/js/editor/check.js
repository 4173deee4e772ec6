// Markers at what the check finds, asked for when typing pauses, and the list of findings on the page kept up to date.
// The server answers { findings: [{ line, column, level, code, message, fix, source }], html: the list as it draws it,
// said: the sentence on all of them, shut_out: whether the bank is no longer the author's to change }.
import { forEachDiagnostic, linter, StateEffect } from "../../vendor/codemirror.min.js";
import { drawn, post } from "./post.js";
import { goTo, utf16 } from "./view.js";

const PAUSE = 600; // milliseconds without typing before the text is checked
const AGAIN = 5000; // milliseconds before it is tried again, where the server could not answer
const REST_MAX = 10_000; // the longest rest that a slow check gets

const again = StateEffect.define(); // the same text is to be checked once more

/** The extension that asks and marks. An answer about an older text is dropped. */
export function checking(settings, token, findings) {
  let asking = null, rest = 0;
  return linter(async (view) => {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking, { doc } = view.state;
    if (rest) await wait(rest); // a long text takes the server long: it is asked more rarely
    if (signal.aborted || view.state.doc !== doc) return marked(view.state);
    const begun = performance.now();
    const answer = await post(settings.check, { csrf_token: token, text: doc.toString() }, signal);
    rest = Math.min(REST_MAX, Math.max(0, performance.now() - begun - PAUSE));
    if (!answer.ok) {
      findings.missed(answer.why);
      if (answer.why === "offline") addEventListener("online", () => view.dispatch({ effects: again.of(null) }), { once: true });
      if (answer.why === 429 || answer.why >= 500) wait(AGAIN).then(() => view.dispatch({ effects: again.of(null) }));
      return marked(view.state); // what was known stays
    }
    if (view.state.doc !== doc) return [];
    findings.show(answer.data);
    return answer.data.findings.map((one) => diagnostic(doc, one, settings.words));
  }, { delay: PAUSE, needsRefresh: (update) => update.transactions.some((one) => one.effects.some((effect) => effect.is(again))) });
}

const wait = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

/** The markers as they are now, at the places to which typing has moved them. */
function marked(state) {
  const found = [];
  forEachDiagnostic(state, (one, from, to) => found.push({ ...one, from, to }));
  return found;
}

function diagnostic(doc, finding, words) {
  const line = doc.line(Math.min(finding.line, doc.lines));
  const from = Math.min(line.to, line.from + utf16(line.text, finding.column - 1));
  const to = Math.max(from, line.from + line.text.trimEnd().length);
  const actions = finding.fix === null ? [] : [{
    name: finding.fix === "" ? words.deleteLine : words.putIn,
    apply: (view, at) => correct(view, view.state.doc.lineAt(at).number, finding),
  }];
  return { from, to, severity: finding.level, message: `${words[finding.level]}: ${finding.message}`, actions, finding };
}

/** Puts a correction in place of its line, if that line is still as it was found. Returns whether it was. */
function correct(view, number, finding) {
  const line = view.state.doc.line(number);
  if (line.text.trimEnd() !== finding.source.trimEnd()) return false;
  const changes = finding.fix === ""
    ? { from: Math.max(0, line.from - 1), to: line.to }
    : { from: line.from, to: line.to, insert: finding.fix };
  view.dispatch({ changes, userEvent: "input.correct", scrollIntoView: true });
  return true;
}

/** The section of the page that lists what was found; its buttons and line numbers act in the editor. */
export class Findings {
  constructor(box, settings) {
    Object.assign(this, { box, words: settings.words, found: [] });
    this.told = document.querySelector("[data-check-state]");
    this.shutOut = document.querySelector("[data-shut-out]");
  }

  attach(view) {
    this.box?.addEventListener("click", (event) => {
      const link = event.target.closest("[data-line]");
      const button = event.target.closest("button[value^='fix ']");
      if (link) this.go(event, view, Number(link.dataset.line), Number(link.dataset.column));
      else if (button && this.put(view, button.value.slice(4))) event.preventDefault();
    });
  }

  go(event, view, line, column) {
    event.preventDefault();
    goTo(view, line, column);
  }

  /** Puts in the correction of the finding named "line:column:code"; where that is not known here, the page posts. */
  put(view, name) {
    let done = false;
    forEachDiagnostic(view.state, ({ finding }, from) => {
      if (done || `${finding.line}:${finding.column}:${finding.code}` !== name) return;
      done = correct(view, view.state.doc.lineAt(from).number, finding);
    });
    if (done) view.focus();
    return done;
  }

  show({ html, said, shut_out }) {
    this.say(drawn(said));
    if (this.shutOut) this.shutOut.hidden = !shut_out;
    if (!this.box || this.html === html) return;
    this.html = html;
    const open = this.box.querySelector("details")?.open;
    this.box.replaceChildren(...drawn(html));
    for (const notes of this.box.querySelectorAll("details")) notes.open = open ?? false;
  }

  missed(why) {
    if (why !== "aborted") this.say([why === "offline" ? this.words.offline : this.words.unchecked]);
  }

  /** Says a sentence, given as parts of a page; the same one is not spoken twice. */
  say(parts) {
    const text = parts.map((part) => part.textContent ?? part).join("");
    if (this.told && this.told.textContent !== text) this.told.replaceChildren(...parts);
  }
}
