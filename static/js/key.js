// Joins the buttons for security keys and passkeys to what talks to them, and says so when no key has answered.

for (const button of document.querySelectorAll("[data-key-form]")) {
  const ids = JSON.parse(button.dataset.keyIds);
  window.allauth.webauthn.forms[button.dataset.keyForm]({ ids });
}
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("kunci-gagal").hidden = false;
});
