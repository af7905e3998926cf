// The forms in which a credential is copied.

/** Each part without what would end its line or its quotes. */
function parts(credential) {
  const named = [
    ['aws_access_key_id', credential.AccessKeyId],
    ['aws_secret_access_key', credential.SecretAccessKey],
    ['aws_session_token', credential.SessionToken],
  ].filter(([, value]) => value);
  for (const [, value] of named) {
    if (typeof value !== 'string' || !/^[A-Za-z0-9+/=_.-]+$/.test(value)) throw new Error('no credential');
  }
  if (named.length < 2) throw new Error('no credential');
  return named;
}

export function shell(credential) {
  return parts(credential).map(([name, value]) => `export ${name.toUpperCase()}='${value}'`).join('\n');
}

export function powershell(credential) {
  return parts(credential).map(([name, value]) => `$Env:${name.toUpperCase()} = '${value}'`).join('\n');
}

export function profile(credential) {
  return ['[keylease]', ...parts(credential).map(([name, value]) => `${name} = ${value}`)].join('\n');
}
