// Answers the requests of package peer, one JSON value per line, with the AWS
// Encryption SDK for JavaScript.

import { createRequire } from 'node:module'
import { constants } from 'node:crypto'
import { createInterface } from 'node:readline'
import * as esdk from '@aws-crypto/client-node'

const version = createRequire(import.meta.url)('@aws-crypto/client-node/package.json').version

const oaepHashes = { 'OAEP-SHA1': 'sha1', 'OAEP-SHA256': 'sha256', 'OAEP-SHA384': 'sha384', 'OAEP-SHA512': 'sha512' }

const wrappingSuites = {
  16: esdk.RawAesWrappingSuiteIdentifier.AES128_GCM_IV12_TAG16_NO_PADDING,
  24: esdk.RawAesWrappingSuiteIdentifier.AES192_GCM_IV12_TAG16_NO_PADDING,
  32: esdk.RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
}

const makers = {
  'raw-aes': (k) => {
    // The library wants a key in memory of its own, not in a Buffer's pool.
    const key = Uint8Array.from(Buffer.from(k.secret, 'base64'))
    return new esdk.RawAesKeyringNode({
      keyNamespace: k.namespace,
      keyName: k.name,
      unencryptedMasterKey: key,
      wrappingSuite: wrappingSuites[key.length],
      // As the specification has it; without this the order is that of UTF-16.
      utf8Sorting: true,
    })
  },
  'raw-rsa': (k) =>
    new esdk.RawRsaKeyringNode({
      keyNamespace: k.namespace,
      keyName: k.name,
      rsaKey: { publicKey: k.public, privateKey: k.private },
      ...(k.padding === 'PKCS1'
        ? { padding: constants.RSA_PKCS1_PADDING }
        : { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: oaepHashes[k.padding] }),
    }),
  kms: (k) => new esdk.KmsKeyringNode({ generatorKeyId: k.generator, keyIds: k.keys ?? [] }),
  'kms-discovery': (k) => new esdk.KmsKeyringNode({ discovery: true, discoveryFilter: discoveryFilter(k) }),
  'kms-mrk': (k) =>
    esdk.buildAwsKmsMrkAwareStrictMultiKeyringNode({ generatorKeyId: k.generator, keyIds: k.keys ?? [] }),
  'kms-mrk-discovery': (k) =>
    esdk.buildAwsKmsMrkAwareDiscoveryMultiKeyringNode({ regions: [k.region], discoveryFilter: discoveryFilter(k) }),
  multi: (k) => new esdk.MultiKeyringNode({ generator: keyring(k.children[0]), children: k.children.slice(1).map(keyring) }),
}

function discoveryFilter(k) {
  return { partition: k.partition, accountIDs: k.accounts }
}

function keyring(k) {
  const make = makers[k.type]
  if (!make) throw new Error(`no keyring ${k.type}`)
  return make(k)
}

function manager(request) {
  if (request.required?.length) throw new Error('no required encryption context')
  const backing = keyring(request.keyring)
  if (!request.caching) return backing
  return new esdk.NodeCachingMaterialsManager({
    backingMaterials: backing,
    cache: esdk.getLocalCryptographicMaterialsCache(16),
    maxAge: 60_000,
  })
}

function client(request) {
  return esdk.buildClient({
    commitmentPolicy: esdk.CommitmentPolicy[request.commitment],
    maxEncryptedDataKeys: request.maxKeys || false,
  })
}

function encryptOptions(request) {
  return {
    suiteId: request.suite,
    encryptionContext: request.context ?? {},
    ...(request.frame ? { frameLength: request.frame } : {}),
  }
}

async function encrypt(request) {
  if (request.unframed) throw new Error('no unframed messages')
  const text = Buffer.from(request.text, 'base64')
  const { result } = await client(request).encrypt(manager(request), text, encryptOptions(request))
  return { text: result.toString('base64') }
}

async function decrypt(request) {
  const message = Buffer.from(request.text, 'base64')
  const { plaintext, messageHeader } = await client(request).decrypt(manager(request), message)
  const context = { ...messageHeader.encryptionContext }
  for (const [key, value] of Object.entries(request.context ?? {})) {
    // The library leaves this check to its caller.
    if (context[key] !== value) throw new Error(`the message has not the pair ${key}`)
  }
  return { text: plaintext.toString('base64'), suite: messageHeader.suiteId, context }
}

// bench encrypts and decrypts request.count messages of request.size bytes, and
// tells how many seconds each took.
async function bench(request) {
  const text = Buffer.alloc(request.size, 'x')
  const { encrypt, decrypt } = client(request)
  const materials = manager(request)
  const messages = []
  const start = performance.now()
  for (let i = 0; i < request.count; i++) {
    messages.push((await encrypt(materials, text, encryptOptions(request))).result)
  }
  const middle = performance.now()
  for (const message of messages) {
    const { plaintext } = await decrypt(materials, message)
    if (plaintext.length !== text.length) throw new Error('a message lost its content')
  }
  return { encryptSeconds: (middle - start) / 1000, decryptSeconds: (performance.now() - middle) / 1000 }
}

const operations = {
  hello: async () => ({ name: '@aws-crypto/client-node', version, runtime: `Node.js ${process.versions.node}` }),
  encrypt,
  decrypt,
  bench,
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  let response
  try {
    const request = JSON.parse(line)
    response = await operations[request.op](request)
  } catch (error) {
    response = { error: String(error?.message ?? error) || 'unknown error' }
  }
  process.stdout.write(JSON.stringify(response) + '\n')
}
