"use strict";
/* Suggestions below a search box (ARIA's combobox with a list). Without this file the box is a plain one. */

(() => {
  const PAUSE = 150;

  const enhance = (box) => {
    const list = document.createElement("ul");
    list.id = `${box.id}-suggestions`;
    list.className = "suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", box.labels[0] ? box.labels[0].textContent : "");
    list.hidden = true;
    box.after(list);
    const role = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
    for (const [name, value] of Object.entries(role)) box.setAttribute(name, value);
    let timer;
    let asking;
    let chosen = -1;

    const close = () => {
      list.hidden = true;
      chosen = -1;
      box.setAttribute("aria-expanded", "false");
      box.removeAttribute("aria-activedescendant");
    };
    const choose = (place) => {
      const options = [...list.children];
      chosen = place < -1 ? options.length - 1 : place >= options.length ? -1 : place;
      options.forEach((option, n) => option.setAttribute("aria-selected", String(n === chosen)));
      if (chosen < 0) box.removeAttribute("aria-activedescendant");
      else {
        box.setAttribute("aria-activedescendant", options[chosen].id);
        options[chosen].scrollIntoView({ block: "nearest" });
      }
    };
    const option = (found, n) => {
      const row = document.createElement("li");
      row.id = `${list.id}-${n}`;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", "false");
      row.dataset.url = found.url;
      const text = document.createElement("span");
      text.textContent = found.text;
      const kind = document.createElement("span");
      kind.className = "small muted";
      kind.textContent = found.label;
      row.append(text, " ", kind);
      return row;
    };
    const show = (found) => {
      list.replaceChildren(...found.map(option));
      chosen = -1;
      box.removeAttribute("aria-activedescendant");
      list.hidden = !found.length;
      box.setAttribute("aria-expanded", String(!list.hidden));
    };
    const ask = async () => {
      if (asking) asking.abort();
      const text = box.value.trim();
      if (text.length < 2) return close();
      asking = new AbortController();
      try {
        const address = `${box.dataset.suggest}?q=${encodeURIComponent(text)}`;
        const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "application/json" } });
        if (answer.ok && document.activeElement === box) show((await answer.json()).suggestions);
      } catch {
        close();
      }
    };

    box.addEventListener("input", () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, PAUSE);
    });
    box.addEventListener("keydown", (event) => {
      if (list.hidden || event.isComposing) return;
      if (event.key === "ArrowDown") choose(chosen + 1);
      else if (event.key === "ArrowUp") choose(chosen - 1);
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && chosen >= 0) window.location.assign(list.children[chosen].dataset.url);
      else return;
      event.preventDefault();
    });
    box.addEventListener("blur", () => {
      window.clearTimeout(timer);
      close();
    });
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
    list.addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) window.location.assign(row.dataset.url);
    });
  };

  for (const box of document.querySelectorAll("[data-suggest]")) enhance(box);
})();
