// Shared devices: nothing of an answer stays behind.
// data-forget="ATTEMPT" or "*": on a form it works when the form is sent, elsewhere as soon as the page is shown.
import { forget } from "./drafts.js";

for (const element of document.querySelectorAll("[data-forget]")) {
  const clear = () => forget(element.dataset.forget);
  if (element instanceof HTMLFormElement) element.addEventListener("submit", clear); else clear();
}
