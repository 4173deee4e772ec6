// An answer that this device kept and could not send before its round was over: sent when the page of the room opens
// again, so that the server says what became of it and shows it. It stays here until a later round is answered.
//   <div hidden data-late="room-CODE" data-to="URL" data-round="NUMBER"> around the field csrf_token; with data-open while
//   answers of this round are taken (save-state.js has those in hand) and data-answered once one is stored
import { drop, kept, keysOf } from "./drafts.js";

const place = document.querySelector("[data-late]");

/** A form like the one in which the answer was given, out of sight. */
function filled(round, key) {
  const pairs = kept(key).pairs.filter(([name]) => name !== "round");
  const token = place.querySelector("[name=csrf_token]").value;
  const form = Object.assign(document.createElement("form"), { method: "post", action: place.dataset.to, hidden: true });
  for (const [name, value] of [...pairs, ["round", round], ["csrf_token", token]]) {
    form.append(Object.assign(document.createElement("input"), { name, value }));
  }
  return form;
}

async function tell(round, key) {
  const form = filled(round, key);
  const sent = { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } };
  const answer = await fetch(form.action, sent).catch(() => null);
  if (!answer || answer.status >= 500 || answer.status === 429) return; // at another time
  const unreadable = answer.status === 400 && (await answer.json().catch(() => ({}))).error === "unreadable";
  if (answer.ok || unreadable) {
    drop(key); // it had arrived, or it is nothing that can be read
  } else if (answer.status !== 400) { // else the page is too old to send it: when it is opened again
    place.append(form);
    form.submit();
  }
}

function look() {
  const now = Number(place.dataset.round), open = "open" in place.dataset, answered = "answered" in place.dataset;
  const all = keysOf(place.dataset.late).map((key) => [Number(key.split(":").pop()), key]).sort(([one], [other]) => other - one);
  const past = all.filter(([round]) => round < now || (round === now && !open));
  const late = past.find(([round]) => round === now || !answered);
  for (const one of past) if (one !== late) drop(one[1]); // what was answered since takes its place
  if (late) tell(...late);
}

if (place) {
  addEventListener("online", look);
  look();
}
