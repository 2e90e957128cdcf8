// What a page asks for by itself must never disturb the person: not while they choose, nor with a page that is not it.
const asksItself = (element) => element.matches("[hx-trigger*=every], [hx-trigger*=input]");

// Tickets are ticked, a panel is open, a field is in use, or nobody looks: the list is drawn anew a minute later.
const isBusy = () =>
  document.hidden ||
  document.querySelector("#antrean :is(tbody input:checked, details[open])") !== null ||
  document.activeElement.matches("#antrean :is(input:not([type=checkbox]), select)");

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === "segarkan" && isBusy()) event.preventDefault();
});

// After the session has ended the answer is the sign-in page: what stands on the page is left alone.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, xhr } = event.detail;
  const elsewhere = new URL(xhr.responseURL).pathname !== new URL(requestConfig.path, location.href).pathname;
  if (asksItself(requestConfig.elt) && elsewhere) event.detail.shouldSwap = false;
});
