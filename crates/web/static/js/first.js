// Runs before anything is drawn: what needs script may be shown now.
document.documentElement.classList.add("has-script");
