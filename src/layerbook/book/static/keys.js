// For those who read by keyboard: arrow keys that turn the page, and buttons that keep the focus.
"use strict";

// The theme takes the focus from its buttons when they are pressed, so that their tooltips go. One that was reached
// by key keeps it: the next key may be for it again, and a menu that closes gives it back.
document.querySelectorAll(".theme-switch-button, .search-button, .sidebar-toggle").forEach((button) => {
  button.blur = () => {
    if (!button.matches(":focus-visible")) HTMLElement.prototype.blur.call(button);
  };
});

// The arrow keys lead to the previous and the next page, unless what they are pressed on has its own use for them.
(() => {
  const OWN_KEYS = "input, select, textarea, button, summary, dialog, [contenteditable], .lb-frames, .lb-quiz";
  let clicked = null; // a click lets an element scroll by key, though it gets no focus

  const scrolls = (element) => {
    if (!element || element === document.documentElement) return false;
    const wide = element.scrollWidth > element.clientWidth;
    if (wide && /auto|scroll/.test(getComputedStyle(element).overflowX)) return true;
    return scrolls(element.parentElement);
  };

  const isTaken = (element) => Boolean(element?.closest?.(OWN_KEYS)) || scrolls(element);

  document.addEventListener("pointerdown", (event) => (clicked = event.target));
  document.addEventListener("focusin", () => (clicked = null));
  document.addEventListener("keydown", (event) => {
    const direction = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    if (!direction || event.defaultPrevented) return;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const isWide = document.documentElement.scrollWidth > innerWidth; // as when it is magnified
    if (isWide || isTaken(event.target) || isTaken(clicked)) return;
    const link = document.querySelector(`link[rel="${direction}"]`);
    if (link) location.assign(link.href);
  });
})();
