// Checks credentials with the verifier of the Digital Credentials Consortium. Reads an array of
// credentials from standard input and writes an array of {log, errors} as the last line, below
// what the verifier writes itself. Nothing is ever fetched.
import {verifyCredential} from '@digitalcredentials/verifier-core';

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
process.stdout.write('\n' + JSON.stringify(answers));
