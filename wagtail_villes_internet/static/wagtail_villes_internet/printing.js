// « Print »: offered where there is a script to do it.
for (const button of document.querySelectorAll("[data-vi-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
