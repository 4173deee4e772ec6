// Marking from the keyboard: a digit chooses the points, Enter saves. Without this file the radio buttons do.
const form = document.querySelector("[data-marking]");

if (form) {
  const points = [...form.querySelectorAll("input[type=radio]")];
  form.querySelector("[data-keys]").hidden = false;
  // What went wrong is read first; keys choose points from there too.
  if (!document.querySelector(".errors")) (points.find((one) => one.checked) ?? points[0])?.focus();

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("textarea, select, a, button, summary")) return;
    const chosen = points.find((one) => one.value === event.key);
    if (chosen) {
      chosen.checked = true;
      chosen.focus();
    } else if (event.key === "Enter") {
      event.preventDefault();
      form.requestSubmit();
    }
  });

  const kept = form.querySelector("[data-comments]");
  if (kept) {
    kept.hidden = false;
    const comment = form.querySelector("textarea");
    kept.querySelector("select").addEventListener("change", (event) => {
      if (!event.target.value) return;
      comment.value = [comment.value.trim(), event.target.value].filter(Boolean).join(" ");
      event.target.value = "";
      comment.focus();
    });
  }
}
