// Small comforts on top of pages that work without them.
"use strict";

// After a form came back with errors, readers are taken to the list of them.
function focusErrors(root) {
  const summary = root.querySelector("[data-focus]");
  if (summary) summary.focus();
}

// Menus made of <details> close on Escape and on a click elsewhere.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.menu[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// Filters stand open beside the list on a wide screen, and fold on a small one.
const wide = window.matchMedia("(min-width: 62rem)");
function foldFilters() {
  for (const part of document.querySelectorAll("details.filters")) part.open = wide.matches;
}
wide.addEventListener("change", foldFilters);

// On a small screen the tabs scroll sideways: the current one should be in view.
function showCurrentTab() {
  for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
    const strip = tab.closest(".tabs");
    strip.scrollLeft = tab.offsetLeft - strip.offsetLeft - (strip.clientWidth - tab.offsetWidth) / 2;
  }
}

document.addEventListener("DOMContentLoaded", () => {
  showCurrentTab();
  foldFilters();
  focusErrors(document);
});
document.addEventListener("htmx:afterSwap", (event) => focusErrors(event.target));
