// Issues, presents and verifies with @sd-jwt/sd-jwt-vc. Reads an array of tasks from standard input
// and writes an array of answers: {token}, {claims} or {error}. Nothing is ever fetched.
import {digest, ES256, generateSalt} from '@sd-jwt/crypto-nodejs';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const tasks = JSON.parse(Buffer.concat(chunks).toString('utf8'));

const base = {signAlg: 'ES256', hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt};

function disclosureFrame(paths) {
  const frame = {};
  for (const path of paths) {
    let place = frame;
    for (const name of path.slice(0, -1)) place = place[name] ??= {};
    (place._sd ??= []).push(path.at(-1));
  }
  return frame;
}

function presentationFrame(paths) {
  const frame = {};
  for (const path of paths) {
    let place = frame;
    for (const name of path.slice(0, -1)) place = place[name] ??= {};
    place[path.at(-1)] = true;
  }
  return frame;
}

const work = {
  async issue({claims, hidden, key, kid}) {
    const instance = new SDJwtVcInstance({...base, signer: await ES256.getSigner(key)});
    return {token: await instance.issue(claims, disclosureFrame(hidden), {header: {kid}})};
  },
  async present({token, shown, holder, binding}) {
    const kbSigner = holder && await ES256.getSigner(holder);
    const instance = new SDJwtVcInstance({...base, kbSigner, kbSignAlg: 'ES256'});
    const options = binding && {kb: {payload: binding}};
    return {token: await instance.present(token, presentationFrame(shown), options)};
  },
  async verify({token, key, binding, now}) {
    const instance = new SDJwtVcInstance({
      ...base,
      verifier: await ES256.getVerifier(key),
      kbVerifier: async (data, signature, payload) =>
        (await ES256.getVerifier(payload.cnf.jwk))(data, signature),
    });
    const {payload} = await instance.verify(token, {
      currentDate: now,
      ...(binding && {keyBindingNonce: binding.nonce}),
    });
    return {claims: payload};
  },
};

const answers = [];
for (const task of tasks) {
  try {
    answers.push(await work[task.do](task));
  } catch (error) {
    answers.push({error: `${error.name}: ${error.message}`});
  }
}
process.stdout.write(JSON.stringify(answers));
