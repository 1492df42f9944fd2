"use strict";
/* The scan queue without waiting. Comfort only: without this file each scan is a form that is sent by itself.

   A scan is kept in the browser's own store until the library's computer has answered it, each under a key of its own,
   so that sent again it counts once: also after the network, the page or the browser went away. */

(() => {
  const AGAIN = 3000; // milliseconds until what got no answer is sent again
  const LOOK_SOON = 300, LOOK_WHILE_WAITING = 1500, LOOK_LATER = 6000; // milliseconds until the page looks for news
  const NOBODY_HERE = 300_000; // milliseconds without a key: then the page asks no more, lest nobody is ever signed out

  const store = window.localStorage; // refused in some browsers: then the forms work as without this file
  const byId = (id) => document.getElementById(id);
  const form = byId("scan-form");
  const box = form.elements.scan;
  const prefix = `scan of ${form.dataset.owner} `;
  let isSending = false;
  let resend;

  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (each) => each.toString(16).padStart(2, "0")).join("");
  const unsent = () => Object.keys(store).filter((name) => name.startsWith(prefix)).sort();
  const showUnsent = (why) => {
    const names = unsent();
    byId("unsent").hidden = !why && !names.length;
    for (const each of byId("unsent").querySelectorAll("[data-why]")) each.hidden = each.dataset.why !== (why || "away");
    byId("unsent").querySelector("ol").replaceChildren(...names.map((name) => {
      const item = document.createElement("li");
      item.textContent = store.getItem(name);
      return item;
    }));
  };

  const tell = ({ level, sound, text, fill = {} }) => {
    const outcome = byId(`told-${level}`).content.firstElementChild.cloneNode(true);
    outcome.querySelector("p").textContent = text;
    byId("told").replaceChildren(outcome);
    document.dispatchEvent(new CustomEvent("library:outcome", { detail: sound }));
    for (const [name, value] of Object.entries(fill)) {
      const field = byId(`hand_${name}`);
      if (!field.value) field.value = value;
    }
  };

  // The answer in words; null where the library did not take it, for a reason that may be over a moment later.
  const post = async (address, fields) => {
    const answer = await fetch(address, { method: "POST", body: fields, headers: { Accept: "application/json" }, redirect: "manual" });
    if (answer.type === "opaqueredirect" || answer.status === 403) throw new Error("signed-out");
    if (answer.status >= 500 || answer.status === 429) throw new Error("away");
    if (!(answer.headers.get("Content-Type") || "").startsWith("application/json")) throw new Error("signed-out");
    return answer.json();
  };

  const fieldsOf = (aForm, more) => {
    const fields = new URLSearchParams(new FormData(aForm));
    for (const [name, value] of Object.entries(more)) fields.set(name, value);
    return fields;
  };

  const send = async () => {
    if (isSending) return;
    isSending = true;
    window.clearTimeout(resend);
    let why = "";
    for (let name = unsent()[0]; name && !why; name = unsent()[0]) {
      const more = { scan: store.getItem(name) || "", key: name.split(" ").pop() };
      try {
        tell(await post(form.action, fieldsOf(form, more)));
        store.removeItem(name);
      } catch (error) {
        why = error.message === "signed-out" ? "signed-out" : "away";
      }
    }
    isSending = false;
    showUnsent(why);
    if (why) document.dispatchEvent(new CustomEvent("library:outcome", { detail: "error" }));
    if (why === "away") resend = window.setTimeout(send, AGAIN);
    look(LOOK_SOON);
  };

  let last = 0;
  const take = (text) => {
    if (!text.trim()) return;
    last = Math.max(Date.now(), last + 1);
    store.setItem(`${prefix}${last} ${newKey()}`, text.trim().slice(0, 2000));
    if (resend) showUnsent("away");
    send();
  };

  // What is new on the page: lines come, change and go one by one; what somebody is typing into stays.
  let seen = "";
  let timer;
  let active = Date.now();
  let shown = new Map();
  let attention = null;

  const element = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html.trim();
    return template.content.firstElementChild;
  };
  const isTypedInto = (node) => node && [...node.querySelectorAll("input")].some((each) => each.value !== each.defaultValue);
  const put = (news) => {
    const list = byId("lines");
    const focused = document.activeElement?.id;
    const wanted = new Map(news.lines.map(({ id, html }) => [id, html]));
    for (const old of [...list.children]) if (!wanted.has(old.id)) old.remove();
    let place = list.firstElementChild;
    for (const [id, html] of wanted) {
      let line = byId(id);
      if (!line) {
        line = element(html);
        list.insertBefore(line, place);
      } else {
        if (place === line) place = line.nextElementSibling;
        if (shown.get(id) !== html && !isTypedInto(line)) {
          const next = element(html);
          line.replaceWith(next);
        } else if (shown.get(id) !== html) wanted.set(id, shown.get(id)); // later
      }
    }
    shown = wanted;
    for (const [name, html] of Object.entries(news.parts)) if (byId(`scan-${name}`).innerHTML !== html) byId(`scan-${name}`).innerHTML = html;
    if (focused && document.activeElement === document.body) (byId(focused) || box).focus();
    const needed = news.counts.missing + news.counts.doubtful;
    if (attention !== null && needed > attention) document.dispatchEvent(new CustomEvent("library:outcome", { detail: "attention" }));
    attention = needed;
  };

  const lookNow = async () => {
    let waits = false;
    try {
      const address = new URL(form.dataset.queue, location.href);
      address.search = location.search;
      address.searchParams.set("seen", seen);
      const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "manual" });
      if (answer.ok) {
        const news = await answer.json();
        if (news.lines) put(news);
        waits = news.waits ?? lastWaits;
        lastWaits = waits;
        seen = news.seen;
      }
    } catch {
      // the next look may be luckier
    }
    look(waits ? LOOK_WHILE_WAITING : LOOK_LATER);
  };
  let lastWaits = false;
  const look = (pause) => {
    window.clearTimeout(timer);
    const isLeft = document.hidden || Date.now() - active > NOBODY_HERE;
    if (!isLeft) timer = window.setTimeout(lookNow, pause);
    isAsleep = isLeft;
  };
  let isAsleep = false;
  const wakeUp = () => {
    active = Date.now();
    if (isAsleep && !document.hidden) look(LOOK_SOON);
  };
  for (const kind of ["keydown", "pointerdown", "visibilitychange"]) document.addEventListener(kind, wakeUp);

  // Buttons and numbers of the lines, and the choices, are sent beside the page too.
  const beside = async (aForm, address, more) => {
    try {
      tell(await post(address, fieldsOf(aForm, { ...more, key: newKey() })));
    } catch (error) {
      showUnsent(error.message === "signed-out" ? "signed-out" : "away");
      document.dispatchEvent(new CustomEvent("library:outcome", { detail: "error" }));
    }
    for (const input of document.querySelectorAll(".counts input")) input.defaultValue = input.value;
    seen = "";
    look(0);
  };

  document.addEventListener("submit", (event) => {
    const sent = event.target;
    if (sent === form) {
      event.preventDefault();
      take(box.value);
      box.value = "";
      box.focus();
    } else if (sent.id === "lines-form") {
      event.preventDefault();
      beside(sent, sent.action, { do: event.submitter?.value || "copies" });
    }
  });
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.matches(".counts input")) beside(byId("lines-form"), byId("lines-form").action, { do: "copies" });
    if (field.form?.id === "choices") {
      const button = field.form.querySelector("[formaction]");
      beside(field.form, button.formAction, {});
    }
    if (field.matches("#photo-form [type=file]") && field.value) field.form.requestSubmit();
  });
  document.addEventListener("library:scanned", (event) => take(event.detail));
  document.addEventListener("library:no-camera", () => showUnsent("no-camera"));
  window.addEventListener("online", send);

  for (const line of byId("lines").children) shown.set(line.id, "");
  byId("keep-copies").hidden = true;
  if (unsent().length) send();
  else look(LOOK_WHILE_WAITING);
})();

/* Scanning with the camera, where the browser itself can read barcodes. Elsewhere its button does not show. */

(() => {
  const BETWEEN = 150; // milliseconds between two looks
  const GONE = 1500; // milliseconds out of sight after which the same barcode is another book
  const FORMATS = ["ean_13"];

  const button = document.getElementById("camera-button");
  const place = document.getElementById("camera");
  const video = place.querySelector("video");
  const inSight = new Map(); // barcode -> when it was seen last
  let stream;

  const scanned = (code) => {
    const now = performance.now();
    const isNew = !(now - inSight.get(code) < GONE);
    inSight.set(code, now);
    if (isNew) document.dispatchEvent(new CustomEvent("library:scanned", { detail: code }));
  };

  const watch = async (detector) => {
    if (!stream) return;
    try {
      for (const { rawValue } of await detector.detect(video)) if (/^97[89]\d{10}$/.test(rawValue)) scanned(rawValue);
    } catch {
      // no picture yet
    }
    window.setTimeout(watch, BETWEEN, detector);
  };

  const stop = () => {
    for (const track of stream?.getTracks() || []) track.stop();
    stream = undefined;
    place.hidden = true;
    button.setAttribute("aria-pressed", "false");
  };

  const start = async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      document.dispatchEvent(new CustomEvent("library:no-camera"));
      return;
    }
    video.srcObject = stream;
    place.hidden = false;
    button.setAttribute("aria-pressed", "true");
    await video.play();
    watch(new BarcodeDetector({ formats: FORMATS }));
  };

  const offer = async () => {
    if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return;
    const known = await BarcodeDetector.getSupportedFormats();
    if (!known.includes(FORMATS[0])) return;
    button.hidden = false;
    button.addEventListener("click", () => (stream ? stop() : start()));
    window.addEventListener("pagehide", stop);
  };
  offer();
})();
