// Signs and checks credentials and status lists with the packages of Digital Bazaar. Reads one
// JSON object from standard input, {documents: {address: document}, now, steps: [...]}, and writes
// an array with one answer for each step. No address outside `documents` is ever loaded.
import * as vc from '@digitalbazaar/vc';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as ecdsaJcs from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import * as eddsaJcs from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {checkStatus, createCredential, createList} from '@digitalbazaar/vc-bitstring-status-list';
import {cryptosuite as ecdsaRdfc} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {cryptosuite as eddsaRdfc} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';

const both = suite => ({sign: suite, verify: suite});
const each = suites => ({
  sign: suites.createSignCryptosuite(),
  verify: suites.createVerifyCryptosuite(),
});
const suites = {
  'eddsa-rdfc-2022': both(eddsaRdfc),
  'eddsa-jcs-2022': each(eddsaJcs),
  'ecdsa-rdfc-2019': both(ecdsaRdfc),
  'ecdsa-jcs-2019': each(ecdsaJcs),
};

const {documents, now, steps} = JSON.parse(await text(process.stdin));

async function text(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function documentLoader(url) {
  const whole = documents[url];
  if (whole) return {documentUrl: url, document: whole};
  const [base] = url.split('#');
  const document = documents[base];
  if (!document) throw new Error(`not in the test: ${url}`);
  const method = document.verificationMethod.find(({id}) => id === url);
  return {
    documentUrl: url,
    document: {'@context': 'https://w3id.org/security/multikey/v1', ...method},
  };
}

async function sign({name, credential, key}) {
  const keys = name.startsWith('eddsa') ? Ed25519Multikey : EcdsaMultikey;
  const signer = (await keys.from(key)).signer();
  const suite = new DataIntegrityProof({signer, cryptosuite: suites[name].sign, date: now});
  return {credential: await vc.issue({credential, suite, documentLoader, now: new Date(now)})};
}

async function verify({name, credential}) {
  const suite = new DataIntegrityProof({cryptosuite: suites[name].verify});
  const {verified, error, statusResult} = await vc.verifyCredential({
    credential,
    suite,
    documentLoader,
    now: new Date(now),
    checkStatus: options => checkStatus({...options, suite, documentLoader}),
  });
  const statuses = statusResult?.results?.map(({status}) => status) ?? [];
  return {verified, statuses, errors: error ? [...causes(error)] : []};
}

function* causes(error) {
  yield `${error.name}: ${error.message}`;
  for (const inner of [error.cause, ...(error.errors ?? [])]) {
    if (inner) yield* causes(inner);
  }
}

// Makes the document of a status list, which is signed like any other credential.
async function list({id, length, revoked, issuer}) {
  const list = await createList({length});
  for (const index of revoked) list.setStatus(index, true);
  const credential = await createCredential({id, list, statusPurpose: 'revocation'});
  return {credential: {...credential, issuer, validFrom: now}};
}

const verbs = {sign, verify, list};
const answers = [];
for (const {verb, ...what} of steps) answers.push(await verbs[verb](what));
process.stdout.write(JSON.stringify(answers));
