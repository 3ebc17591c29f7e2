// A verifier for credhub ledgers, written from docs/spec/ledger.md; "§" names its sections.
//
// One plain module without dependencies: WebCrypto does Ed25519, SHA-256 and HMAC. It runs in
// Node.js 20 and newer, on the command line too, and in browsers. It opens no network connection.
//
// Every check throws `Refused` and returns what it has proved: there is no boolean to forget.

/** Why nothing is proved. `code`: `malformed`, `false`, `mismatch`, `unknownLog` or `quorum`. */
export class Refused extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

function refuse(code, message) {
  throw new Refused(code, message);
}

function must(condition, message, code = 'malformed') {
  if (!condition) refuse(code, message);
}

// ---- Bytes and their one spelling (§2) ----

const utf8 = new TextEncoder();
const MAX_SIZE = 2n ** 63n - 1n;

function decodeUtf8(bytes) {
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
  } catch {
    return refuse('malformed', 'The bytes are not UTF-8.');
  }
}

export function concat(...parts) {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

export function equal(one, other) {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

const each = (bytes, write) => Array.from(bytes, write).join('');

export const hex = (bytes) => each(bytes, (byte) => byte.toString(16).padStart(2, '0'));

export function fromHex(text) {
  must(/^(?:[0-9a-f]{2})*$/.test(text), 'The text is not lower-case hexadecimal.');
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export const toBase64 = (bytes) => btoa(each(bytes, (byte) => String.fromCharCode(byte)));

export function fromBase64(text) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return refuse('malformed', 'The text is not base64.');
  }
  // atob passes over white space, missing padding and stray bits at the end.
  must(toBase64(bytes) === text, 'The base64 has more than one spelling.');
  return bytes;
}

function hashFromBase64(text) {
  const bytes = fromBase64(text);
  must(bytes.length === 32, 'A hash has not 32 bytes.');
  return bytes;
}

function decimal(text) {
  must(/^(?:0|[1-9][0-9]{0,18})$/.test(text), 'The text is not a decimal number.');
  const number = BigInt(text);
  must(number <= MAX_SIZE, 'The number is larger than 2^63 - 1.');
  return number;
}

function bigEndian(number, length) {
  const bytes = new Uint8Array(length);
  for (let rest = BigInt(number), index = length - 1; index >= 0; index -= 1, rest >>= 8n) {
    bytes[index] = Number(rest & 255n);
  }
  return bytes;
}

const readBigEndian = (bytes) => bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);

// ---- Hashes and signatures ----

export async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', concat(...parts)));
}

async function hmac(key, message) {
  const algorithm = {name: 'HMAC', hash: 'SHA-256'};
  const imported = await crypto.subtle.importKey('raw', key, algorithm, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, message));
}

const ED25519 = {name: 'Ed25519'};

async function isSignedBy(publicKey, signature, message) {
  try {
    const key = await crypto.subtle.importKey('raw', publicKey, ED25519, false, ['verify']);
    return await crypto.subtle.verify(ED25519, key, signature, message);
  } catch (error) {
    if (error.name === 'NotSupportedError') throw error; // not the signature's fault
    return false;
  }
}

/** Say whether this machine can do the arithmetic: test 1 of RFC 8032, section 7.1, and damage. */
export async function supported() {
  const key = fromHex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
  const signature = fromHex(
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
      '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  );
  try {
    const none = new Uint8Array();
    const damaged = Uint8Array.of(1);
    return (await isSignedBy(key, signature, none)) && !(await isSignedBy(key, signature, damaged));
  } catch {
    return false;
  }
}

// ---- JSON with one meaning, and its RFC 8785 form (§3) ----

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[{}[\],:]/gs;
const MAX_DEPTH = 32;

/** Read bytes strictly: JSON.parse takes duplicate members and numbers that it cannot hold. */
export function parseJson(bytes) {
  const text = decodeUtf8(bytes);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    refuse('malformed', 'The text is not JSON.');
  }
  const open = [];
  let before = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      must(open.push(new Set()) <= MAX_DEPTH, `The text nests more than ${MAX_DEPTH} levels.`);
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token === ':') {
      const name = JSON.parse(before);
      must(!open.at(-1).has(name), 'An object repeats a member name.');
      open.at(-1).add(name);
    } else if (token[0] === '"') {
      must(!/[\0\p{Cs}]/u.test(JSON.parse(token)), 'A string holds U+0000 or half a character.');
    } else if (token !== ',') {
      const number = Number(token);
      const whole = /^-?\d+$/.test(token);
      const exact = whole ? Number.isSafeInteger(number) : Number.isFinite(number);
      must(exact, 'A number is too large.');
    }
    before = token;
  }
  return value;
}

/** Write a value as RFC 8785 says, whose numbers, strings and sorting are those of ECMAScript. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join()}}`;
}

/** Compute the digest by which a ledger names a JSON document: that of its RFC 8785 bytes. */
export async function documentDigest(bytes) {
  return sha256(utf8.encode(canonical(parseJson(bytes))));
}

// ---- Entries and what they say (§4 to §6) ----

const KINDS = [
  , 'private', 'statusList', 'key', 'definition', 'childCheckpoint', 'operation', 'freeze',
  'endorsement',
];
const INNER_KINDS = [, 'issue', 'status', 'erasure', 'correction'];
const MAX_TIME_MS = 253_402_300_799_999n;
const HEADER_LENGTH = 47;
const MAGIC = utf8.encode('CHL1');

/** Read the bytes of one entry (§4). */
export function parseEntry(bytes) {
  must(bytes.length >= HEADER_LENGTH && bytes.length <= 65_535, 'The entry has a wrong length.');
  must(equal(bytes.subarray(0, 4), MAGIC), 'The entry does not begin with CHL1.');
  const kind = KINDS[bytes[4]];
  const timeMs = readBigEndian(bytes.subarray(5, 13));
  const commitment = bytes.slice(13, 45);
  const says = bytes.slice(HEADER_LENGTH);
  must(kind, 'The entry is of no known kind.');
  must(timeMs <= MAX_TIME_MS, 'The time of the entry is out of range.');
  must(readBigEndian(bytes.subarray(45, 47)) === BigInt(says.length), 'The length does not fit.');
  const committed = commitment.some((byte) => byte !== 0);
  if (kind === 'private') must(committed && !says.length, 'A private entry is a commitment alone.');
  else must(!committed && says.length, 'A public entry has public bytes and no commitment.');
  return {kind, timeMs, commitment, says};
}

export const leafHash = (entry) => sha256(Uint8Array.of(0), entry);

/** Compute the commitment of a private entry (§5). */
export async function commitmentOf(opening, innerKind, payload) {
  const message = concat(opening, Uint8Array.of(innerKind), bigEndian(payload.length, 4), payload);
  return hmac(utf8.encode('credhub/commit/v1'), message);
}

/** Derive an opening from the subject's key: HKDF-Expand with one block of output (§5). */
export async function openingOf(subjectKey, entryId) {
  return hmac(subjectKey, concat(utf8.encode('credhub/open/v1'), entryId, Uint8Array.of(1)));
}

const isText = (value) => typeof value === 'string';
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
const isDigest = (value) => isText(value) && /^[0-9a-f]{64}$/.test(value);
const oneOf = (...values) => (value) => values.includes(value);

function isTime(value) {
  if (!isText(value) || !/^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return false;
  const date = new Date(value);
  return !Number.isNaN(date.getTime()) && date.toISOString() === value.replace('Z', '.000Z');
}

const STANDING = oneOf('active', 'revoked', 'suspended');
const WHY_A_LOG_ENDS = oneOf('year', 'size', 'operator', 'rollback');
const isName = (value) => isText(value) && NAME.test(value);

/** A signed note, or after a rollback a checkpoint without signatures; nothing is verified here. */
function holdsCheckpoint(value) {
  return isText(value) && parseCheckpoint(value.includes('\n\n') ? splitNote(value).text : value);
}

/** The members of each event, and what each must be (§6). */
const EVENTS = {
  issue: {credential: isText, digest: isDigest, form: isText},
  status: {
    actor: isText, changedAt: isTime, credential: isText, new: STANDING, old: STANDING,
    reason: isText,
  },
  key: {
    algorithm: isText, at: isTime, did: isText, event: oneOf('added', 'retired', 'compromised'),
    keyId: isText, publicKeyMultibase: isText, purpose: isText,
  },
  definition: {achievement: isText, digest: isDigest, version: isCount},
  statusList: {digest: isDigest, url: isText, version: isCount},
  freeze: {at: isTime, origin: isText, why: WHY_A_LOG_ENDS},
  childCheckpoint: {note: holdsCheckpoint, why: WHY_A_LOG_ENDS},
  operation: {
    actor: isText, at: isTime, heldRoot: isDigest, heldSize: isCount, knownRoot: isDigest,
    knownSize: isCount, operation: oneOf('rollbackAccepted'), origin: isName, reason: isText,
  },
  endorsement: {
    at: isTime, change: oneOf('added', 'ended'), digest: isDigest, endorsement: isText,
    inForce: isDigest, version: isCount,
  },
};

/** Read the exact bytes of what an entry says (§6). */
export function parseEvent(kind, bytes) {
  const members = EVENTS[kind];
  must(members, `This version does not read entries of the kind ${kind}.`);
  const event = parseJson(bytes);
  must(Object.prototype.toString.call(event) === '[object Object]', 'It is not an object.');
  const names = (object) => canonical(Object.keys(object).sort());
  must(names(event) === names(members), 'It has other members.');
  must(equal(utf8.encode(canonical(event)), bytes), 'It is not spelled as RFC 8785 says.');
  for (const [name, allows] of Object.entries(members)) {
    must(allows(event[name]), `The member ${name} has a wrong value.`);
  }
  return event;
}

// ---- The tree (§7) ----

const hashChildren = (left, right) => sha256(Uint8Array.of(1), left, right);

/** Compute the root over leaf hashes, as RFC 6962, section 2.1, defines it. */
export async function rootOf(leaves) {
  if (leaves.length < 2) return leaves[0] ?? sha256();
  let middle = 1;
  while (middle * 2 < leaves.length) middle *= 2;
  return hashChildren(await rootOf(leaves.slice(0, middle)), await rootOf(leaves.slice(middle)));
}

function checkHashes(...hashes) {
  must(hashes.length <= 65, 'The proof is too long.');
  must(hashes.every((hash) => hash.length === 32), 'A hash has not 32 bytes.');
}

/** Check that a leaf is in a tree: RFC 9162, section 2.1.3.2. */
export async function verifyInclusion(leaf, index, size, proof, root) {
  must(index >= 0n && index < size, 'The tree has no such leaf.', 'false');
  checkHashes(leaf, root, ...proof);
  let [node, position, last] = [leaf, index, size - 1n];
  for (const sibling of proof) {
    must(last > 0n, 'The inclusion proof is too long.', 'false');
    if (position & 1n || position === last) {
      node = await hashChildren(sibling, node);
      while (position > 0n && !(position & 1n)) [position, last] = [position >> 1n, last >> 1n];
    } else {
      node = await hashChildren(node, sibling);
    }
    [position, last] = [position >> 1n, last >> 1n];
  }
  must(last === 0n && equal(node, root), 'The inclusion proof does not lead to the root.', 'false');
}

/** Check that one tree is the beginning of another: RFC 9162, section 2.1.4.2. */
export async function verifyConsistency(oldSize, newSize, proof, oldRoot, newRoot) {
  checkHashes(oldRoot, newRoot, ...proof);
  if (oldSize === newSize) {
    const empty = newSize > 0n || equal(newRoot, await rootOf([]));
    const same = !proof.length && empty && equal(oldRoot, newRoot);
    must(same, 'Two trees of one size differ.', 'false');
    return;
  }
  must(oldSize > 0n && oldSize < newSize && proof.length, 'Nothing proves these sizes.', 'false');
  const whole = (oldSize & (oldSize - 1n)) === 0n; // the old tree is a node of the new one
  const [first, ...rest] = whole ? [oldRoot, ...proof] : proof;
  let [position, last] = [oldSize - 1n, newSize - 1n];
  while (position & 1n) [position, last] = [position >> 1n, last >> 1n];
  let [older, newer] = [first, first];
  for (const sibling of rest) {
    must(last > 0n, 'The consistency proof is too long.', 'false');
    if (position & 1n || position === last) {
      older = await hashChildren(sibling, older);
      newer = await hashChildren(sibling, newer);
      while (position > 0n && !(position & 1n)) [position, last] = [position >> 1n, last >> 1n];
    } else {
      newer = await hashChildren(newer, sibling);
    }
    [position, last] = [position >> 1n, last >> 1n];
  }
  const proved = last === 0n && equal(older, oldRoot) && equal(newer, newRoot);
  must(proved, 'The consistency proof does not lead to both roots.', 'false');
}

// ---- Keys, notes and checkpoints (§8, §9) ----

const LOG_KEY = 1;
const WITNESS_KEY = 4;
const ML_DSA_44_KEY = 6; // a witness key that WebCrypto cannot use: it counts as one that is silent
const KEY_LENGTHS = {[LOG_KEY]: 33, [WITNESS_KEY]: 33, [ML_DSA_44_KEY]: 1313};
const NAME = /^[^\p{C}\p{Z}+]+$/u; // no white space, no controls, no plus

async function keyId(name, material) {
  return (await sha256(utf8.encode(`${name}\n`), material)).subarray(0, 4);
}

/** Read a verifier key: name, id and key, joined by plus signs (§8). */
export async function parseVkey(text, ...types) {
  const [, name, id, encoded] =
    /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text) ?? refuse('malformed', 'The text is not a key.');
  const material = fromBase64(encoded);
  const type = material[0];
  must(NAME.test(name), 'The name of the key is unusable.');
  const expected = types.includes(type) && material.length === KEY_LENGTHS[type];
  must(expected, 'The key is of another type.');
  must(hex(await keyId(name, material)) === id, 'The id of the key is not that of the key.');
  return {name, id, type, publicKey: material.slice(1), text};
}

/** The number that people compare: the SHA-256 of a verifier key's whole text. */
export const fingerprint = async (key) => hex(await sha256(utf8.encode(key.text)));

function splitNote(note) {
  must(note.length <= 1_000_000, 'The note is too long.');
  const clean = note.endsWith('\n') && !/[\0-\x09\x0b-\x1f]|\p{Cs}/u.test(note);
  must(clean, 'The note has control characters or does not end with a newline.');
  const at = note.lastIndexOf('\n\n');
  const lines = note.slice(at + 2).split('\n').slice(0, -1);
  const signed = at >= 0 && lines.length > 0 && lines.length <= 64;
  must(signed, 'The note has no signatures, or too many.');
  return {text: note.slice(0, at + 1), lines: lines.map(parseSignature)};
}

function parseSignature(line) {
  const [, name, encoded] =
    /^\u2014 ([^ ]*) ([^ ]*)$/u.exec(line) ?? refuse('malformed', 'A signature line is malformed.');
  const blob = fromBase64(encoded);
  must(NAME.test(name) && blob.length > 4, 'A signature line is malformed.');
  return {name, id: hex(blob.subarray(0, 4)), signature: blob.subarray(4)};
}

async function checkSignature(key, signature, text) {
  let [message, bare] = [text, signature];
  if (key.type === WITNESS_KEY) {
    must(signature.length === 72, `The cosignature of ${key.name} has a wrong length.`, 'false');
    const time = readBigEndian(signature.subarray(0, 8));
    must(time > 0n && time <= MAX_SIZE, `The cosignature of ${key.name} has no time.`, 'false');
    [message, bare] = [`cosignature/v1\ntime ${time}\n${text}`, signature.subarray(8)];
  }
  const genuine = await isSignedBy(key.publicKey, bare, utf8.encode(message));
  must(genuine, `The signature of ${key.name} is not genuine.`, 'false');
}

/** Read who of these keys signed a note; a false signature of one of them spoils it (§8). */
export async function openNote(note, keys) {
  const {text, lines} = splitNote(note);
  const signedBy = new Set();
  for (const {name, id, signature} of lines) {
    const key = keys.find((one) => one.name === name && one.id === id);
    if (!key || key.type === ML_DSA_44_KEY) continue;
    await checkSignature(key, signature, text);
    signedBy.add(key);
  }
  return {text, signedBy: [...signedBy]};
}

function parseCheckpoint(text) {
  const lines = text.split('\n');
  const three = lines.length === 4 && lines[3] === '';
  must(three && NAME.test(lines[0]), 'The text is not a checkpoint.');
  return {origin: lines[0], size: decimal(lines[1]), root: hashFromBase64(lines[2])};
}

/** Read a checkpoint that its log signed, and as many witnesses as the policy wants (§9, §11). */
export async function openCheckpoint(note, policy) {
  const origin = note.split('\n', 1)[0];
  const logs = policy.logs.filter((key) => key.name === origin);
  const {text, signedBy: [key]} = await openNote(note, logs);
  must(key, 'No log that we know signed this.', 'unknownLog');
  const witnesses = [...policy.witnesses];
  const {signedBy} = await openNote(note, witnesses.map(([, witness]) => witness));
  const cosigners = witnesses.filter(([, one]) => signedBy.includes(one)).map(([name]) => name);
  const met = reaches(policy, policy.quorum, cosigners);
  must(met, 'Too few of the witnesses signed this.', 'quorum');
  return {...parseCheckpoint(text), key, cosigners};
}

// ---- Policies (§11) ----

const LINES = {
  async log(policy, [text, ...rest]) {
    must(text && rest.length <= 1, 'A log line has a key and at most an address.');
    const key = await parseVkey(text, LOG_KEY);
    must(!policy.logs.some((one) => equal(one.publicKey, key.publicKey)), 'Two logs have one key.');
    policy.logs.push(key);
  },
  async witness(policy, [name, text, ...rest]) {
    must(text && rest.length <= 1, 'A witness line has a name, a key and at most an address.');
    const key = await parseVkey(text, WITNESS_KEY, ML_DSA_44_KEY);
    const known = [...policy.witnesses.values()];
    must(!known.some((one) => equal(one.publicKey, key.publicKey)), 'Two witnesses have one key.');
    define(policy, name);
    policy.witnesses.set(name, key);
  },
  group(policy, [name, threshold, ...members]) {
    const once = members.length && new Set(members).size === members.length;
    must(once, 'A group names each member once.');
    for (const member of members) {
      must(policy.names.has(member), `Nothing before this line is called ${member}.`);
      must(!policy.members.has(member), `${member} is in two groups.`);
      policy.members.add(member);
    }
    const needed = {any: '1', all: `${members.length}`}[threshold] ?? threshold;
    const reachable = /^[1-9][0-9]*$/.test(needed) && Number(needed) <= members.length;
    must(reachable, 'The threshold is out of range.');
    define(policy, name);
    policy.groups.set(name, {needed: Number(needed), members});
  },
  quorum(policy, [name, ...rest]) {
    must(policy.quorum === undefined, 'There are two quorum lines.');
    must(name && !rest.length, 'A quorum line has one name.');
    const known = name === 'none' || policy.names.has(name);
    must(known, `Nothing before the quorum line is called ${name}.`);
    policy.quorum = name;
  },
};

function define(policy, name) {
  must(name !== 'none' && !policy.names.has(name), `The name ${name} is taken.`);
  policy.names.add(name);
}

/** A comment for other tools: the logs of this origin announce the keys of this DID. */
function defineHub(policy, [did, origin, ...rest]) {
  must(did?.startsWith('did:') && origin && !rest.length, 'A #hub line has a DID and an origin.');
  const known = policy.hubs.some((hub) => hub.did === did && hub.origin === origin);
  must(!known, 'A #hub line is there twice.');
  policy.hubs.push({did, origin});
}

/** Read a C2SP tlog-policy, with our #hub lines (§11). */
export async function parsePolicy(text) {
  const clean = text.endsWith('\n') && !/[\0-\x08\x0b-\x1f\x7f]/.test(text);
  must(clean, 'The policy has control characters or does not end with a newline.');
  const policy = {
    logs: [], witnesses: new Map(), groups: new Map(), hubs: [], // what it says
    names: new Set(), members: new Set(), // what is taken
  };
  for (const line of text.split('\n')) {
    const [word, ...items] = line.split(/[ \t]+/).filter(Boolean);
    if (word === '#hub') {
      defineHub(policy, items);
    } else if (word && !word.startsWith('#')) {
      must(Object.hasOwn(LINES, word), 'A line begins with an unknown word.');
      await LINES[word](policy, items);
    }
  }
  must(policy.quorum !== undefined, 'The policy has no quorum line.');
  return policy;
}

/** The DIDs whose keys the log of this origin announces. */
export function issuersOf(policy, origin) {
  const begins = (hub) => hub.origin.endsWith('/') && origin.startsWith(hub.origin);
  return policy.hubs.filter((hub) => origin === hub.origin || begins(hub)).map(({did}) => did);
}

/** Trust one log and ask for no witness. */
export async function policyOfKey(vkey) {
  return parsePolicy(`log ${vkey}\nquorum none\n`);
}

function reaches(policy, name, cosigners) {
  if (name === 'none') return true;
  const group = policy.groups.get(name);
  if (!group) return cosigners.includes(name);
  const met = group.members.filter((member) => reaches(policy, member, cosigners));
  return met.length >= group.needed;
}

// ---- Receipts (§10) ----

/** Read a receipt. Nothing in it is to be believed before `openReceipt`. */
export function parseReceipt(text) {
  const at = text.indexOf('\n\n');
  must(at >= 0 && text.length <= 2_000_000, 'The receipt is too long, or has no checkpoint.');
  const [header, ...lines] = text.slice(0, at).split('\n');
  must(header === 'c2sp.org/tlog-proof@v1', 'The receipt is of another form or version.');
  const named = lines[0]?.startsWith('extra ');
  const extra = named ? fromBase64(lines.shift().slice(6)) : new Uint8Array();
  const [index, ...proof] = lines;
  const placed = index?.startsWith('index ') && proof.length <= 63;
  must(placed, 'The receipt has no index, or a long proof.');
  return {
    extra, index: decimal(index.slice(6)), proof: proof.map(hashFromBase64),
    checkpoint: text.slice(at + 2),
  };
}

/** Recompute the entry that the extra line of a receipt stands for (§10). */
export async function parseExtra(extra) {
  if (extra[0] === 2) {
    const bytes = extra.slice(1);
    const entry = parseEntry(bytes);
    must(entry.kind !== 'private', 'A private entry needs its opening.');
    return {bytes, timeMs: entry.timeMs, kind: entry.kind, says: entry.says};
  }
  must(extra[0] === 1 && extra.length >= 42, 'The receipt does not say what it is about.');
  const [time, opening, inner, payload] = [
    extra.subarray(1, 9), extra.subarray(9, 41), extra[41], extra.slice(42),
  ];
  must(INNER_KINDS[inner], 'The receipt opens to something that we do not know.');
  const commitment = await commitmentOf(opening, inner, payload);
  const bytes = concat(MAGIC, Uint8Array.of(1), time, commitment, new Uint8Array(2));
  return {bytes, timeMs: parseEntry(bytes).timeMs, kind: INNER_KINDS[inner], says: payload};
}

/** Prove that the entry of a receipt is in a log that the policy trusts (§10). */
export async function openReceipt(text, policy) {
  const receipt = parseReceipt(text);
  const entry = await parseExtra(receipt.extra);
  const checkpoint = await openCheckpoint(receipt.checkpoint, policy);
  const leaf = await leafHash(entry.bytes);
  await verifyInclusion(leaf, receipt.index, checkpoint.size, receipt.proof, checkpoint.root);
  return {...entry, index: receipt.index, checkpoint};
}

/** Prove that the document with this digest is in a log that the policy trusts (§10). */
export async function verifyReceipt(text, policy, digest) {
  const opened = await openReceipt(text, policy);
  const named = ['issue', 'definition', 'statusList', 'endorsement'].includes(opened.kind);
  const event = named ? parseEvent(opened.kind, opened.says) : {};
  // That an endorsement ended is no proof of it.
  const same = event.digest === hex(digest) && event.change !== 'ended';
  must(same, 'The receipt is genuine, but about something else.', 'mismatch');
  return {...opened, event};
}

// ---- Test vectors (§15) ----

const keysOf = (texts, ...types) => Promise.all(texts.map((text) => parseVkey(text, ...types)));

/** What each check makes of the inputs of a vector. Bytes are hexadecimal, big numbers are text. */
const CHECKS = {
  async json({bytes}) {
    const text = canonical(parseJson(fromHex(bytes)));
    return {canonical: text, digest: hex(await documentDigest(fromHex(bytes)))};
  },
  async entry({entry}) {
    const {kind, timeMs, commitment, says} = parseEntry(fromHex(entry));
    return {
      kind, timeMs: `${timeMs}`, commitment: hex(commitment), says: hex(says),
      leafHash: hex(await leafHash(fromHex(entry))),
    };
  },
  async commitment({subjectKey, entryId, innerKind, payload}) {
    const opening = await openingOf(fromHex(subjectKey), fromHex(entryId));
    const commitment = await commitmentOf(opening, innerKind, fromHex(payload));
    return {opening: hex(opening), commitment: hex(commitment)};
  },
  event: ({kind, payload}) => parseEvent(kind, fromHex(payload)),
  root: async ({leaves}) => ({root: hex(await rootOf(leaves.map(fromHex)))}),
  inclusion: ({leaf, index, size, proof, root}) =>
    verifyInclusion(fromHex(leaf), BigInt(index), BigInt(size), proof.map(fromHex), fromHex(root)),
  consistency: ({oldSize, newSize, proof, oldRoot, newRoot}) =>
    verifyConsistency(
      BigInt(oldSize), BigInt(newSize), proof.map(fromHex), fromHex(oldRoot), fromHex(newRoot),
    ),
  async vkey({vkey}) {
    const key = await parseVkey(vkey, LOG_KEY, WITNESS_KEY);
    const {name, id, publicKey} = key;
    return {name, id, publicKey: hex(publicKey), fingerprint: await fingerprint(key)};
  },
  async note({note, logs = [], witnesses = []}) {
    const {text, signedBy} = await openNote(note, await keysOf(logs, LOG_KEY));
    must(signedBy.length, 'No key that we know signed the note.', 'unknownLog');
    const cosigned = await openNote(note, await keysOf(witnesses, WITNESS_KEY));
    return {text, signedBy: [...signedBy, ...cosigned.signedBy].map((key) => key.text)};
  },
  async checkpoint({note, policy}) {
    const {origin, size, root, cosigners} = await openCheckpoint(note, await parsePolicy(policy));
    return {origin, size: `${size}`, root: hex(root), cosigners};
  },
  async policy({policy}) {
    const {logs, witnesses, quorum, hubs} = await parsePolicy(policy);
    const named = [...witnesses].map(([name, key]) => [name, key.text]);
    return {logs: logs.map((key) => key.text), witnesses: Object.fromEntries(named), quorum, hubs};
  },
  async receipt({receipt, policy, document, digest}) {
    const known = document ? await documentDigest(utf8.encode(document)) : fromHex(digest);
    const opened = await verifyReceipt(receipt, await parsePolicy(policy), known);
    const {kind, index, timeMs, event} = opened;
    return {kind, index: `${index}`, timeMs: `${timeMs}`, event};
  },
};

/** Run the cases of one file; give the name of each that did not come out as the file says. */
export async function runVectors({check, cases}) {
  const wrong = [];
  for (const {name, outcome, given, gives} of cases) {
    let [came, made] = ['accepted', undefined];
    try {
      made = await CHECKS[check](given);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      came = error.code === 'unknownLog' ? 'unknownLog' : 'refused';
    }
    const same = gives === undefined || canonical(made ?? null) === canonical(gives);
    if (came !== outcome || !same) wrong.push(`${name}: ${came}`);
  }
  return wrong;
}

// ---- The command line ----

const USAGE = `Usage: node verify.mjs COMMAND
  receipt FILE --credential FILE (--policy FILE | --vkey KEY)
  checkpoint FILE (--policy FILE | --vkey KEY)
  consistency OLD NEW --proof FILE (--policy FILE | --vkey KEY)
  policy FILE
  vectors FOLDER
Exit codes: 0 proved, 1 refused, 2 wrong usage or no such file, 3 from a log that is not known.`;

const describe = ({origin, size, root, cosigners}) =>
  `checkpoint  ${origin}, ${size} entries, root ${toBase64(root)}\n` +
  `witnesses   ${cosigners.length ? cosigners.join(', ') : 'none that are known'}`;

const when = (timeMs) => new Date(Number(timeMs)).toISOString();

/** Each command takes its arguments, its options and the module `fs`, and returns what to say. */
const COMMANDS = {
  async receipt([file], options, fs) {
    const policy = await policyOf(options, fs);
    const digest = await documentDigest(fs.readFileSync(options.credential));
    const opened = await verifyReceipt(readText(fs, file), policy, digest);
    const {kind, index, timeMs, event, checkpoint} = opened;
    return `proved      this document is in the ledger as ${kind}\n` +
      `document    SHA-256 ${event.digest}\n` +
      `entry       number ${index}, recorded ${when(timeMs)}\n${describe(checkpoint)}\n` +
      `log key     ${await fingerprint(checkpoint.key)}`;
  },
  async checkpoint([file], options, fs) {
    return describe(await openCheckpoint(readText(fs, file), await policyOf(options, fs)));
  },
  async consistency([oldFile, newFile], options, fs) {
    const policy = await policyOf(options, fs);
    const [older, newer] = await Promise.all(
      [oldFile, newFile].map((file) => openCheckpoint(readText(fs, file), policy)),
    );
    const proof = readText(fs, options.proof).split('\n').filter(Boolean).map(hashFromBase64);
    must(older.origin === newer.origin, 'The checkpoints are of two logs.', 'mismatch');
    await verifyConsistency(older.size, newer.size, proof, older.root, newer.root);
    return `proved      the first ${older.size} entries are the same\n${describe(newer)}`;
  },
  async policy([file], options, fs) {
    const {logs, witnesses, quorum, hubs} = await parsePolicy(readText(fs, file));
    const line = async (key) => `log         ${key.name} ${await fingerprint(key)}`;
    const lines = await Promise.all(logs.map(line));
    lines.push(...[...witnesses].map(([name, key]) => `witness     ${name}: ${key.name}`));
    lines.push(...hubs.map(({did, origin}) => `hub         ${did} ${origin}`));
    return [...lines, `quorum      ${quorum}`].join('\n');
  },
  async vectors([folder], options, fs) {
    const said = [];
    for (const name of fs.readdirSync(folder).sort().filter((one) => one.endsWith('.json'))) {
      const file = JSON.parse(readText(fs, `${folder}/${name}`));
      if (!Object.hasOwn(CHECKS, file.check)) {
        said.push(`${name.padEnd(20)}passed over: it needs more than a ledger`);
        continue;
      }
      const wrong = await runVectors(file);
      must(!wrong.length, `${name}: ${wrong.join('; ')}`, 'false');
      said.push(`${name.padEnd(20)}${file.cases.length} as they must be`);
    }
    must(said.length, 'There are no vectors.');
    return said.join('\n');
  },
};

const readText = (fs, file) => decodeUtf8(fs.readFileSync(file));

async function policyOf({policy, vkey}, fs) {
  return policy ? parsePolicy(readText(fs, policy)) : policyOfKey(vkey);
}

const NEEDS = {
  receipt: {files: 1, options: ['credential']}, checkpoint: {files: 1, options: []},
  consistency: {files: 2, options: ['proof']}, policy: {files: 1}, vectors: {files: 1},
};

function readArguments([command, ...rest]) {
  const [files, options] = [[], {}];
  while (rest.length) {
    const word = rest.shift();
    if (word.startsWith('--')) options[word.slice(2)] = rest.shift();
    else files.push(word);
  }
  const needs = Object.hasOwn(NEEDS, command ?? '') ? NEEDS[command] : {files: -1};
  const anchored = !needs.options || Boolean(options.policy) !== Boolean(options.vkey);
  const complete = (needs.options ?? []).every((name) => options[name]);
  return files.length === needs.files && anchored && complete ? {command, files, options} : null;
}

const UNREADABLE = {
  EACCES: 'it is not allowed', EISDIR: 'it is a folder', ENOENT: 'there is no such file',
};

async function main(words, fs) {
  const given = readArguments(words);
  if (!given) {
    console.error(USAGE);
    return 2;
  }
  try {
    console.log(await COMMANDS[given.command](given.files, given.options, fs));
    return 0;
  } catch (error) {
    if (error.syscall) {
      const why = UNREADABLE[error.code] ?? error.code;
      console.error(`not read    ${error.path ?? 'What was named'} cannot be read: ${why}.`);
      return 2;
    }
    if (!(error instanceof Refused)) throw error; // a fault of ours
    console.error(`refused     ${error.message}`);
    return error.code === 'unknownLog' ? 3 : 1;
  }
}

if (globalThis.process?.versions?.node && process.argv[1]) {
  const fs = await import('node:fs');
  const {pathToFileURL} = await import('node:url');
  if (import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
    process.removeAllListeners('warning'); // Node.js 20 calls Ed25519 in WebCrypto experimental
    process.exitCode = await main(process.argv.slice(2), fs);
  }
}
