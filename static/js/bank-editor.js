// The editor of a bank's text, in place of the plain text box, which stays what is posted.
//   <textarea data-bank-editor> in a form, and a <script type="application/json" id="editor-words"> with
//   { check, preview, help: addresses, draft, version, stored: whether the text is what the server keeps,
//     words: sentences, phrases: CodeMirror's own }
// Without this file, and when it fails, everything on the page works with the text box.
import { checking, Findings } from "./editor/check.js";
import { Copy } from "./editor/copy.js";
import { fieldHelp } from "./editor/help.js";
import { Preview } from "./editor/preview.js";
import { openEditor } from "./editor/view.js";

function start(area, settings) {
  const form = area.form;
  const token = form.elements.csrf_token.value;
  const findings = new Findings(document.querySelector("[data-findings]"), settings);
  const copy = new Copy(area, settings);
  const help = fieldHelp(settings, document.querySelector("[data-field-help]"));
  const pane = document.querySelector("[data-preview]");
  const preview = pane && new Preview(pane, settings, token);
  const view = openEditor(area, settings, [
    checking(settings, token, findings),
    help,
    copy.watching(),
    preview ? preview.watching() : [],
  ]);
  findings.attach(view);
  preview?.attach(view);
  copy.attach(view, form);
}

const area = document.querySelector("textarea[data-bank-editor]");
if (area) start(area, JSON.parse(document.getElementById("editor-words").textContent));
