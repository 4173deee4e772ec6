// What the schema of bank files says about a place in one: what may be written there, and what it means.
//   help: { schema, skills: [{ id, name, definition }], misconceptions: [{ id, name, correction }] }
import { idsOf, keyAt, place } from "./place.js";

/** The schemas that hold at the end of a path; several where the schema gives a choice. */
export function schemasAt(schema, path, type) {
  const root = schema;
  const open = (one) => {
    if (one.$ref) return open(root.definitions[one.$ref.split("/").pop()]);
    if (one.anyOf) return one.anyOf.flatMap(open);
    const chosen = (one.allOf ?? []).filter((part) => !part.if || part.if.properties.type.const === type);
    return [one, ...chosen.flatMap((part) => open(part.then ?? part))];
  };
  const below = (one, step) => {
    if (step === "-") return one.items ? [one.items] : [];
    if (one.properties?.[step]) return [one.properties[step]];
    if (one.additionalProperties) return [one.additionalProperties];
    return Object.entries(one.patternProperties ?? {}).filter(([pattern]) => new RegExp(pattern).test(step)).map(([, inner]) => inner);
  };
  let here = open(root);
  for (const step of path) here = here.flatMap((one) => below(one, step)).flatMap(open);
  return here;
}

/** The sentence about the field at the end of a path, or "". */
export function meaning(schema, path, type) {
  const owners = schemasAt(schema, path.slice(0, -1), type);
  return owners.map((one) => one.properties?.[path.at(-1)]?.description).find(Boolean) ?? "";
}

/** What may be written at a place: { from: column, offers: [{ label, kind, detail, info, opens }] }, or null in running text. */
export function offersAt(help, lines, n, column) {
  const where = place(lines, n, column);
  if (!where) return null;
  const here = schemasAt(help.schema, where.path, where.type);
  const fields = where.part === "key" ? keys(here, where, help) : [];
  return { from: where.from, offers: [...fields, ...values(help, where, here, lines)] };
}

/** What stands at a place, explained: { from, to: columns, name, text }, or null. */
export function explanationAt(help, lines, n, column) {
  const found = keyAt(lines, n, column);
  if (!found) return null;
  const { path, type, value, from, to } = found;
  const known = value === null ? [] : values(help, { path, type }, schemasAt(help.schema, path, type), lines);
  const word = known.find((one) => one.label === value && one.info);
  if (word) return { from, to, name: word.label, text: word.info };
  const text = meaning(help.schema, path, type);
  return text ? { from, to, name: path.at(-1), text } : null;
}

function keys(here, where, help) {
  const found = new Map();
  for (const one of here) {
    // Of fields that exclude each other, none is offered beside one that is there.
    const rivals = (one.oneOf ?? []).flatMap((choice) => choice.required ?? []);
    const taken = rivals.some((name) => where.beside.has(name));
    for (const [name, field] of Object.entries(one.properties ?? {})) {
      if (found.has(name) || where.beside.has(name) || (taken && rivals.includes(name))) continue;
      found.set(name, {
        label: name,
        info: field.description ?? "",
        needed: one.required?.includes(name) ?? false,
        opens: opening(schemasAt(help.schema, [...where.path, name], where.type)),
      });
    }
  }
  // What must be there comes first.
  return [...found.values()].sort((a, b) => Number(b.needed) - Number(a.needed)).map((one) => ({ ...one, kind: "key" }));
}

/** What a field's value begins with: "list", "map", or "text". */
function opening(schemas) {
  if (schemas.some((one) => one.type === "array")) return "list";
  return schemas.some((one) => one.properties || one.patternProperties) && !schemas.some(isText) ? "map" : "text";
}

const isText = (one) => one.enum !== undefined || [one.type].flat().includes("string");

function values(help, where, here, lines) {
  const field = where.path.at(-1) === "-" ? where.path.at(-2) : where.path.at(-1);
  const inQuestion = where.path[0] === "questions";
  const named = (list, sentence) => list.map((one) => ({ label: one.id, detail: one.name, info: sentence(one), kind: "value" }));
  if (inQuestion && (field === "skill" || field === "also")) return named(help.skills, (one) => one.definition);
  if (inQuestion && field === "misconception") return named(help.misconceptions, (one) => `${one.name} ${one.correction}`);
  if (inQuestion && where.path.length === 3 && field === "about") return idsOf(lines, "stimuli").map((id) => ({ label: id, info: "", kind: "value" }));
  const found = new Map();
  for (const one of here) {
    const words = one.type === "boolean" ? ["true", "false"] : [...(one.enum ?? []), ...(one.const === undefined ? [] : [one.const])];
    words.forEach((word, index) => {
      const label = String(word);
      if (!found.has(label)) found.set(label, { label, info: one.enumDescriptions?.[index] ?? "", kind: "value" });
    });
  }
  return [...found.values()];
}
