// An issuer and a wallet that we did not write, on packages of the OpenWallet Foundation.
//
// Reads commands as JSON, one a line, and answers each with one line: {"ok": ...} or {"error": ...}.
// Addresses under http are taken, since tests talk to this machine only.

import crypto from 'node:crypto'
import readline from 'node:readline'
import {
  CoseKey, DateOnly, DeviceKey, DeviceRequest, DeviceResponse, DocRequest, Issuer, IssuerSigned, ItemsRequest,
  SessionTranscript, SignatureAlgorithm,
} from '@owf/mdoc'
import { ES256, digest, generateSalt } from '@sd-jwt/crypto-nodejs'
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc'
import { setGlobalConfig } from '@openid4vc/oauth2'
import { Openid4vpClient } from '@openid4vc/openid4vp'
import { DcqlQuery } from 'dcql'
import * as jose from 'jose'

setGlobalConfig({ allowInsecureUrls: true })

const der = (text) => new Uint8Array(Buffer.from(text, 'base64'))
const seconds = () => Math.floor(Date.now() / 1000)
const jwkOf = ({ kty, crv, x, y }) => ({ kty, crv, x, y })

const mdocContext = {
  crypto: {
    random: (length) => new Uint8Array(crypto.randomBytes(length)),
    digest: ({ digestAlgorithm, bytes }) =>
      new Uint8Array(crypto.createHash(digestAlgorithm.replace('-', '').toLowerCase()).update(bytes).digest()),
  },
  cose: {
    sign1: {
      sign: ({ toBeSigned, key }) => {
        const privateKey = crypto.createPrivateKey({ key: key.jwk, format: 'jwk' })
        return new Uint8Array(crypto.sign('sha256', toBeSigned, { key: privateKey, dsaEncoding: 'ieee-p1363' }))
      },
    },
  },
}

const callbacks = {
  fetch,
  hash: (data, algorithm) =>
    new Uint8Array(crypto.createHash(algorithm.replace('-', '').toLowerCase()).update(data).digest()),
  generateRandom: (length) => new Uint8Array(crypto.randomBytes(length)),
  getX509CertificateMetadata: (certificate) => {
    const names = new crypto.X509Certificate(Buffer.from(certificate, 'base64')).subjectAltName ?? ''
    const dns = names.split(', ').filter((name) => name.startsWith('DNS:'))
    return { sanDnsNames: dns.map((name) => name.slice(4)), sanUriNames: [] }
  },
  verifyJwt: async (signer, { compact }) => {
    const key = new crypto.X509Certificate(Buffer.from(signer.x5c[0], 'base64')).publicKey
    await jose.compactVerify(compact, key)
    return { verified: true, signerJwk: { ...(await jose.exportJWK(key)), alg: 'ES256' } }
  },
  encryptJwe: async (encryptor, data) => {
    const key = encryptor.publicJwk
    const jwe = await new jose.CompactEncrypt(new TextEncoder().encode(data))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: encryptor.enc, kid: key.kid })
      .encrypt(await jose.importJWK(key, 'ECDH-ES'))
    return { encryptionJwk: key, jwe }
  },
}

async function sdJwt(issuerKey, holderKey) {
  return new SDJwtVcInstance({
    hasher: digest,
    hashAlg: 'sha-256',
    saltGenerator: generateSalt,
    signAlg: 'ES256',
    signer: await ES256.getSigner(issuerKey),
    kbSignAlg: 'ES256',
    kbSigner: await ES256.getSigner(holderKey),
  })
}

async function issueSdJwt({ issuerKey, holderKey, x5c, claims, frame }) {
  const issuer = await sdJwt(issuerKey, holderKey)
  const payload = {
    iat: seconds(),
    exp: seconds() + 14 * 86400,
    cnf: { jwk: jwkOf(holderKey) },
    ...claims,
  }
  return issuer.issue(payload, frame, { header: { x5c, typ: 'dc+sd-jwt' } })
}

async function issueMdoc({ issuerKey, holderKey, x5c, type, space, elements }) {
  const now = new Date(seconds() * 1000)
  const signed = await new Issuer(type, mdocContext).addIssuerNamespace(space, elements).sign({
    signingKey: CoseKey.fromJwk({ ...issuerKey, alg: 'ES256' }),
    algorithm: SignatureAlgorithm.ES256,
    digestAlgorithm: 'SHA-256',
    validityInfo: { signed: now, validFrom: now, validUntil: new Date(now.getTime() + 14 * 86400_000) },
    deviceKeyInfo: { deviceKey: DeviceKey.fromJwk(jwkOf(holderKey)) },
    certificates: x5c.map(der),
  })
  return signed.encodedForOid4Vci
}

// The bounds of a wallet's trust in us: the request is signed, by who it says, and carries our nonce.
async function resolve(client, link) {
  const nonce = crypto.randomBytes(16).toString('base64url')
  const { params } = client.parseOpenid4vpAuthorizationRequest({ authorizationRequest: link })
  const resolved = await client.resolveOpenId4vpAuthorizationRequest({
    authorizationRequestPayload: params,
    wallet: { nonce, metadata: { vp_formats_supported: { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'] } } } },
  })
  const query = DcqlQuery.parse(resolved.dcql.query)
  DcqlQuery.validate(query)
  return { resolved, query }
}

async function presentSdJwt(request, { credential, holderKey, disclose }) {
  const wallet = await sdJwt(holderKey, holderKey)
  const payload = { iat: seconds(), aud: request.client_id, nonce: request.nonce }
  return wallet.present(credential, disclose, { kb: { payload } })
}

async function presentMdoc(request, query, { credential, holderKey }) {
  const [key] = request.client_metadata.jwks.keys
  const transcript = await SessionTranscript.forOid4Vp(
    {
      clientId: request.client_id,
      nonce: request.nonce,
      jwkThumbprint: new Uint8Array(Buffer.from(await jose.calculateJwkThumbprint(jwkOf(key)), 'base64url')),
      responseUri: request.response_uri,
    },
    mdocContext
  )
  const namespaces = {}
  for (const { path, intent_to_retain: keep } of query.claims) {
    namespaces[path[0]] = { ...namespaces[path[0]], [path[1]]: keep }
  }
  const itemsRequest = ItemsRequest.create({ docType: query.meta.doctype_value, namespaces })
  const response = await DeviceResponse.createWithDeviceRequest(
    {
      deviceRequest: DeviceRequest.create({ docRequests: [DocRequest.create({ itemsRequest })] }),
      sessionTranscript: transcript,
      issuerSigned: [IssuerSigned.fromEncodedForOid4Vci(credential)],
      signature: { signingKey: CoseKey.fromJwk({ ...holderKey, alg: 'ES256' }) },
    },
    mdocContext
  )
  return response.encodedForOid4Vp
}

async function present({ link, id, ...how }) {
  const client = new Openid4vpClient({ callbacks })
  const { resolved, query } = await resolve(client, link)
  const request = resolved.authorizationRequestPayload
  const asked = query.credentials.find((item) => item.id === id)
  const presentation =
    asked.format === 'mso_mdoc' ? await presentMdoc(request, asked, how) : await presentSdJwt(request, how)
  const made = await client.createOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: request,
    authorizationResponsePayload: { vp_token: { [id]: [presentation] } },
    jarm: {
      encryption: { nonce: crypto.randomBytes(16).toString('base64url') },
      serverMetadata: {
        authorization_signing_alg_values_supported: ['ES256'],
        authorization_encryption_alg_values_supported: ['ECDH-ES'],
        authorization_encryption_enc_values_supported: ['A256GCM'],
      },
    },
  })
  const sent = await client.submitOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: request,
    authorizationResponsePayload: made.authorizationResponsePayload,
    jarm: made.jarm,
  })
  return { status: sent.response.status, body: await sent.response.text(), version: resolved.version }
}

const commands = { issueSdJwt, issueMdoc, present }

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { do: name, ...how } = JSON.parse(line)
  try {
    console.log(JSON.stringify({ ok: await commands[name](how) }))
  } catch (error) {
    console.log(JSON.stringify({ error: `${error.message} ${error.stack ?? ''}` }))
  }
}
