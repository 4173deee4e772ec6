// CodeMirror in the looks of the site. It lives in a shadow root, where its styles need no exception from the content
// policy; colours and sizes are the site's own, by name.
import {
  bracketMatching, completionKeymap, defaultKeymap, EditorState, EditorView, highlightActiveLine,
  highlightActiveLineGutter, HighlightStyle, highlightSelectionMatches, history, historyKeymap, indentOnInput,
  indentUnit, keymap, lineNumbers, lintGutter, nextDiagnostic, openSearchPanel, previousDiagnostic, search, searchKeymap,
  syntaxHighlighting, tags, yaml,
} from "../../vendor/codemirror.min.js";
import { theme } from "./theme.js";

// Every colour stands out from the paper by 4.5 : 1 or more, in both themes: they are those of texts.
const colours = HighlightStyle.define([
  { tag: tags.definition(tags.propertyName), color: "var(--brand)", fontWeight: "600" },
  { tag: [tags.lineComment, tags.meta], color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.special(tags.string), tags.separator, tags.punctuation, tags.squareBracket, tags.brace], color: "var(--muted)" },
  { tag: [tags.labelName, tags.typeName, tags.keyword], color: "var(--warn)" },
]);

/**
 * Puts the editor in place of a text box.
 *
 * The box is filled again before its form is sent, so that what is posted is what was seen.
 */
export function openEditor(area, settings, extensions) {
  const host = document.createElement("div");
  host.className = "bank-editor";
  const root = host.attachShadow({ mode: "open" });
  const hint = document.createElement("p");
  hint.id = "keys";
  hint.hidden = true;
  hint.textContent = settings.words.keys;
  root.append(hint);
  const label = area.labels[0];
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        theme,
        syntaxHighlighting(colours),
        EditorState.phrases.of(settings.phrases),
        EditorView.contentAttributes.of({ tabindex: "0", "aria-label": label.textContent.trim(), "aria-describedby": "keys" }),
        EditorView.lineWrapping,
        EditorView.perLineTextDirection.of(true),
        lineNumbers(), lintGutter(), highlightActiveLine(), highlightActiveLineGutter(),
        history(), indentOnInput(), bracketMatching(), highlightSelectionMatches(), search({ top: true }),
        yaml(), indentUnit.of("  "),
        keymap.of([
          { key: "Mod-s", run: () => { area.form.requestSubmit(area.form.querySelector("[name=do][value=save]")); return true; } },
          { key: "F8", run: nextDiagnostic },
          { key: "Shift-F8", run: previousDiagnostic },
          // Tab is not among them: it leads out of the editor, as out of any other field.
          ...completionKeymap, ...searchKeymap, ...historyKeymap, ...defaultKeymap,
        ]),
        extensions,
      ],
    }),
  });
  area.after(host);
  area.hidden = true;
  label.addEventListener("click", (event) => { event.preventDefault(); view.focus(); });
  const fill = () => { area.value = view.state.doc.toString(); };
  area.form.addEventListener("submit", fill, true);
  area.form.addEventListener("formdata", (event) => event.formData.set(area.name, view.state.doc.toString()));
  document.querySelector("[data-find]")?.addEventListener("click", () => { view.focus(); openSearchPanel(view); });
  for (const part of document.querySelectorAll("[data-editor-only]")) part.hidden = false;
  return view;
}

/** Moves the cursor to a line and column, both from 1, and shows it. */
export function goTo(view, line, column = 1) {
  const there = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
  const at = Math.min(there.to, there.from + utf16(there.text, column - 1));
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
  view.focus();
}

/** The place in a string after so many characters, as people count them. */
export function utf16(text, characters) {
  return [...text].slice(0, characters).join("").length;
}
