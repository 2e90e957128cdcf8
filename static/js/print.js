// A sheet has a print button only where a press of it can print.
const button = document.getElementById("cetak");
button.hidden = false;
button.addEventListener("click", () => print());
