/* As the title of a service is typed: which reference services it calls to mind, and which services
   look like it. Asked of our own address, once the typing rests; without it, the form works the
   same, and says both once it is saved. */

(() => {
  const REST = 400; /* milliseconds */

  const drawLikes = (place, rows) => {
    const template = place.querySelector("[data-vi-item]").content.firstElementChild;
    place.querySelector("[data-vi-list]").replaceChildren(
      ...rows.map(({ title, why, edit_url: address }) => {
        const line = template.cloneNode(true);
        const link = line.querySelector("a");
        link.textContent = title;
        link.href = address;
        line.querySelector("[data-vi-why]").textContent = why;
        return line;
      }),
    );
    place.querySelector("[data-vi-shown]").hidden = rows.length === 0;
  };

  const start = () => {
    const place = document.querySelector("[data-vi-echoes]");
    const title = place?.closest("form")?.elements.title;
    if (!title) {
      return;
    }
    const address = place.closest("form").elements.url;
    const picker = document.querySelector("[data-vi-picker]");
    let timer;
    let asked;

    const ask = async () => {
      asked?.abort();
      asked = new AbortController();
      const query = new URLSearchParams({
        title: title.value,
        url: address?.value || "",
        service: place.dataset.viService,
      });
      try {
        const answer = await fetch(`${place.dataset.viEchoes}?${query}`, {
          headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
          signal: asked.signal,
        });
        if (!answer.ok) {
          return;
        }
        const { suggestions, likes } = await answer.json();
        picker?.dispatchEvent(new CustomEvent("vi:proposals", { detail: suggestions }));
        drawLikes(place, likes);
      } catch {
        /* Left for a newer question, or no network: what is shown stays. */
      }
    };

    for (const field of [title, address]) {
      field?.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(ask, REST);
      });
    }
  };

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
