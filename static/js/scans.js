"use strict";
/* Scans that come faster than pages. Comfort only: without this file each scan is a form that is sent by itself.

   A scan is sent beside the page, whose box stays where it is, so that no key is lost. What is scanned meanwhile waits
   its turn in the order it came, also in the window's own store should the page go away. Whatever is not plainly done
   stops the row, and shows what still waits. What waits belongs to the member it was scanned for: the page of another
   member shows it and does not send it. */

(() => {
  const ON_ITS_WAY = 1000; // milliseconds after a refusal in which a scan was on its way, and was no answer to it
  const KEPT_OUTCOMES = 10;
  let isUnderWay = false;
  let isUnanswered = false;
  let stoppedAt = -ON_ITS_WAY;
  let shownPath = location.pathname;

  const first = (selector) => document.querySelector(selector);
  const boxOf = (page) => page.querySelector("form[method=post] [data-scan]");
  const pathOf = (form, address = location.href) => new URL(form.getAttribute("action") || "", address).pathname;
  const store = () => `scans that wait for ${pathOf(boxOf(document).form)}`;
  const memberOf = (page) => boxOf(page).form.elements.member?.value || "";
  const stored = () => JSON.parse(sessionStorage.getItem(store()) || "[]"); // each {member, scan}; "" is nobody yet
  const isOurs = ({ member }) => !member || member === memberOf(document);
  const waiting = () => stored().filter(isOurs).map(({ scan }) => scan);
  const elsewhere = () => stored().filter((each) => !isOurs(each));
  const tell = (sound) => document.dispatchEvent(new CustomEvent("library:outcome", { detail: sound }));

  // What is left in the box from before gives way to the next scan.
  const enter = (hasBegun) => {
    const box = boxOf(document);
    box.focus();
    if (!hasBegun) box.select();
  };

  const keep = (scans, others = elsewhere()) => {
    const all = [...others, ...scans.map((scan) => ({ member: memberOf(document), scan }))];
    if (all.length) sessionStorage.setItem(store(), JSON.stringify(all));
    else sessionStorage.removeItem(store());
  };

  const sectionOf = (template, scans) => {
    const section = first(`template[${template}]`).content.firstElementChild.cloneNode(true);
    for (const scan of scans) {
      const item = document.createElement("li");
      item.textContent = scan;
      section.querySelector("ol").append(item);
    }
    return section;
  };

  const showElsewhere = () => {
    const form = boxOf(document).form;
    const others = elsewhere();
    for (const member of new Set(others.map((each) => each.member))) {
      const theirs = others.filter((each) => each.member === member);
      const section = sectionOf("data-waiting-elsewhere", theirs.map(({ scan }) => scan));
      section.querySelector("[data-go-back]").href = `${pathOf(form)}?member=${encodeURIComponent(member)}`;
      section.querySelector("[data-leave-out]").dataset.leaveOut = member;
      form.after(section);
    }
  };

  const show = () => {
    for (const old of document.querySelectorAll("section[data-waiting], section[data-waiting-elsewhere]")) old.remove();
    showElsewhere();
    const scans = waiting();
    if (!scans.length) return;
    const section = sectionOf("data-waiting", scans);
    section.querySelector("[data-unanswered]").hidden = !isUnanswered;
    section.querySelector("[data-choices]").hidden = isUnderWay;
    boxOf(document).form.after(section);
  };

  const stop = () => {
    isUnderWay = false;
    stoppedAt = performance.now();
    show();
  };

  // The page that came as an answer takes the place of this one.
  const turnTo = (page, answer) => {
    const path = new URL(answer.url).pathname;
    if (path !== location.pathname) history.pushState(null, "", answer.url);
    else if (answer.redirected) history.replaceState(null, "", answer.url);
    shownPath = path;
    document.title = page.title;
    document.body.replaceWith(document.adoptNode(page.body));
    window.scrollTo(0, 0);
  };

  const append = (outcomes) => {
    if (!outcomes.length) return;
    let holder = first(".outcomes");
    if (!holder) {
      holder = document.createElement("div");
      holder.className = "outcomes";
      first("main .frame > :last-child").prepend(holder);
    }
    holder.append(...outcomes);
  };

  // To sign in again, or a page about a fault. What the site itself has kept to be sent later leads on to elsewhere.
  const turnAway = (page, answer, path, scan) => {
    const leadsTo = new URL(answer.url).searchParams.get("next");
    if (!leadsTo || leadsTo.startsWith(path)) keep([scan, ...waiting()]);
    turnTo(page, answer);
    tell("error");
  };

  const ask = async (form, scan) => {
    const fields = new URLSearchParams(new FormData(form));
    fields.set("scan", scan);
    const answer = await fetch(form.action, { method: "POST", body: fields });
    if (answer.status >= 500) throw new Error(answer.statusText);
    return { answer, page: new DOMParser().parseFromString(await answer.text(), "text/html") };
  };

  const send = async (form, scan, { isNext = false, isAnswer = false } = {}) => {
    isUnderWay = true;
    isUnanswered = false;
    const path = pathOf(form);
    const outcomes = isNext ? [...document.querySelectorAll(".outcome")].slice(0, KEPT_OUTCOMES) : [];
    for (const outcome of outcomes) {
      outcome.removeAttribute("role");
      delete outcome.dataset.sound;
    }
    if (!isNext) first(".outcomes")?.remove();
    show();
    let came;
    try {
      came = await ask(form, scan);
    } catch {
      keep([scan, ...waiting()]); // sent again with the same key it counts once
      isUnanswered = true;
      stop();
      tell("error");
      return;
    }
    const { answer, page } = came;
    const box = boxOf(page);
    if (!box || pathOf(box.form, answer.url) !== path) {
      turnAway(page, answer, path, scan);
      return;
    }
    const typed = boxOf(document).value;
    const [row, others] = [waiting(), elsewhere()];
    turnTo(page, answer);
    keep(row, others); // after a card the row is that member's
    show();
    if (typed) boxOf(document).value = typed;
    append(outcomes);
    tell();
    const isDone = answer.redirected && !first("[data-sound=error]");
    if (isDone && waiting().length) {
      next(typed);
      return;
    }
    isUnderWay = false;
    if (!isDone) stop();
    const summary = first(".errors");
    if (isAnswer && summary && !typed) summary.focus();
    else enter(typed);
  };

  const next = (hasBegun = true) => {
    const [scan, ...rest] = waiting();
    keep(rest);
    enter(hasBegun);
    send(boxOf(document).form, scan, { isNext: true });
  };

  const take = (form) => {
    const field = form.elements.scan;
    const scan = field.value;
    if (!field.matches("[data-scan]")) {
      if (!isUnderWay) send(form, scan, { isAnswer: true });
      return;
    }
    field.value = "";
    const hasToWait = isUnderWay || waiting().length || performance.now() - stoppedAt < ON_ITS_WAY;
    if (!hasToWait) send(form, scan);
    else if (scan.trim()) {
      keep([...waiting(), scan]);
      show();
      if (!isUnderWay) tell("error");
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const box = boxOf(document);
    if (form.method !== "post") return;
    if (box && form.elements.scan && pathOf(form) === pathOf(box.form)) {
      event.preventDefault();
      take(form);
    } else if (pathOf(form).endsWith("/logout/")) sessionStorage.clear();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-go-on]")) next();
    const leaveOut = event.target.closest("[data-leave-out]");
    if (leaveOut) {
      const member = leaveOut.dataset.leaveOut;
      if (member) keep(waiting(), elsewhere().filter((each) => each.member !== member));
      else keep([]);
      show();
      enter(true);
    }
  });

  window.addEventListener("popstate", () => {
    if (location.pathname !== shownPath) location.reload();
  });

  if (boxOf(document)) {
    show();
    if (document.activeElement === document.body) enter(false); // a scanner waits for no picture
  }
})();
