// Reads {sign: [{header, payload, key}], verify: [{token, key, typ, alg}]} and answers in kind.
import {readFileSync} from 'node:fs';
import {CompactSign, compactVerify, importJWK, jwtVerify} from 'jose';

const asked = JSON.parse(readFileSync(0, 'utf8'));
const encoder = new TextEncoder();

async function sign({header, payload, key}) {
  return new CompactSign(encoder.encode(payload))
    .setProtectedHeader(header)
    .sign(await importJWK(key, header.alg));
}

async function verify({token, key, typ, alg}) {
  const options = {algorithms: [alg]};
  const imported = await importJWK(key, alg);
  try {
    const {protectedHeader} = await compactVerify(token, imported, options);
    const {payload} = await jwtVerify(token, imported, {...options, typ});
    return {header: protectedHeader, payload};
  } catch (error) {
    return {error: error.code};
  }
}

process.stdout.write(
  JSON.stringify({
    sign: await Promise.all((asked.sign ?? []).map(sign)),
    verify: await Promise.all((asked.verify ?? []).map(verify)),
  }),
);
