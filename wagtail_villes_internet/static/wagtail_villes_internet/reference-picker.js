/* The reference services of a service: a search over the check boxes, what is chosen on top with a
   way to take it out, and what the title calls to mind (`title-echoes.js` sends that).

   The check boxes are what is saved: without this script they are all there, folded by theme. */

(() => {
  const COMBINING = /[\u0300-\u036f]/g;
  const plain = (text) =>
    text
      .toLowerCase()
      .replace(/œ/g, "oe")
      .normalize("NFD")
      .replace(COMBINING, "")
      .replace(/[^a-z0-9]+/g, " ")
      .trim();

  /* « Wi-Fi » is found by « wifi » as well, and « l'école » by « lecole ». */
  const HYPHEN = /(?<=\p{L})['’‐‑-](?=\p{L})/gu;
  const written = (text) => [plain(text), plain(text.replace(HYPHEN, ""))];
  const typed = (text) => {
    const ways = [...written(text), plain(text).replaceAll(" ", "")];
    return ways.map((way) => way.split(" ").filter(Boolean));
  };

  const say = (node, count) => {
    const { viNone, viOne, viMany } = node.dataset;
    const words = count === 0 ? viNone : count === 1 ? viOne : viMany;
    node.textContent = words.replace("%n", count);
  };

  const item = (holder, label, theme) => {
    const made = holder.querySelector("[data-vi-item]").content.firstElementChild.cloneNode(true);
    made.querySelector("[data-vi-label]").textContent = label;
    made.querySelector("[data-vi-theme]").textContent = theme;
    return made;
  };

  class Picker {
    constructor(root) {
      this.root = root;
      this.search = root.querySelector("[data-vi-search] input");
      this.found = root.querySelector("[data-vi-found]");
      this.chosen = root.querySelector("[data-vi-chosen]");
      this.proposals = root.querySelector("[data-vi-proposals]");
      this.folds = [...root.querySelectorAll("details")].map((fold) => this.read(fold));
      this.options = this.folds.flatMap((fold) => fold.options);
      this.searching = false;

      root.querySelector("[data-vi-search]").hidden = false;
      this.search.addEventListener("input", () => this.filter());
      this.search.addEventListener("keydown", (event) => this.onKey(event));
      root.addEventListener("keydown", (event) => this.onBoxKey(event));
      root.addEventListener("change", (event) => this.onChange(event));
      root.addEventListener("vi:proposals", (event) => this.propose(event.detail));
      this.drawChosen();
    }

    read(fold) {
      const heading = fold.querySelector("[data-vi-heading]").textContent.trim();
      const options = [...fold.querySelectorAll("[data-vi-option]")].map((row) => {
        const label = row.textContent.trim();
        const box = row.querySelector("input");
        const text = `${label} ${heading} ${row.dataset.viWords || ""}`;
        return { row, box, label, heading, words: ` ${written(text).join(" ")}` };
      });
      return { fold, options, ticked: fold.querySelector("[data-vi-ticked]") };
    }

    option(value) {
      return this.options.find(({ box }) => box.value === String(value));
    }

    /* Every word typed begins a word of the label, of its theme or of its axis, or one that means
       the same. */
    filter() {
      const ways = typed(this.search.value);
      const active = ways[0].length > 0;
      let count = 0;
      for (const entry of this.folds) {
        if (active && !this.searching) {
          entry.wasOpen = entry.fold.open;
        }
        let here = 0;
        for (const { row, words } of entry.options) {
          row.hidden = !ways.some((way) => way.every((word) => words.includes(` ${word}`)));
          here += row.hidden ? 0 : 1;
        }
        entry.fold.hidden = here === 0;
        if (active) {
          entry.fold.open = here > 0;
        } else if (this.searching) {
          entry.fold.open = entry.wasOpen || entry.options.some(({ box }) => box.checked);
        }
        count += here;
      }
      this.searching = active;
      if (active) {
        say(this.found, count);
        const first = this.options.find(({ row }) => !row.hidden);
        /* Not under the bar of buttons, which the style sheet keeps clear; once what was typed is
           drawn, which scrolls to the field. */
        window.requestAnimationFrame(() => first?.row.scrollIntoView({ block: "nearest" }));
      } else {
        this.found.textContent = "";
      }
    }

    onKey(event) {
      if (event.key === "Enter") {
        event.preventDefault(); /* it would save the whole form */
      } else if (event.key === "Escape" && this.search.value) {
        event.preventDefault();
        this.clear();
      } else if (event.key === "ArrowDown") {
        const first = this.options.find(({ row, box }) => !row.hidden && !box.disabled);
        if (this.searching && first) {
          event.preventDefault();
          first.box.focus();
        }
      }
    }

    clear() {
      this.search.value = "";
      this.filter();
    }

    /* From a box that the search found, back to the search. */
    onBoxKey(event) {
      if (event.key === "Escape" && this.searching && event.target.type === "checkbox") {
        event.preventDefault();
        this.clear();
        this.search.focus();
      }
    }

    /* What the server found missing no longer is. */
    forgetError() {
      const field = this.root.closest(".w-field");
      field?.classList.remove("w-field--error");
      field?.querySelector("[data-field-errors]")?.replaceChildren();
    }

    onChange({ target }) {
      if (target.type !== "checkbox") {
        return;
      }
      if (target.checked) {
        this.forgetError();
      }
      if (this.proposals.contains(target)) {
        const option = this.option(target.value);
        if (option) {
          option.box.checked = target.checked;
        }
      } else {
        this.mirror(target);
      }
      this.drawChosen();
    }

    /* A proposal shows what its own box says. */
    mirror({ value, checked }) {
      for (const box of this.proposals.querySelectorAll("input")) {
        if (box.value === value) {
          box.checked = checked;
        }
      }
    }

    drawChosen() {
      const ticked = this.options.filter(({ box }) => box.checked);
      this.chosen.hidden = ticked.length === 0;
      this.chosen.querySelector("[data-vi-list]").replaceChildren(
        ...ticked.map(({ box, label, heading }) => {
          const line = item(this.chosen, label, heading);
          const button = line.querySelector("[data-vi-remove]");
          button.setAttribute("aria-label", button.dataset.viRemove.replace("%label", () => label));
          button.disabled = box.disabled;
          button.addEventListener("click", () => this.remove(box));
          return line;
        }),
      );
      for (const entry of this.folds) {
        say(entry.ticked, entry.options.filter(({ box }) => box.checked).length);
      }
    }

    remove(box) {
      const position = this.options
        .filter((option) => option.box.checked)
        .findIndex((option) => option.box === box);
      box.checked = false;
      /* Wagtail notes what has changed by this event, and so does `onChange`. */
      box.dispatchEvent(new Event("change", { bubbles: true }));
      const buttons = this.chosen.querySelectorAll("[data-vi-remove]");
      (buttons[Math.min(position, buttons.length - 1)] || this.search).focus();
    }

    /* One that is ticked already is not proposed, unless it was ticked here. */
    propose(rows) {
      const ticked = new Set(
        [...this.proposals.querySelectorAll("input:checked")].map((box) => box.value),
      );
      const shown = rows.filter(({ pk }) => {
        const option = this.option(pk);
        return option && (!option.box.checked || ticked.has(String(pk)));
      });
      this.proposals.hidden = shown.length === 0;
      this.proposals.querySelector("[data-vi-list]").replaceChildren(
        ...shown.map(({ pk, label, theme }) => {
          const line = item(this.proposals, label, theme);
          const box = line.querySelector("input");
          box.value = pk;
          box.checked = ticked.has(String(pk));
          return line;
        }),
      );
    }
  }

  const start = () => {
    for (const root of document.querySelectorAll("[data-vi-picker]")) {
      new Picker(root);
    }
  };

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
