// The waiting display runs for days. A poll that fails says so, leaves what is shown, and htmx asks again by itself.
document.addEventListener("htmx:afterRequest", (event) => {
  document.getElementById("putus").hidden = Boolean(event.detail.successful);
});
