// Print buttons: <button hidden data-print>. Without a script the browser's own menu prints the page.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
