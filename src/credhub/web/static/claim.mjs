// Takes the secret of a link out of the address, where the history of the browser would keep it,
// and puts it into the form. Nothing is sent until somebody presses the button.

const secret = location.hash.slice(1);
if (secret) {
  history.replaceState(null, '', location.pathname);
  document.getElementById('secret').value = secret;
  document.getElementById('by-hand').hidden = true;
  document.getElementById('ready').hidden = false;
}
