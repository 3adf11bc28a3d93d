// Verifies credentials with packages that were not written here: @digitalbazaar/vc and jose.
// usage: node verify.mjs CASES.json CONTEXTS/ — CASES has `did` and a list of cases, each with `status` and
// `document` or `token`; prints one JSON array of {name, accepted, why}. Nothing is fetched.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {checkStatus, decodeList} from '@digitalbazaar/vc-bitstring-status-list';
import {createLocalJWKSet, jwtVerify} from 'jose';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {verify, verifyCredential} from '@digitalbazaar/vc';

const [casesFile, contextFolder] = process.argv.slice(2);
const {did, cases} = JSON.parse(readFileSync(casesFile, 'utf8'));
const CONTEXTS = {
  'https://www.w3.org/ns/credentials/v2': 'credentials-v2.json',
  'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json': 'open-badges-3.0.3.json',
  'https://purl.imsglobal.org/spec/ob/v3p0/extensions.json': 'open-badges-extensions.json'
};
const MULTIKEY = 'https://w3id.org/security/multikey/v1';

function loaderOf(status) {
  return async url => {
    const found = document => ({contextUrl: null, documentUrl: url, document, tag: 'static'});
    if(CONTEXTS[url]) {
      return found(JSON.parse(readFileSync(join(contextFolder, CONTEXTS[url]), 'utf8')));
    }
    if(url === did.id) {
      return found(did);
    }
    const method = did.verificationMethod.find(one => one.id === url);
    if(method) {
      return found({'@context': MULTIKEY, ...method});
    }
    if(url === status.id) {
      return found(status);
    }
    throw new Error(`nothing is fetched: ${url}`);
  };
}

const suite = () => new DataIntegrityProof({cryptosuite});

async function verifyDocument({document, status}) {
  const documentLoader = loaderOf(status);
  const options = {
    suite: suite(), documentLoader, maxClockSkew: 0,
    checkStatus: ({credential}) => checkStatus({credential, documentLoader, suite: suite()})
  };
  if(document.type.includes('VerifiablePresentation')) {
    return verifyTranscript(document, options);
  }
  requireHolding(await verifyCredential({credential: document, ...options}));
}

async function verifyTranscript(presentation, options) {
  const result = await verify({presentation, unsignedPresentation: true, ...options});
  result.credentialResults.forEach(requireHolding);
  if(!result.verified) {
    throw result.error ?? new Error('not verified');
  }
}

function requireHolding(result) {
  if(!result.verified) {
    throw result.error ?? result.statusResult?.error ?? new Error('not verified');
  }
  // A revoked credential is "verified" too: whether its bit is set stands in the status results.
  if(result.statusResult.results.some(one => one.status)) {
    throw new Error('revoked');
  }
}

async function verifyToken({token, status}) {
  const keys = did.verificationMethod.filter(one => one.publicKeyJwk && !one.revoked)
    .map(one => ({...one.publicKeyJwk, kid: one.id}));
  const {payload} = await jwtVerify(token, createLocalJWKSet({keys}), {
    algorithms: ['ES256'], issuer: did.id, typ: 'JWT', requiredClaims: ['jti', 'sub', 'nbf']
  });
  const list = await decodeList({encodedList: status.credentialSubject.encodedList});
  if(list.getStatus(parseInt(payload.credentialStatus.statusListIndex, 10))) {
    throw new Error('revoked');
  }
}

const outcomes = [];
for(const one of cases) {
  try {
    await (one.token === undefined ? verifyDocument(one) : verifyToken(one));
    outcomes.push({name: one.name, accepted: true, why: ''});
  } catch(error) {
    const inner = error.errors?.[0]?.message ?? '';
    outcomes.push({name: one.name, accepted: false, why: `${error.message} ${inner}`.trim().slice(0, 200)});
  }
}
console.log(JSON.stringify(outcomes));
