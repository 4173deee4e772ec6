// Opens the article where it stands beside the question. Elsewhere it stays folded above it.
if (matchMedia("(min-width: 60rem)").matches) {
  for (const copy of document.querySelectorAll("[data-open-when-wide]")) copy.open = true;
}
