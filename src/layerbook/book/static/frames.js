// Shows the figures of a .lb-frames group one at a time. Nothing moves by itself.
"use strict";

(() => {
  const button = (text, label) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.setAttribute("aria-label", label);
    return made;
  };

  const enhance = (group, number) => {
    const figures = [...group.querySelectorAll(":scope > figure")];
    const last = figures.length - 1;
    const controls = document.createElement("div");
    controls.className = "lb-frames-controls";

    const previous = button("\u2190", "Previous frame");
    const next = button("\u2192", "Next frame");
    const label = document.createElement("label");
    const slider = document.createElement("input");
    const status = document.createElement("output");
    slider.type = "range";
    slider.min = "1";
    slider.max = String(figures.length);
    slider.step = "1";
    slider.value = "1";
    slider.autocomplete = "off";
    slider.id = `lb-frames-${number}`;
    label.htmlFor = slider.id;
    label.textContent = "Frame";
    status.setAttribute("aria-live", "polite");
    status.htmlFor = slider.id;
    controls.append(label, previous, slider, next, status);

    let current = 0;
    const show = (wanted) => {
      current = Math.max(0, Math.min(last, wanted));
      figures.forEach((figure, at) => figure.classList.toggle("lb-current", at === current));
      const text = `frame ${current + 1} of ${figures.length}`;
      slider.value = String(current + 1);
      slider.setAttribute("aria-valuetext", text);
      status.textContent = text;
      // A disabled button would lose the focus of a keyboard user, so the ends are announced instead.
      previous.setAttribute("aria-disabled", String(current === 0));
      next.setAttribute("aria-disabled", String(current === last));
    };

    previous.addEventListener("click", () => show(current - 1));
    next.addEventListener("click", () => show(current + 1));
    slider.addEventListener("input", () => show(Number(slider.value) - 1));
    group.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (event.target === slider || step === undefined) return; // the slider knows its own keys
      event.preventDefault();
      event.stopPropagation();
      show(current + step);
    });

    group.append(controls);
    group.classList.add("lb-ready");
    show(0);
  };

  document.querySelectorAll(".lb-frames").forEach(enhance);
})();
