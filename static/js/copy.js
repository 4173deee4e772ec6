// Buttons that copy a join code or a link: <button hidden data-copy="TEXT" data-done="Copied" data-failed="…">.
// They are hidden in the page, because without a script they could do nothing.
function copyByHand(text) {
  // A class network is often plain HTTP, where the browser offers no clipboard to scripts.
  const box = Object.assign(document.createElement("textarea"), { value: text, readOnly: true, className: "vh" });
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  return done;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByHand(text);
  }
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  const words = button.querySelector("[aria-live]"), label = words.textContent;
  let timer = 0;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const done = await copy(button.dataset.copy);
    button.focus();
    words.textContent = done ? button.dataset.done : button.dataset.failed;
    clearTimeout(timer);
    timer = setTimeout(() => { words.textContent = label; }, 4000);
  });
}
