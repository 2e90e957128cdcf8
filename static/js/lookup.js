// The agent's search box: arrows go through what was found, Enter in the box takes the first of it.
const box = document.querySelector(".bigfind input");
const found = document.getElementById("temuan");
const choices = () => [...found.querySelectorAll("button")];

function step(event, by) {
  const all = [box, ...choices()];
  const at = all.indexOf(document.activeElement);
  if (at < 0 || !all[at + by]) return;
  event.preventDefault();
  all[at + by].focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") step(event, 1);
  if (event.key === "ArrowUp") step(event, -1);
});

// What was typed after the list was drawn is looked for first: never the first of an older list.
box.form.addEventListener("submit", (event) => {
  const [first] = choices();
  if (!first || found.firstElementChild?.dataset.text !== box.value.trim()) return;
  event.preventDefault();
  first.click();
});
