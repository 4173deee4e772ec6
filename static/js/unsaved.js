// Words in a form that were not sent yet: a quiet word beside its button, and a question before the page is left.
// <form data-watch> is compared with what the server drew; data-watch="unsaved" says that this was never saved either.
const forms = [...document.querySelectorAll("form[data-watch]")];
let sent = null;

const drawn = (select) => [...select.options].find((option) => option.defaultSelected) ?? select.options[0];

function touched(control) {
  if (control.type === "file") return control.files.length > 0;
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
  if (control instanceof HTMLSelectElement) return control.selectedOptions[0] !== drawn(control);
  return control.type !== "hidden" && "defaultValue" in control && control.value !== control.defaultValue;
}

const unsaved = (form) => form.dataset.watch === "unsaved" || [...form.elements].some(touched);

function tell() {
  for (const form of forms) for (const word of form.querySelectorAll("[data-unsaved]")) word.hidden = !unsaved(form);
}

for (const form of forms) {
  form.addEventListener("input", tell);
  form.addEventListener("submit", () => { sent = form; });
}
window.addEventListener("beforeunload", (event) => {
  if (forms.some((form) => form !== sent && unsaved(form))) event.preventDefault();
});
window.addEventListener("pageshow", () => { sent = null; tell(); });
tell();
