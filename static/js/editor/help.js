// Completion and explanations from the schema of bank files, which the server gives once.
import { autocompletion, EditorView, hoverTooltip } from "../../vendor/codemirror.min.js";
import { explanationAt, offersAt } from "./schema.js";

/** The extensions that complete, explain under the pointer, and explain the cursor's field in `told` below the editor. */
export function fieldHelp(settings, told) {
  let help = null;
  const ready = fetch(settings.help).then((answer) => (answer.ok ? answer.json() : null)).then((data) => { help = data; }).catch(() => {});
  const linesOf = (state) => state.doc.toString().split("\n");
  const placeOf = (state, at) => {
    const line = state.doc.lineAt(at);
    return [line.number - 1, at - line.from, line.from];
  };

  const source = async (context) => {
    await ready;
    const [n, column, start] = placeOf(context.state, context.pos);
    const found = help && offersAt(help, linesOf(context.state), n, column);
    // Unasked it opens only where a word has begun, or where a field waits for one of a few words.
    const few = found?.from === column && context.matchBefore(/: $/);
    if (!found?.offers.length || !(context.explicit || few || found.from < column)) return null;
    return { from: start + found.from, options: found.offers.map((one) => option(one, found.from)), validFor: /^[\w-]*$/ };
  };

  const explain = hoverTooltip((view, at) => {
    const [n, column, start] = placeOf(view.state, at);
    const found = help && explanationAt(help, linesOf(view.state), n, column);
    if (!found || column > found.to) return null;
    return { pos: start + found.from, end: start + found.to, above: true, create: () => ({ dom: sentence(found) }) };
  });

  const below = EditorView.updateListener.of(({ state, selectionSet, docChanged }) => {
    if (!told || !help || !(selectionSet || docChanged)) return;
    const [n, column] = placeOf(state, state.selection.main.head);
    const found = explanationAt(help, linesOf(state), n, column);
    told.replaceChildren(...(found ? sentence(found).childNodes : []));
  });

  return [autocompletion({ override: [source], icons: false, aboveCursor: false }), explain, below];
}

/** What CodeMirror takes for an offer: a field brings its colon, and what its value begins with. */
function option({ label, kind, detail, info, opens }, column) {
  const inside = `\n${" ".repeat(column + 2)}`;
  const after = kind === "key" ? { list: `:${inside}- `, map: `:${inside}`, text: ": " }[opens] : "";
  return { label, detail, info: info || undefined, apply: label + after };
}

function sentence({ name, text }) {
  const dom = document.createElement("p");
  dom.className = "cm-explained";
  const word = document.createElement("strong");
  word.textContent = name;
  dom.append(word, `: ${text}`);
  return dom;
}
