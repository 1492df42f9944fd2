"use strict";
/* Passkeys and security keys: asks the browser for one and sends its answer. Without this file a code does the same. */

(() => {
  const bytes = (text) => Uint8Array.from(
    window.atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => window.btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const keys = (list) => (list || []).map((key) => ({...key, id: bytes(key.id)}));

  const ask = {
    create: (options) => navigator.credentials.create({publicKey: {
      ...options, challenge: bytes(options.challenge), user: {...options.user, id: bytes(options.user.id)},
      excludeCredentials: keys(options.excludeCredentials),
    }}),
    get: (options) => navigator.credentials.get({publicKey: {
      ...options, challenge: bytes(options.challenge), allowCredentials: keys(options.allowCredentials),
    }}),
  };

  // As JSON has it: what is bytes becomes text.
  const said = (key) => {
    const response = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (key.response[part]) response[part] = text(key.response[part]);
    }
    return {
      id: key.id, rawId: text(key.rawId), type: key.type, response,
      clientExtensionResults: key.getClientExtensionResults(),
    };
  };

  for (const form of document.querySelectorAll("[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    form.hidden = false;
    const problem = form.querySelector("[data-problem]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      problem.hidden = true;
      try {
        const options = JSON.parse(form.dataset.options).publicKey;
        form.elements.credential.value = JSON.stringify(said(await ask[form.dataset.passkey](options)));
        form.submit();
      } catch {
        problem.hidden = false;
      }
    });
  }
})();
