// Repeats the proof of a verification page in the reader's browser: the document that the server
// serves is the one that the issuer's ledger holds, and the page shows what it says.
//
// It asks this server only, sends nothing about the reader and remembers nothing. Every sentence
// is in the page already; this script chooses which of them is shown.

const block = document.getElementById('own-check');
const {verifier: address, ...paths} = block.dataset;
const SECONDS = 20;

/** The check ended without an answer; `why` names a sentence of the page. */
class Unable extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/** Something is not as it must be; `reason` names a sentence of the page. */
class Failed extends Error {
  constructor(reason, message) {
    super(message);
    this.reason = reason;
  }
}

function show(state, reason) {
  for (const part of block.querySelectorAll('[data-state]')) {
    part.hidden = part.dataset.state !== state;
    for (const line of part.querySelectorAll('[data-reason]'))
      line.hidden = line.dataset.reason !== reason;
  }
  block.dataset.outcome = state;
  const failed = state === 'failed';
  document.getElementById('own-check-alarm').hidden = !failed;
  document.body.classList.toggle('check-failed', failed);
}

function fill(values) {
  for (const [name, value] of Object.entries(values)) {
    for (const place of block.querySelectorAll(`[data-fill="${name}"]`)) place.textContent = value;
  }
}

async function loadVerifier() {
  if (!globalThis.crypto?.subtle)
    throw new Unable(globalThis.isSecureContext ? 'browser' : 'insecure');
  let verifier;
  try {
    verifier = await import(address);
  } catch (error) {
    throw new Unable(error instanceof SyntaxError ? 'browser' : 'offline');
  }
  if (!(await verifier.supported())) throw new Unable('browser');
  return verifier;
}

async function load(path) {
  let answer;
  try {
    answer = await fetch(path, {
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      signal: AbortSignal.timeout(SECONDS * 1000),
    });
    if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
  } catch {
    throw new Unable('offline');
  }
  throw new Unable('answer');
}

/** Run one step; what it refuses is a failure for this reason. */
async function step(verifier, reason, action) {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof verifier.Refused)) throw error;
    const known = {mismatch: 'document', unknownLog: 'log'}[error.code];
    throw new Failed(known ?? reason, error.message);
  }
}

async function check() {
  const verifier = await loadVerifier();
  const served = [paths.credential, paths.receipt, paths.policy, paths.checkpoint];
  const [signed, ...rest] = await Promise.all(served.map(load));
  const [receipt, policyText, newest] = rest.map((bytes) => new TextDecoder().decode(bytes));
  const digest = await verifier.sha256(signed);
  const policy = await step(verifier, 'log', () => verifier.parsePolicy(policyText));
  // Issuing does not wait for witnesses, so a quorum that is not met yet refutes nothing.
  const alone = {...policy, quorum: 'none'};
  const opened = await step(verifier, 'receipt', () =>
    verifier.verifyReceipt(receipt, alone, digest),
  );
  if (opened.kind !== 'issue') throw new Failed('document', 'The receipt is of no credential.');
  const today = await step(verifier, 'checkpoint', () => verifier.openCheckpoint(newest, alone));
  compareCheckpoints(opened.checkpoint, today);
  const credential = await step(verifier, 'document', () => verifier.parseJson(signed));
  compareIssuer(verifier.issuersOf(policy, opened.checkpoint.origin), credential);
  comparePage(credential);
  showWitnesses(policy, await quorumOf(verifier, receipt, policy, digest));
  fill({
    digest: grouped(verifier.hex(digest)),
    fingerprint: grouped(await verifier.fingerprint(opened.checkpoint.key)),
    cosigners: opened.checkpoint.cosigners.join(', '),
    index: opened.index,
    recorded: spelled(new Date(Number(opened.timeMs))),
    size: opened.checkpoint.size,
    newest: today.size,
  });
}

async function quorumOf(verifier, receipt, policy, digest) {
  try {
    await verifier.verifyReceipt(receipt, policy, digest);
    return true;
  } catch (error) {
    if (error instanceof verifier.Refused && error.code === 'quorum') return false;
    throw error;
  }
}

function showWitnesses({quorum}, met) {
  const outcome = quorum === 'none' ? undefined : met ? 'met' : 'waiting';
  for (const line of block.querySelectorAll('[data-witnesses]')) {
    line.hidden = line.dataset.witnesses !== outcome;
  }
}

function compareCheckpoints(proved, today) {
  const same =
    today.size !== proved.size || today.root.every((byte, at) => byte === proved.root[at]);
  const fits = today.origin === proved.origin && today.size >= proved.size && same;
  if (!fits) throw new Failed('checkpoint', 'The ledger is another one, or has become shorter.');
}

const issuerOf = ({issuer}) => (typeof issuer === 'string' ? issuer : issuer.id);

function compareIssuer(announced, credential) {
  const speaks = announced.includes(issuerOf(credential));
  if (!speaks) throw new Failed('log', 'The ledger does not speak for this issuer.');
}

// ---- What the page shows, and what the document says ----

/** Server and browser treat white space and controls at the ends of a text differently. */
const plain = (text) => (text ?? '').replace(/[\s\p{Cc}]+/gu, ' ').trim();

const wholeSeconds = (text) => new Date(text).toISOString().replace(/\.\d+Z$/, 'Z');

function spelled(date) {
  const {lang} = document.documentElement;
  const form = {day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC'};
  return new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : lang, form).format(date);
}

const grouped = (hex) => hex.match(/.{4}/g).join(' ');

const firstText = (value) => {
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : first?.['@value'];
};

/** What a credential is about: a badge's achievement, else its own name, else its type. */
function awardOf({name, type}, {achievement}) {
  if (achievement) return achievement.name;
  const base = 'VerifiableCredential';
  return firstText(name) ?? [type].flat().find((kind) => kind !== base) ?? base;
}

function comparePage(credential) {
  const here = new URL(credential.id).pathname.toLowerCase() === location.pathname.toLowerCase();
  if (!here) throw new Failed('document', 'The document belongs to another address.');
  const {credentialSubject: subject, awardedDate, validFrom, validUntil} = credential;
  sameText('learner', subject.name);
  sameText('award', awardOf(credential, subject));
  sameText('issuer', issuerOf(credential));
  // A hub that signed no name, or another than it has now, is shown by its identifier.
  const names = [firstText(credential.issuer.name), issuerOf(credential)];
  sameText('issuerName', ...names.filter(Boolean));
  sameDates('awarded', [awardedDate ?? validFrom].filter(Boolean));
  sameDates('inForce', [validFrom, validUntil].filter(Boolean));
}

function shown(name) {
  const places = document.querySelectorAll(`[data-signed="${name}"]`);
  if (places.length > 1) throw new Failed('page', `The page shows ${name} twice.`);
  return places[0];
}

function sameText(name, ...signed) {
  if (!signed.map(plain).includes(plain(shown(name)?.textContent))) {
    throw new Failed('page', `The page shows another ${name}.`);
  }
}

function sameDates(name, signed) {
  const times = [...(shown(name)?.querySelectorAll('time') ?? [])];
  const same = signed.every((text, at) => sameDate(times[at], text));
  if (times.length !== signed.length || !same)
    throw new Failed('page', `The page shows another ${name}.`);
}

function sameDate(time, signed) {
  if (time?.dateTime !== wholeSeconds(signed)) return false;
  // Other languages than English may write months in another case than Intl does.
  return document.documentElement.lang !== 'en' || time.textContent === spelled(new Date(signed));
}

show('checking');
try {
  await check();
  show('passed');
} catch (error) {
  console.warn(error);
  if (error instanceof Failed) show('failed', error.reason);
  else show('unable', error instanceof Unable ? error.why : 'fault');
}
