//! Whether a request is signed with the secret that its key has (AWS Signature, version 4).

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use winterbaume_core::{MockRequest, extract_path, extract_query_string};

/// Whether the request's signature was made with this secret.
pub(crate) fn verify(request: &MockRequest, secret: &str) -> bool {
    expected(request, secret).is_some_and(|(expected, given)| expected == given)
}

fn expected(request: &MockRequest, secret: &str) -> Option<(String, String)> {
    let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
    let authorization = header("authorization")?;
    let part = |name: &str| authorization.split_once(name)?.1.split(',').next().map(str::trim);
    let (_, scope) = part("Credential=")?.split_once('/')?;
    let signed_headers = part("SignedHeaders=")?;

    let mut canonical_headers = String::new();
    for name in signed_headers.split(';') {
        let value = header(name).or_else(|| (name == "host").then(|| host(&request.uri)).flatten())?;
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        canonical_headers.push_str(&format!("{name}:{value}\n"));
    }
    let canonical_request = [
        request.method.clone(),
        encode(&extract_path(&request.uri)),
        canonical_query(extract_query_string(&request.uri)),
        canonical_headers,
        signed_headers.to_owned(),
        header("x-amz-content-sha256").map_or_else(|| hex(&Sha256::digest(&request.body)), str::to_owned),
    ]
    .join("\n");

    let digest = hex(&Sha256::digest(canonical_request));
    let to_sign = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{digest}", header("x-amz-date")?);
    let mut key = format!("AWS4{secret}").into_bytes();
    for step in scope.split('/') {
        key = hmac_sha256(&key, step.as_bytes())?;
    }
    Some((hex(&hmac_sha256(&key, to_sign.as_bytes())?), part("Signature=")?.to_owned()))
}

fn host(uri: &str) -> Option<&str> {
    uri.split_once("://")?.1.split(['/', '?']).next()
}

/// All services but S3 encode the path once more.
fn encode(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(&str, &str)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect();
    pairs.sort_unstable();
    pairs.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&")
}

/// An HMAC's bytes; `None` never happens, as HMAC takes keys of any length.
pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(message);
    Some(mac.finalize().into_bytes().to_vec())
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
