// Keeps the time left true: counted from what the server said, by a clock that nobody can set.
//   <div data-time-left="SECONDS" data-ends data-one data-many data-over> with [data-time-ends],
//   [data-time-words] and [data-time-spoken]
// The minutes change silently; at 10, 5 and 1 they are spoken once. Every save brings the server's figure again
// (an event "timeleft" on the form), so minutes that a teacher adds arrive by themselves. At the end what is on
// the page is saved by save-state.js as it closes, and the server says what happens next.
const SPOKEN = [10, 5, 1];

class TimeLeft {
  constructor(box) {
    Object.assign(this, { box, words: box.querySelector("[data-time-words]"), spoken: box.querySelector("[data-time-spoken]") });
    this.set(Number(box.dataset.timeLeft));
    this.said = SPOKEN.filter((minutes) => this.left() <= minutes * 60);
    document.querySelector("form[data-autosave]")?.addEventListener("timeleft", ({ detail }) => this.told(detail));
    this.timer = setInterval(() => this.tick(), 1000);
    this.tick();
  }

  told({ left, ends }) {
    this.set(left);
    this.box.querySelector("[data-time-ends]").textContent = this.box.dataset.ends.replace("{time}", ends);
  }

  set(seconds) { this.ends = performance.now() + seconds * 1000; }

  left() { return Math.max(0, Math.ceil((this.ends - performance.now()) / 1000)); }

  text(minutes) { return minutes === 1 ? this.box.dataset.one : this.box.dataset.many.replace("{minutes}", minutes); }

  tick() {
    const left = this.left(), minutes = Math.ceil(left / 60), words = left ? this.text(minutes) : this.box.dataset.over;
    if (this.words.textContent !== words) this.words.textContent = words;
    const due = SPOKEN.filter((mark) => left <= mark * 60 && !this.said.includes(mark));
    if (left && due.length) this.spoken.textContent = this.text(Math.min(...due));
    this.said.push(...due);
    if (left === 0) this.end();
  }

  end() {
    clearInterval(this.timer);
    this.spoken.textContent = this.box.dataset.over;
    // Not reload(): a page that came back with an error would ask to be sent again.
    const again = () => location.replace(location.pathname + location.search);
    if (navigator.onLine) again(); else addEventListener("online", again, { once: true });
  }
}

const box = document.querySelector("[data-time-left]");
if (box) new TimeLeft(box);
