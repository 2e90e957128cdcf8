// Keyboard shortcuts: a key does what the element that names it in aria-keyshortcuts does.
// Silent inside fields, and the person can switch them off (WCAG 2.1.4); Control+Enter needs no such care.
const OFF = "shortcuts-off";
const help = document.getElementById("pintasan");
const active = document.getElementById("pintasan-aktif");
let afterG = 0; // until when a key counts as the second one of "G, then …"

const isOff = () => localStorage.getItem(OFF) === "yes";
const isField = (element) => element.matches("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
const named = (root, key) => root?.querySelector(`[aria-keyshortcuts~="${CSS.escape(key)}" i]`);

const allRows = () => [...document.querySelectorAll(".queue tbody tr:not(.queue__group)")];
// What a key does without a chosen row: never an act on a row that nobody chose.
const outside = (key) => [...document.querySelectorAll(`[aria-keyshortcuts~="${CSS.escape(key)}" i]`)].find((element) => !element.closest(".queue"));

function choose(step) {
  const rows = allRows();
  if (!rows.length) return false;
  const now = rows.findIndex((row) => row.classList.contains("is-on"));
  const next = rows[Math.min(Math.max(now + step, 0), rows.length - 1)];
  mark(rows, next);
  next.querySelector("a").focus(); // Enter then opens it, as on any link
  return true;
}

function mark(rows, chosen) {
  for (const row of rows) {
    row.classList.toggle("is-on", row === chosen);
    row.toggleAttribute("aria-current", false);
  }
  chosen.setAttribute("aria-current", "true");
}

function press(element) {
  if (!element) return false;
  if (isField(element)) element.focus();
  else element.click();
  if (element.type === "radio") element.form.querySelector("textarea")?.focus();
  return true;
}

function answer(key) {
  const dialog = document.querySelector("dialog[open]");
  if (dialog) return press(named(dialog, key));
  if (afterG > Date.now()) {
    afterG = 0;
    return press(document.querySelector(`[data-after-g="${CSS.escape(key)}"]`));
  }
  if (key === "G") {
    afterG = Date.now() + 1500;
    return true;
  }
  if (key === "?") {
    help.showModal();
    return true;
  }
  if (key === "J" && choose(1)) return true;
  if (key === "K" && choose(-1)) return true;
  if (key === "/") return press(document.querySelector(".bigfind input") ?? document.getElementById("cari"));
  return press(named(document.querySelector(".queue tr.is-on"), key) ?? outside(key));
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey && event.target.form) {
    event.preventDefault();
    event.target.form.requestSubmit(named(event.target.form, "Control+Enter"));
    return;
  }
  if (event.key === "Escape" && isField(event.target)) event.target.blur(); // the keys work again
  if (event.ctrlKey || event.altKey || event.metaKey || isField(event.target) || isOff()) return;
  if (event.key.length === 1 && answer(event.key.toUpperCase())) event.preventDefault();
});

// A list that was drawn anew keeps the focus of htmx; the row it stands in is still the chosen one.
document.addEventListener("htmx:load", () => {
  const row = document.activeElement.closest(".queue tbody tr:not(.queue__group)");
  if (row) mark(allRows(), row);
});

active.checked = !isOff();
active.addEventListener("change", () => localStorage.setItem(OFF, active.checked ? "no" : "yes"));
for (const opener of document.querySelectorAll("[data-opens=pintasan]")) {
  opener.hidden = false;
  opener.addEventListener("click", () => help.showModal());
}
