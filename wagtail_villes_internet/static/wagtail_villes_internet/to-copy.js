/* « Transmission » by hand: a button copies its field to the clipboard.

   Without script, or where the browser offers no clipboard (a page that is not on https), no
   button is shown, and the text is selected and copied by hand. */

(() => {
  const clipboard = navigator.clipboard;
  const said = document.querySelector("[data-vi-said]");
  if (!clipboard || !said) {
    return;
  }

  /* As formatted text as well, for the tool's editor takes that where it has one. */
  const write = (text, markup) =>
    markup && window.ClipboardItem && clipboard.write
      ? clipboard.write([
          new ClipboardItem({
            "text/plain": new Blob([text], { type: "text/plain" }),
            "text/html": new Blob([markup], { type: "text/html" }),
          }),
        ])
      : clipboard.writeText(text);

  const copy = async (button) => {
    const value = document.getElementById(button.dataset.viCopy);
    said.textContent = ""; /* so that the same words are announced again */
    try {
      await write(value.textContent, value.dataset.viMarkup);
    } catch {
      said.textContent = said.dataset.viRefused;
      return;
    }
    const label = button.querySelector("[data-vi-done]");
    label.textContent = label.dataset.viDone;
    said.textContent = button.dataset.viCopied;
  };

  for (const button of document.querySelectorAll("[data-vi-copy]")) {
    button.addEventListener("click", () => copy(button));
    button.hidden = false;
  }
})();
