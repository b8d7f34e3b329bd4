#!/usr/bin/env bash
# Starts a throw-away Postfix on loopback for the tests of real SMTP, and prints the lines to eval:
#   eval "$(.ci/postfix/start.sh)"; cargo test --test it deliver; .ci/postfix/stop.sh
# Needs root, and the Debian packages postfix, sasl2-bin, libsasl2-modules and openssl. Everything it writes is in one
# temporary folder; the system's own Postfix is neither read nor touched. No mail can leave: other domains are refused.
set -euo pipefail

submission_port=${SUBMISSION_PORT:-10587}
smtps_port=${SMTPS_PORT:-10465}
domain=quietline.test
user=nightly
password="canary-$(openssl rand -hex 12)"

for tool in postfix saslpasswd2 openssl; do
    command -v "$tool" >/dev/null || { echo "missing: $tool (apt-get install postfix sasl2-bin openssl)" >&2; exit 1; }
done
[ "$(id -u)" = 0 ] || { echo "run as root: Postfix starts only so" >&2; exit 1; }

root=$(mktemp -d)
chmod 755 "$root"
mkdir -p "$root"/{etc/sasl,spool,data,mail,tls}
touch "$root/quietline-postfix"
chown postfix "$root/data"
chown nobody "$root/mail"

# Two authorities: the one that signs the server, and one that does not.
authority() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign \
        -keyout "$root/tls/$1.key" -out "$root/tls/$1.pem" 2>>"$root/openssl.log"
}
authority right-ca
authority wrong-ca
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
    -keyout "$root/tls/server.key" -out "$root/tls/server.csr" 2>>"$root/openssl.log"
openssl x509 -req -days 2 -in "$root/tls/server.csr" -CA "$root/tls/right-ca.pem" -CAkey "$root/tls/right-ca.key" \
    -extfile <(printf 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n') \
    -out "$root/tls/server.pem" 2>>"$root/openssl.log"

# Debian's Postfix looks in <config_directory>/sasl, whatever cyrus_sasl_config_path says.
cat >"$root/etc/sasl/smtpd.conf" <<CONF
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: $root/etc/sasl/sasldb2
mech_list: PLAIN LOGIN
CONF
printf '%s' "$password" | saslpasswd2 -p -c -f "$root/etc/sasl/sasldb2" -u "$domain" "$user"
chown postfix "$root/etc/sasl/sasldb2"

nobody=$(id -u nobody)
cat >"$root/etc/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $root/spool
data_directory = $root/data
maillog_file = $root/mail.log
maillog_file_prefixes = $root
myhostname = localhost
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = $domain
virtual_mailbox_base = $root/mail
virtual_mailbox_maps = static:all/
virtual_minimum_uid = 100
virtual_uid_maps = static:$nobody
virtual_gid_maps = static:$nobody
default_transport = error:this machine sends nothing away
relay_transport = error:this machine sends nothing away
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_tls_cert_file = $root/tls/server.pem
smtpd_tls_key_file = $root/tls/server.key
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = $domain
smtpd_sasl_security_options = noanonymous
cyrus_sasl_config_path = $root/etc/sasl
CONF
cat >"$root/etc/master.cf" <<CONF
127.0.0.1:$submission_port inet n - n - - smtpd -o smtpd_tls_security_level=encrypt
127.0.0.1:$smtps_port inet n - n - - smtpd -o smtpd_tls_wrappermode=yes -o smtpd_sasl_mechanism_filter=login
cleanup    unix  n - n -    0 cleanup
qmgr       unix  n - n 300  1 qmgr
rewrite    unix  - - n -    - trivial-rewrite
bounce     unix  - - n -    0 bounce
defer      unix  - - n -    0 bounce
trace      unix  - - n -    0 bounce
error      unix  - - n -    - error
virtual    unix  - n n -    - virtual
anvil      unix  - - n -    1 anvil
tlsmgr     unix  - - n 1000? 1 tlsmgr
proxymap   unix  - - n -    - proxymap
postlog    unix-dgram n - n - 1 postlogd
CONF

# The daemon must not keep our stdout: `eval "$(...)"` would wait for it for ever.
if ! postfix -c "$root/etc" start </dev/null >"$root/start.log" 2>&1; then
    cat "$root/start.log" "$root/mail.log" >&2 || true
    exit 1
fi

cat <<ENV
export QUIETLINE_POSTFIX=1
export QUIETLINE_POSTFIX_ROOT=$root
export QUIETLINE_POSTFIX_HOST=localhost
export QUIETLINE_POSTFIX_SUBMISSION_PORT=$submission_port
export QUIETLINE_POSTFIX_SMTPS_PORT=$smtps_port
export QUIETLINE_POSTFIX_CA_FILE=$root/tls/right-ca.pem
export QUIETLINE_POSTFIX_WRONG_CA_FILE=$root/tls/wrong-ca.pem
export QUIETLINE_POSTFIX_USER=$user
export QUIETLINE_POSTFIX_PASSWORD=$password
export QUIETLINE_POSTFIX_DOMAIN=$domain
export QUIETLINE_POSTFIX_MAIL_DIR=$root/mail/all/new
ENV
