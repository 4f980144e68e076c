// Swagger's headings skip levels and its first part stands outside every landmark: put both right
// whenever it has drawn something.
"use strict";

const page = document.getElementById("swagger-ui");

function level(selector, number) {
  for (const heading of page.querySelectorAll(`${selector}:not([aria-level])`)) {
    heading.setAttribute("role", "heading");
    heading.setAttribute("aria-level", number);
  }
}

function mend() {
  level("h3.opblock-tag", 2);
  level("h4", 3);
  for (const part of page.querySelectorAll(".information-container:not([role])")) {
    part.setAttribute("role", "region");
    part.setAttribute("aria-label", document.title);
  }
}

new MutationObserver(mend).observe(page, { childList: true, subtree: true });
