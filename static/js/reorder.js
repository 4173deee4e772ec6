// Buttons that move a line up or down, beside the menu of places that every line has without this file.
// The lines begin in the order of their places; the first move gives every line a place.
class Reorder {
  constructor(list) {
    this.list = list;
    this.lines = [...list.children];
    this.status = document.createElement("p");
    this.status.className = "vh";
    this.status.setAttribute("role", "status");
    list.after(this.status);
    this.lines.forEach((line) => this.equip(line));
    this.sort();
    this.list.addEventListener("change", (event) => { if (event.isTrusted) this.sort(); });
    if (!this.lines.some((line) => this.menu(line).value)) this.offerToKeep();
    this.mark();
  }

  menu(line) { return line.querySelector("select"); }

  current() { return [...this.list.children]; }

  equip(line) {
    const name = line.querySelector("label").textContent.trim();
    const pair = document.createElement("div");
    pair.className = "row";
    for (const [step, word, sign] of [[-1, this.list.dataset.up, "↑"], [1, this.list.dataset.down, "↓"]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn quiet small";
      button.dataset.step = String(step);
      button.textContent = `${sign} ${word}`;
      button.setAttribute("aria-label", `${word}: ${name}`);
      button.addEventListener("click", () => this.move(line, step, button));
      pair.append(button);
    }
    this.menu(line).after(pair);
  }

  offerToKeep() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn quiet small";
    button.textContent = this.list.dataset.keep;
    button.addEventListener("click", () => this.number());
    this.keep = document.createElement("p");
    this.keep.append(button);
    this.list.after(this.keep);
  }

  /** Lines that have a place stand in that order; the others follow as they were. */
  sort() {
    const place = (line) => (this.menu(line).value === "" ? Infinity : Number(this.menu(line).value));
    const focused = document.activeElement;
    const before = this.current();
    const after = [...before].sort((a, b) => (place(a) === place(b) ? before.indexOf(a) - before.indexOf(b) : place(a) - place(b)));
    if (after.some((line, index) => line !== before[index])) this.list.append(...after);
    if (this.list.contains(focused)) focused.focus();
    this.mark();
  }

  move(line, step, button) {
    const lines = this.current();
    const to = lines.indexOf(line) + step;
    if (to < 0 || to >= lines.length) return;
    if (step < 0) lines[to].before(line); else lines[to].after(line);
    this.number();
    const other = line.querySelector(`button[data-step="${-step}"]`);
    (button.getAttribute("aria-disabled") === "true" ? other : button).focus();
    this.status.textContent = `${line.querySelector("label").textContent.trim()}: ${this.list.dataset.moved} ${to + 1}`;
  }

  number() {
    this.current().forEach((line, index) => { this.menu(line).value = String(index); });
    this.keep?.remove();
    this.keep = null;
    this.mark();
    for (const kind of ["input", "change"]) this.list.dispatchEvent(new Event(kind, { bubbles: true }));
  }

  mark() {
    const lines = this.current();
    lines.forEach((line, index) => {
      line.querySelector('[data-step="-1"]').setAttribute("aria-disabled", String(index === 0));
      line.querySelector('[data-step="1"]').setAttribute("aria-disabled", String(index === lines.length - 1));
    });
  }
}

const ready = new WeakSet();

/** Add the buttons to every list of lines in `root` that has none yet. */
export function start(root) {
  const lists = [...(root.querySelectorAll?.("[data-reorder]") ?? [])];
  if (root.matches?.("[data-reorder]")) lists.push(root);
  for (const list of lists) {
    if (ready.has(list)) continue;
    ready.add(list);
    new Reorder(list);
  }
}

start(document);
for (const name of ["htmx:load", "htmx:afterSwap", "htmx:after:swap", "htmx:after:settle"]) {
  document.addEventListener(name, (event) => start(event.target instanceof Element ? event.target : document));
}
