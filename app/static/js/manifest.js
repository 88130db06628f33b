/* A file is compared with the checksum of a list, here in the browser: nothing of it is sent. Without this, the checksum is pasted. */
(() => {
  const form = document.querySelector('form[data-sum]');
  if (!form || !window.crypto || !crypto.subtle || !Blob.prototype.arrayBuffer) return;
  const answer = form.querySelector('[data-answer]');
  const file = form.querySelector('input[type=file]');
  let turn = 0; /* whoever chooses another file meanwhile wants that one's answer */

  const say = (words, kind) => {
    answer.hidden = false;
    answer.className = `answer ${kind}`;
    answer.textContent = words;
  };

  file.addEventListener('change', async () => {
    const mine = ++turn;
    const chosen = file.files[0];
    if (!chosen) return;
    say(form.dataset.reading, '');
    try {
      const digest = await crypto.subtle.digest('SHA-256', await chosen.arrayBuffer());
      const sum = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      if (mine !== turn) return;
      form.elements.sha256.value = sum;
      const { sum: ofList, fileSum } = form.dataset;
      const kind = sum === ofList ? 'same' : sum === fileSum ? 'encrypted' : 'other';
      say(`${chosen.name}: ${form.dataset[kind]}`, kind);
    } catch {
      if (mine === turn) say(form.dataset.failed, '');
    }
  });
  form.querySelector('[data-choose]').hidden = false;
})();
