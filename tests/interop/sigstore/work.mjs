// Judges what is on standard input with the parts of @sigstore/verify that read checkpoints and
// inclusion proofs; nothing of ours is here. Each case is answered with whether it was believed.

import { createPublicKey } from 'node:crypto';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

const require = createRequire(import.meta.url);
const { verifyCheckpoint } = require('./node_modules/@sigstore/verify/dist/tlog/checkpoint.js');
const { verifyMerkleInclusion } = require('./node_modules/@sigstore/verify/dist/tlog/merkle.js');

// RFC 8410: what stands before the 32 bytes of an Ed25519 key.
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

function logOf(vkey) {
  const [name, id, ...rest] = vkey.split('+');
  const key = Buffer.from(rest.join('+'), 'base64').subarray(1);
  return {
    baseURL: name,
    logID: Buffer.from(id, 'hex'),
    publicKey: createPublicKey({ key: Buffer.concat([SPKI, key]), format: 'der', type: 'spki' }),
  };
}

function judge({ check, note, vkey, index, proof, entry }) {
  const inclusionProof = { checkpoint: { envelope: note } };
  const checkpoint = verifyCheckpoint({ inclusionProof }, [logOf(vkey)]);
  if (check === 'inclusion') {
    inclusionProof.logIndex = String(index);
    inclusionProof.hashes = proof.map((one) => Buffer.from(one, 'base64'));
    verifyMerkleInclusion({ inclusionProof, canonicalizedBody: Buffer.from(entry, 'base64') }, checkpoint);
  } else if (check !== 'note') {
    throw new TypeError(`no such check: ${check}`);
  }
}

const cases = JSON.parse(await text(process.stdin));
const answers = cases.map((one) => {
  try {
    judge(one);
    return true;
  } catch (error) {
    if (error.name === 'TypeError') throw error;
    return false;
  }
});
process.stdout.write(JSON.stringify(answers));
