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

  // A form is sent once; the server guards this too.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
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
