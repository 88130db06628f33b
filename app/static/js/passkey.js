// Passkeys: asks the browser for one and posts its answer. Options stand in the form's data-options, as the server made them.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const withIds = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

async function create(options) {
  const key = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: withIds(options.excludeCredentials),
    },
  });
  const answer = key.response;
  return {
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    response: {
      attestationObject: text(answer.attestationObject),
      clientDataJSON: text(answer.clientDataJSON),
      transports: answer.getTransports ? answer.getTransports() : [],
    },
    extensions: JSON.stringify(key.getClientExtensionResults()),
  };
}

async function get(options) {
  const key = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: withIds(options.allowCredentials) },
  });
  const answer = key.response;
  return {
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    response: {
      authenticatorData: text(answer.authenticatorData),
      clientDataJSON: text(answer.clientDataJSON),
      signature: text(answer.signature),
      userHandle: answer.userHandle ? text(answer.userHandle) : null,
    },
    assertionClientExtensions: JSON.stringify(key.getClientExtensionResults()),
  };
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const show = (name, shown) => { form.querySelector(`[data-${name}]`).hidden = !shown; };

  const ask = async () => {
    if (!window.PublicKeyCredential) { show("unable", true); return; }
    show("failed", false); show("unable", false); show("waiting", true);
    try {
      const options = JSON.parse(form.dataset.options);
      form.elements.credential.value = JSON.stringify(await (form.dataset.passkey === "create" ? create : get)(options));
      form.submit();
    } catch (error) {
      show(error.name === "SecurityError" ? "unable" : "failed", true);
    } finally {
      show("waiting", false);
    }
  };

  form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
  ask();
}
