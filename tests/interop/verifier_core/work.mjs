// Checks credentials with the verifier of the Digital Credentials Consortium. Reads an array of
// credentials from standard input and writes an array of {log, errors}. What the verifier itself
// has to say goes to the errors. Nothing is ever fetched.
import {verifyCredential} from '@digitalcredentials/verifier-core';

console.log = console.error;
globalThis.fetch = async url => {
  throw new Error(`not in the test: ${url}`);
};

async function text(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

const answers = [];
for (const credential of JSON.parse(await text(process.stdin))) {
  const {log = [], errors = []} = await verifyCredential({credential, knownDIDRegistries: []});
  answers.push({log, errors: errors.map(({name}) => name)});
}
process.stdout.write(JSON.stringify(answers));
