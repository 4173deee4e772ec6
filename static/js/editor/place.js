// Where in a bank file the cursor stands, read from the lines round it. The lines may be half written, so this goes by
// indentation and dashes, as a person would, and needs no whole YAML.
//   lines: the text's lines, from 0.

const KEY = /^(?:"([^"]*)"|'([^']*)'|([^\s#"'[\]{},&*!|>%@`][^#]*?))\s*:(?=\s|$)/;
const BLOCK_TEXT = /^[|>][+-]?\d?[+-]?\s*(?:#.*)?$/;

/** A line taken apart: { indent, dashes: columns, column: where its content begins, key, keyEnd, value, valueAt }. */
export function parts(text) {
  const indent = text.search(/[^ ]|$/);
  const dashes = [];
  let column = indent;
  for (let dash; (dash = /^-(?: +|$)/.exec(text.slice(column)));) {
    dashes.push(column);
    column += dash[0].length;
  }
  const found = KEY.exec(text.slice(column));
  const key = found ? found[1] ?? found[2] ?? found[3] : null;
  const keyEnd = found ? column + found[0].length : column;
  const valueAt = found ? keyEnd + /^ */.exec(text.slice(keyEnd))[0].length : column;
  return { indent, dashes, column, key, keyEnd, valueAt, value: text.slice(valueAt).trimEnd() };
}

const empty = (text) => /^\s*(#.*)?$/.test(text);

/** Where the entries of the map end that has a key at `column` in line `from`. */
function* entries(lines, from, column) {
  for (let n = from; n < lines.length; n++) {
    if (empty(lines[n])) continue;
    const line = parts(lines[n]);
    if (n !== from && line.indent < column) return;
    if (n !== from && line.dashes.some((dash) => dash < column)) return;
    if (line.column === column && line.key !== null) yield [line.key, line.value];
  }
}

/** Whether what stands at `column` of line `n` is running text that began above: under | or >, or after a key or dash. */
function insideText(lines, n, column) {
  for (let above = n - 1; above >= 0; above--) {
    if (empty(lines[above])) continue;
    const line = parts(lines[above]);
    if ((line.key === null ? line.dashes.at(-1) ?? line.column : line.column) >= column) continue;
    if (line.key === null && !line.dashes.length) return true;
    if (line.value !== "" && !line.value.startsWith("#")) return true;
    column = line.dashes[0] ?? line.column; // it opens something; is that running text itself?
  }
  return false;
}

/** The way down to what stands at `column` in line `n`: [{ key | item: true, line, column }], the outermost first. */
function way(lines, n, column, dashes) {
  const steps = [];
  let above = n;
  let before = dashes; // dashes that stand in the line itself, left of the column
  for (;;) {
    for (const dash of [...before].reverse()) {
      if (dash >= column) continue;
      steps.unshift({ item: true, line: above, column });
      column = dash;
    }
    if (column === 0 && steps[0]?.item !== true) return steps;
    const inList = steps[0]?.item === true;
    let found = false;
    while (--above >= 0 && !found) {
      if (empty(lines[above])) continue;
      const line = parts(lines[above]);
      if (line.key !== null && (line.column < column || (inList && line.column === column && !line.dashes.includes(column)))) {
        steps.unshift({ key: line.key, line: above, column: line.column });
        column = line.column;
        before = line.dashes;
        found = true;
        break;
      }
      const opens = line.column === column || (line.key === null && line.value === "");
      if (!inList && opens && line.dashes.some((dash) => dash < column)) {
        before = line.dashes; // the entry of a list begins here, with an earlier key of the same map or with nothing
        found = true;
        break;
      }
    }
    if (!found) return steps;
  }
}

/**
 * What is to be written at a place.
 *
 * Returns null inside running text, else {
 *   path: keys and the sign "-" for an entry of a list, down to the map (part "key") or to the value (part "value"),
 *   part: "key" or "value", word: what is written of it, from: its column,
 *   beside: the keys and values of the map in which the place lies, the key itself left out,
 *   type: the type of the question, if it lies in one }.
 */
export function place(lines, n, column) {
  const text = lines[n];
  const line = parts(text);
  if (/(^|\s)#/.test(text.slice(0, column).replace(/"[^"]*"|'[^']*'/g, ""))) return null;
  const atValue = line.key !== null && column >= line.keyEnd;
  const start = empty(text) ? Math.min(column, text.length) : line.column;
  if (column < start || text[start - 1] === "-" || insideText(lines, n, line.dashes[0] ?? start)) return null;
  const steps = way(lines, n, start, line.dashes);
  const owner = steps.at(-1);
  const first = owner?.item ? owner.line : (owner?.line ?? -1) + 1;
  const beside = new Map(entries(lines, first, start));
  if (line.key !== null) beside.delete(line.key);
  const path = steps.map((step) => step.key ?? "-");
  const type = typeOf(lines, steps);
  if (atValue) {
    if (BLOCK_TEXT.test(line.value)) return null;
    return { path: [...path, line.key], part: "value", word: text.slice(line.valueAt, column), from: Math.min(line.valueAt, column), beside, type };
  }
  return { path, part: "key", word: text.slice(start, column), from: start, beside, type };
}

/** The key at a place, for explaining it: { path, from, to, type }, or null; `value` says whether it is left or right of the colon. */
export function keyAt(lines, n, column) {
  const line = parts(lines[n]);
  if (line.key === null || column < line.column || insideText(lines, n, line.dashes[0] ?? line.column)) return null;
  const steps = way(lines, n, line.column, line.dashes);
  const path = [...steps.map((step) => step.key ?? "-"), line.key];
  const onValue = column >= line.valueAt && line.value !== "";
  const [from, to] = onValue ? [line.valueAt, line.valueAt + line.value.length] : [line.column, line.keyEnd - 1];
  return { path, from, to, value: onValue ? line.value : null, type: typeOf(lines, steps) };
}

/** The type that the question says, into which a way leads. */
function typeOf(lines, steps) {
  if (steps[0]?.key !== "questions" || !steps[1]) return null;
  return new Map(entries(lines, steps[1].line, steps[1].column)).get("type") ?? null;
}

/** The ids of the entries of one of the two long lists. */
export function idsOf(lines, section) {
  const ids = [];
  let inside = false;
  for (const text of lines) {
    if (empty(text)) continue;
    const line = parts(text);
    if (line.indent === 0 && line.key !== null && !line.dashes.length) inside = line.key === section;
    else if (inside && line.key === "id" && line.value) ids.push(line.value);
  }
  return ids;
}
