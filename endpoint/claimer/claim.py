"""Claims a credential by another implementation of HPKE than the programs have: pyhpke, on Python's cryptography.

    claim.py LINK LABEL [RENEWALS]

Prints the code, then the credential's JSON, then that of each renewal: one a line.
"""

import base64
import hashlib
import json
import sys
import time
import urllib.request

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
LOOKS_MAX = 600
LOOK_EVERY_SECONDS = 0.1
SUITE = CipherSuite.new(KEMId.DHKEM_P256_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)


def to_base64url(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def call(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def code_of(point, claim, delivery):
    text = f"keylease/code/v1:{claim}:{delivery}:".encode() + point
    number = int.from_bytes(hashlib.sha256(text).digest()[:8], "big")
    letters = [LETTERS[number // 24**place % 24] for place in range(6)]
    return "".join(letters[:3]) + "-" + "".join(letters[3:])


def fetch(key, routes, claim, delivery):
    for _ in range(LOOKS_MAX):
        found = call(f"{routes}/{delivery}")
        if found["state"] == "ready":
            info = f"keylease/claim/v1:{claim}:{delivery}".encode()
            recipient = KEMKey.from_pyca_cryptography_key(key)
            context = SUITE.create_recipient_context(from_base64url(found["enc"]), recipient, info=info)
            return context.open(from_base64url(found["ciphertext"])).decode()
        if found["state"] != "waiting":
            sys.exit(f"it is {found['state']}")
        time.sleep(LOOK_EVERY_SECONDS)
    sys.exit("nothing came")


def renew(key, routes, claim, delivery, not_before):
    while int(time.time()) <= not_before:
        time.sleep(LOOK_EVERY_SECONDS)
    at = int(time.time())
    text = f"keylease/renew/v1:{claim}:{delivery}:{at}".encode()
    r, s = decode_dss_signature(key.sign(text, ec.ECDSA(hashes.SHA256())))
    signature = to_base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    asked = call(f"{routes}/{delivery}/renewals", {"requested_at": at, "signature": signature})
    return fetch(key, routes, claim, asked["delivery_id"]), at


def main(link, label, renewals="0"):
    base, claim = link.rstrip("/").rsplit("/claim/", 1)
    routes = f"{base}/claims/{claim}"
    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    asked = call(routes, {"public_key": to_base64url(point), "label": label})
    delivery = asked["delivery_id"]
    if asked["code"] != code_of(point, claim, delivery):
        sys.exit(f"the code is another: {asked['code']}")
    print(asked["code"], flush=True)
    print(fetch(key, routes, claim, delivery), flush=True)
    # The server takes one renewal of a claim in two seconds.
    last = int(time.time())
    for _ in range(int(renewals)):
        credential, last = renew(key, routes, claim, delivery, last + 2)
        print(credential, flush=True)


main(*sys.argv[1:])
