/* The texts of the yearly dossier: how long they are; and before they are posted, whether somebody
   is still logged in, so that no text is lost to the log-in screen. Stores nothing. */
(() => {
  const form = document.querySelector("[data-vi-texts]");
  if (!form) return;

  for (const told of form.querySelectorAll("[data-vi-count]")) {
    const field = document.getElementById(told.dataset.viCount);
    const most = told.textContent;
    const count = () => {
      const length = [...field.value].length.toLocaleString(document.documentElement.lang || "fr");
      told.textContent = `${told.dataset.viWords} ${length}. ${most}`;
    };
    field.addEventListener("input", count);
    count();
  }

  /* The token to post with: that of whoever is logged in now; empty for nobody. */
  const freshToken = async () => {
    const answer = await fetch(window.location.href, { redirect: "manual", cache: "no-store" });
    if (!answer.ok) return "";
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("[data-vi-texts] [name=csrfmiddlewaretoken]");
    return token ? token.value : "";
  };

  const expired = form.querySelector("[data-vi-expired]");
  let isSure = false;
  form.addEventListener(
    "submit",
    async (event) => {
      if (isSure) return;
      event.preventDefault();
      /* Wagtail holds what is submitted to be saved: not yet. */
      event.stopImmediatePropagation();
      const token = await freshToken().catch(() => "");
      expired.hidden = Boolean(token);
      if (!token) return;
      form.querySelector("[name=csrfmiddlewaretoken]").value = token;
      isSure = true;
      form.requestSubmit();
    },
    true,
  );
})();
