"use strict";
/* Comfort only: every page works without this file. */

(() => {
  const first = (selector) => document.querySelector(selector);

  // The scan box keeps the focus, also when the page comes back from history.
  window.addEventListener("pageshow", (event) => {
    const box = first("[data-scan]");
    if (!box || (box.autofocus && !event.persisted)) return;
    box.focus();
    box.select();
  });

  // An error summary is read out first.
  const summary = first(".errors");
  if (summary) summary.focus();

  // A form is sent once; the server guards this too. One whose answer is a file stays to be used again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented || "download" in form.dataset) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    window.setTimeout(() => {
      for (const button of form.querySelectorAll("button:not([type=button])")) button.disabled = true;
    });
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.forms) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button[disabled]")) button.disabled = false;
    }
  });

  // Alt and a letter goes to a room of the desk.
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    const target = first(`[data-shortcut="${event.key.toLowerCase()}"]`);
    if (target) {
      event.preventDefault();
      target.click();
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  // A picture that did not come (the source was busy) is asked for again; the drawn cover stays until then.
  const askAgain = (picture) => {
    let left = 4;
    picture.addEventListener("error", () => {
      picture.hidden = true;
      if (left-- > 0) window.setTimeout(() => { picture.src = picture.src.split("?")[0] + `?again=${left}`; }, 1200);
    });
    picture.addEventListener("load", () => { picture.hidden = false; });
  };
  for (const picture of document.querySelectorAll("img[data-retry]")) askAgain(picture);

  // Sounds: one for well done, one for look here, one for refused.
  const notes = { success: [[880, 0, 0.09]], attention: [[660, 0, 0.1], [880, 0.13, 0.14]], error: [[220, 0, 0.18], [180, 0.22, 0.3]] };
  let context;
  const play = (sound) => {
    const mayPlay = navigator.userActivation ? navigator.userActivation.hasBeenActive : true;
    if (!notes[sound] || !mayPlay || !window.AudioContext) return;
    context ??= new AudioContext();
    for (const [pitch, start, length] of notes[sound]) {
      const tone = context.createOscillator();
      const volume = context.createGain();
      tone.frequency.value = pitch;
      tone.type = sound === "error" ? "square" : "sine";
      volume.gain.setValueAtTime(0.14, context.currentTime + start);
      volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + start + length);
      tone.connect(volume).connect(context.destination);
      tone.start(context.currentTime + start);
      tone.stop(context.currentTime + start + length);
    }
  };
  const playOutcome = () => play(first("[data-sound]")?.dataset.sound);
  playOutcome();
  document.addEventListener("library:outcome", (event) => (event.detail ? play(event.detail) : playOutcome()));
})();

/* Suggestions below a search box (ARIA's combobox with a list). Without this the box is a plain one. */
(() => {
  const PAUSE = 150;

  const enhance = (box) => {
    const list = document.createElement("ul");
    list.id = `${box.id}-suggestions`;
    list.className = "suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", box.dataset.suggestions);
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
      } catch (error) {
        if (error.name !== "AbortError") close();
      }
    };

    box.addEventListener("input", () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, PAUSE);
    });
    box.addEventListener("keydown", (event) => {
      if (event.isComposing || (list.hidden && event.key !== "ArrowDown")) return;
      if (list.hidden) ask();
      else if (event.key === "ArrowDown") choose(chosen + 1);
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
