// Makes a did:webvh log with didwebvh-ts, and resolves ours with it.
// In: {seeds: [hex, hex], logs: [[entry]]}. Out: {did, log, resolved: [{id} | {error}]}.

import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  AbstractCrypto,
  createDID,
  deriveNextKeyHash,
  MultibaseEncoding,
  multibaseEncode,
  prepareDataForSigning,
  resolveDIDFromLog,
  updateDID,
} from "didwebvh-ts";

const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI = Buffer.from("302a300506032b6570032100", "hex");

const text = (bytes) => multibaseEncode(new Uint8Array(bytes), MultibaseEncoding.BASE58_BTC);

class Key extends AbstractCrypto {
  constructor(seed) {
    const key = createPrivateKey({
      key: Buffer.concat([PKCS8, Buffer.from(seed, "hex")]),
      format: "der",
      type: "pkcs8",
    });
    const raw = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
    const name = text([0xed, 0x01, ...raw]);
    const method = {
      id: `did:key:${name}#${name}`,
      controller: `did:key:${name}`,
      type: "Multikey",
      publicKeyMultibase: name,
      purpose: "assertionMethod",
    };
    super({ verificationMethod: method });
    this.key = key;
    this.name = name;
    this.method = method;
  }

  async sign({ document, proof }) {
    return { proofValue: text(sign(null, await prepareDataForSigning(document, proof), this.key)) };
  }

  async verify(signature, message, raw) {
    const key = createPublicKey({
      key: Buffer.concat([SPKI, Buffer.from(raw)]),
      format: "der",
      type: "spki",
    });
    return verify(null, message, key, signature);
  }
}

const given = JSON.parse(readFileSync(0, "utf8"));
const [first, second] = given.seeds.map((seed) => new Key(seed));
const methods = [{ type: "Multikey", publicKeyMultibase: second.name, purpose: "assertionMethod" }];

const begun = await createDID({
  domain: "hub.example",
  signer: first,
  verifier: first,
  updateKeys: [first.name],
  nextKeyHashes: [await deriveNextKeyHash(second.name)],
  verificationMethods: methods,
  created: "2026-01-01T00:00:00Z",
});
const changed = await updateDID({
  log: begun.log,
  signer: second,
  verifier: second,
  updateKeys: [second.name],
  nextKeyHashes: [await deriveNextKeyHash(first.name)],
  verificationMethods: methods,
});

const resolved = [];
for (const log of given.logs) {
  try {
    const { didDocument, doc, didResolutionMetadata } = await resolveDIDFromLog(log, {
      verifier: first,
    });
    const document = didDocument ?? doc;
    resolved.push(document ? { id: document.id } : { error: didResolutionMetadata?.error });
  } catch (error) {
    resolved.push({ error: String(error) });
  }
}
process.stdout.write(JSON.stringify({ did: changed.did, log: changed.log, resolved }));
