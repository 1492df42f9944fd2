"use strict";
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
