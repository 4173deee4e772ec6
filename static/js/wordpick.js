// Marking words. Each word of a passage is a checkbox, so everything works without this file.
// With it: one Tab stop; arrow keys by word and line, Home, End; Shift with them marks a run; dragging with a mouse
// or pen paints; on touch a long press begins painting, so that a finger can still scroll.
const HOLD = 350; // milliseconds until a touch begins to paint
const SLIP = 10; // pixels a finger may move before then

class WordPicker {
  constructor(box) {
    this.box = box;
    this.words = [...box.querySelectorAll("input[type=checkbox]")];
    this.places = new Map(this.words.map((word, place) => [word, place]));
    this.run = null; // { from, to, value, before } while a run is being marked
    this.press = null; // { x, y, timer, pointer } while a finger waits to paint
    this.painting = false;
    this.swallow = false;
    const scope = box.closest("fieldset") ?? box.parentElement;
    this.count = scope.querySelector("[data-wordcount]");
    const clear = scope.querySelector("[data-wordclear]");
    for (const part of [this.count?.closest("[hidden]"), scope.querySelector("[data-wordkeys]"), clear?.closest("[hidden]")]) {
      if (part) part.hidden = false;
    }
    clear?.addEventListener("click", () => this.clear());
    this.stopAt(Math.max(0, this.words.findIndex((word) => word.checked)));
    this.listen();
    this.tell();
  }

  listen() {
    const on = (kind, act, options) => this.box.addEventListener(kind, (event) => act.call(this, event), options);
    on("change", this.tell);
    on("keydown", this.key);
    on("keyup", (event) => { if (event.key === "Shift" && !this.painting) this.finish(); });
    on("focusout", (event) => { if (!this.painting && !this.box.contains(event.relatedTarget)) this.finish(); });
    on("focusin", (event) => { if (this.places.has(event.target)) this.stopAt(this.places.get(event.target)); });
    on("pointerdown", this.down);
    on("pointermove", this.move);
    on("pointerup", this.up);
    on("pointercancel", this.up);
    on("touchmove", (event) => { if (this.painting) event.preventDefault(); }, { passive: false });
    on("contextmenu", (event) => { if (this.painting || this.press) event.preventDefault(); });
    on("click", (event) => { if (this.swallow) { event.preventDefault(); event.stopPropagation(); this.swallow = false; } }, true);
  }

  tell() {
    if (this.count) this.count.textContent = String(this.words.filter((word) => word.checked).length);
  }

  changed() {
    this.box.dispatchEvent(new Event("input", { bubbles: true }));
    this.box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  clear() {
    for (const word of this.words) word.checked = false;
    this.changed();
  }

  stopAt(place) {
    this.words.forEach((word, other) => { word.tabIndex = other === place ? 0 : -1; });
  }

  // ---- runs

  begin(place, value) {
    this.run = { from: place, to: place, value, before: this.words.map((word) => word.checked) };
  }

  reach(place) {
    this.run.to = place;
    const low = Math.min(this.run.from, place);
    const high = Math.max(this.run.from, place);
    this.words.forEach((word, other) => {
      word.checked = other >= low && other <= high ? this.run.value : this.run.before[other];
    });
    this.tell();
  }

  finish() {
    if (!this.run) return;
    const before = this.run.before;
    this.run = null;
    if (this.words.some((word, place) => word.checked !== before[place])) this.changed();
  }

  // ---- keyboard

  key(event) {
    const here = this.places.get(event.target);
    if (here === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const there = this.target(event.key, here);
    if (there === undefined) return;
    event.preventDefault();
    if (event.shiftKey) {
      if (!this.run) this.begin(here, true);
      this.reach(there);
    } else {
      this.finish();
    }
    this.stopAt(there);
    this.words[there].focus();
  }

  target(key, here) {
    const last = this.words.length - 1;
    const ahead = getComputedStyle(this.box).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    switch (key) {
      case "ArrowLeft":
      case "ArrowRight":
        return Math.min(last, Math.max(0, here + (key === ahead ? 1 : -1)));
      case "ArrowUp": return this.nextLine(here, -1);
      case "ArrowDown": return this.nextLine(here, 1);
      case "Home": return 0;
      case "End": return last;
      default: return undefined;
    }
  }

  /** The word on the next line, up or down, whose middle is nearest to this one's. */
  nextLine(here, step) {
    const rect = (place) => this.words[place].labels[0].getBoundingClientRect();
    const middle = (box) => box.left + box.width / 2;
    const start = rect(here);
    let best = here;
    let nearest = Infinity;
    let line = null;
    for (let place = here + step; place >= 0 && place < this.words.length; place += step) {
      const box = rect(place);
      if (Math.abs(box.top - start.top) < start.height / 2) continue;
      line ??= box.top;
      if (Math.abs(box.top - line) > box.height / 2) break;
      const distance = Math.abs(middle(box) - middle(start));
      if (distance < nearest) { nearest = distance; best = place; }
    }
    return best;
  }

  // ---- mouse, pen, finger

  placeOf(node) {
    const label = node?.closest?.("label");
    return label && this.box.contains(label) ? this.places.get(label.control) : undefined;
  }

  down(event) {
    const place = this.placeOf(event.target);
    if (place === undefined || event.button !== 0 || !event.isPrimary) return;
    if (event.pointerType !== "touch") {
      this.paint(place, event.pointerId);
      return;
    }
    const timer = setTimeout(() => { this.press = null; this.paint(place, event.pointerId); }, HOLD);
    this.press = { x: event.clientX, y: event.clientY, timer };
  }

  paint(place, pointer) {
    this.painting = true;
    this.begin(place, !this.words[place].checked);
    this.reach(place);
    this.stopAt(place);
    this.words[place].focus({ preventScroll: true });
    try { this.box.setPointerCapture(pointer); } catch { /* the finger is already gone */ }
  }

  move(event) {
    if (this.press && Math.hypot(event.clientX - this.press.x, event.clientY - this.press.y) > SLIP) this.release();
    if (!this.painting) return;
    const place = this.placeOf(document.elementFromPoint(event.clientX, event.clientY));
    if (place !== undefined) this.reach(place);
  }

  release() {
    clearTimeout(this.press?.timer);
    this.press = null;
  }

  up() {
    this.release();
    if (!this.painting) return;
    this.painting = false;
    this.stopAt(this.run.to);
    this.finish();
    // The click that follows would turn the last word over again.
    this.swallow = true;
    setTimeout(() => { this.swallow = false; }, 50);
  }
}

const ready = new WeakSet();

/** Make every passage in `root` pickable that is not so already. */
export function start(root) {
  const boxes = [...(root.querySelectorAll?.("[data-wordpick]") ?? [])];
  if (root.matches?.("[data-wordpick]")) boxes.push(root);
  for (const box of boxes) {
    if (ready.has(box)) continue;
    ready.add(box);
    new WordPicker(box);
  }
}

start(document);
// Parts of a page that htmx swaps in; the name of the event differs between its versions.
for (const name of ["htmx:load", "htmx:afterSwap", "htmx:after:swap", "htmx:after:settle"]) {
  document.addEventListener(name, (event) => start(event.target instanceof Element ? event.target : document));
}
