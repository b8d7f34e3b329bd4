#!/usr/bin/env bash
# Starts a throw-away Dovecot on loopback that takes mail from whoever shows a token (XOAUTH2), and prints the lines to eval:
#   eval "$(.ci/dovecot/start.sh)"; cargo test --test it deliver::tokens; .ci/dovecot/stop.sh
# Needs root, and the Debian packages dovecot-core, dovecot-submissiond and openssl. Everything it writes is in one temporary
# folder; the system's own Dovecot is neither read nor touched. It hands mail on to a port where the test itself listens.
set -euo pipefail

port=${TOKEN_SUBMISSION_PORT:-10687}
relay_port=${TOKEN_RELAY_PORT:-10625}
user=nightly@quietline.test

for tool in dovecot openssl; do
    command -v "$tool" >/dev/null || { echo "missing: $tool (apt-get install dovecot-core dovecot-submissiond openssl)" >&2; exit 1; }
done
[ "$(id -u)" = 0 ] || { echo "run as root: Dovecot starts only so" >&2; exit 1; }

root=$(mktemp -d)
chmod 755 "$root"
mkdir -p "$root"/{run,state,home,tls,keys/default/HS256}
touch "$root/quietline-dovecot"
chown nobody "$root/home"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=right-ca \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign \
    -keyout "$root/tls/ca.key" -out "$root/tls/ca.pem" 2>>"$root/openssl.log"
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
    -keyout "$root/tls/server.key" -out "$root/tls/server.csr" 2>>"$root/openssl.log"
openssl x509 -req -days 2 -in "$root/tls/server.csr" -CA "$root/tls/ca.pem" -CAkey "$root/tls/ca.key" \
    -extfile <(printf 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n') \
    -out "$root/tls/server.pem" 2>>"$root/openssl.log"

# A token as the tenant would sign one, which Dovecot checks by its key.
key=$(openssl rand -hex 16)
printf '%s' "$key" | openssl base64 -A >"$root/keys/default/HS256/default"
part() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
now=$(date +%s)
head=$(printf '{"alg":"HS256","typ":"JWT"}' | part)
claims=$(printf '{"sub":"%s","iat":%d,"nbf":%d,"exp":%d}' "$user" $((now - 60)) $((now - 60)) $((now + 86400)) | part)
token="$head.$claims.$(printf '%s' "$head.$claims" | openssl dgst -sha256 -hmac "$key" -binary | part)"

cat >"$root/oauth2.conf.ext" <<CONF
introspection_mode = local
local_validation_key_dict = fs:posix:prefix=$root/keys/
username_attribute = sub
CONF
cat >"$root/dovecot.conf" <<CONF
base_dir = $root/run
state_dir = $root/state
log_path = $root/dovecot.log
auth_verbose = yes
protocols = submission
listen = 127.0.0.1
hostname = localhost
ssl = required
ssl_cert = <$root/tls/server.pem
ssl_key = <$root/tls/server.key
auth_mechanisms = xoauth2
passdb {
  driver = oauth2
  mechanisms = xoauth2
  args = $root/oauth2.conf.ext
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=$root/home
}
mail_location = maildir:$root/home/%u
first_valid_uid = 1
first_valid_gid = 1
service submission-login {
  chroot =
  inet_listener submission {
    port = $port
  }
}
submission_relay_host = 127.0.0.1
submission_relay_port = $relay_port
CONF

# The daemon must not keep our stdout: `eval "$(...)"` would wait for it for ever.
if ! dovecot -c "$root/dovecot.conf" </dev/null >"$root/start.log" 2>&1; then
    cat "$root/start.log" "$root/dovecot.log" >&2 || true
    exit 1
fi

cat <<ENV
export QUIETLINE_DOVECOT=1
export QUIETLINE_DOVECOT_ROOT=$root
export QUIETLINE_DOVECOT_PORT=$port
export QUIETLINE_DOVECOT_RELAY_PORT=$relay_port
export QUIETLINE_DOVECOT_CA_FILE=$root/tls/ca.pem
export QUIETLINE_DOVECOT_USER=$user
export QUIETLINE_DOVECOT_TOKEN=$token
ENV
