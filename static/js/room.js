// Asks every few seconds whether the room has moved on (a round is over, another has begun, the room is closed), and
// then draws the page anew. A page out of sight does not ask; it does so as soon as it is looked at again.
//   <div data-room-now="URL" data-room-state="WORD">
const SHORTEST = 3000, SPREAD = 2000, LONGEST = 30000; // milliseconds: 3 to 5 s, so that a class does not ask at once

const place = document.querySelector("[data-room-now]");
let timer = 0, asking = false, again = false, failures = 0;

function later() {
  clearTimeout(timer);
  const wait = Math.min(LONGEST, SHORTEST * 2 ** failures) + Math.random() * SPREAD;
  timer = setTimeout(ask, wait);
}

async function ask() {
  clearTimeout(timer);
  if (document.hidden) return;
  if (asking) {
    again = true; // the answer on its way may be older than the wish to know
    return;
  }
  asking = true;
  again = false;
  try {
    const answer = await fetch(place.dataset.roomNow, { headers: { "If-None-Match": `"${place.dataset.roomState}"` } });
    failures = 0;
    if (answer.status === 200 && (await answer.json()).state !== place.dataset.roomState) {
      location.replace(location.pathname.replace(/\/answer$/, ""));
      return;
    }
  } catch {
    failures += 1; // the connection is lost for now: answers stay on the device until it is back
  } finally {
    asking = false;
  }
  if (again) ask(); else later();
}

if (place) {
  document.addEventListener("visibilitychange", ask);
  addEventListener("online", ask);
  addEventListener("pageshow", (event) => event.persisted && ask());
  later();
}
