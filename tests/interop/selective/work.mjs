// Signs, derives and checks ecdsa-sd-2023 proofs with the packages of Digital Bazaar. Reads one
// JSON object from standard input, {documents: {address: document}, now, steps: [...]}, and writes
// an array with one answer for each step. No address outside `documents` is ever loaded.
import * as vc from '@digitalbazaar/vc';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import {
  createDiscloseCryptosuite,
  createSignCryptosuite,
  createVerifyCryptosuite,
} from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';

const {documents, now, steps} = JSON.parse(await text(process.stdin));

async function text(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function documentLoader(url) {
  const [base, fragment] = url.split('#');
  const document = documents[base];
  if (!document) throw new Error(`not in the test: ${url}`);
  if (!fragment) return {documentUrl: url, document};
  const method = document.verificationMethod.find(({id}) => id === url);
  return {
    documentUrl: url,
    document: {'@context': 'https://w3id.org/security/multikey/v1', ...method},
  };
}

async function sign({credential, key, mandatoryPointers}) {
  const signer = (await EcdsaMultikey.from(key)).signer();
  const cryptosuite = createSignCryptosuite({mandatoryPointers});
  const suite = new DataIntegrityProof({signer, cryptosuite, date: now});
  return {credential: await vc.issue({credential, suite, documentLoader, now: new Date(now)})};
}

async function derive({credential, selectivePointers}) {
  const cryptosuite = createDiscloseCryptosuite({selectivePointers});
  const suite = new DataIntegrityProof({cryptosuite});
  return {
    credential: await vc.derive({verifiableCredential: credential, suite, documentLoader}),
  };
}

async function verify({credential}) {
  const {verified, error} = await vc.verifyCredential({
    credential,
    suite: new DataIntegrityProof({cryptosuite: createVerifyCryptosuite()}),
    documentLoader,
    now: new Date(now),
    checkStatus: async () => ({verified: true}), // lists are not what is tried here
  });
  return {verified, errors: error ? [...causes(error)] : []};
}

function* causes(error) {
  yield `${error.name}: ${error.message}`;
  for (const inner of [error.cause, ...(error.errors ?? [])]) {
    if (inner) yield* causes(inner);
  }
}

const verbs = {sign, derive, verify};
const answers = [];
for (const {verb, ...what} of steps) answers.push(await verbs[verb](what));
process.stdout.write(JSON.stringify(answers));
