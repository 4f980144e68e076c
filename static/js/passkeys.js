// The browser's own passkey dialogue, for the forms marked with data-passkey.
"use strict";

async function passkeyAnswer(form) {
  const options = JSON.parse(document.getElementById("passkey-options").textContent);
  if (form.dataset.passkey === "create") return window.webauthnJSON.create(options.creation_options);
  return window.webauthnJSON.get(options.request_options);
}

document.addEventListener("DOMContentLoaded", () => {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.querySelector("button[type=submit]").hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const failed = form.querySelector("[data-passkey-failed]");
      failed.hidden = true;
      try {
        form.elements.credential.value = JSON.stringify(await passkeyAnswer(form));
      } catch {
        failed.hidden = false;
        return;
      }
      form.submit();
    });
  }
});
