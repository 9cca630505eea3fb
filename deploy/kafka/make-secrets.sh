#!/usr/bin/env bash
# Makes what the broker of docker-compose.yml starts with, as far as it is not there: an authority, the broker's key and
# certificate, the administrator's password. A district that has an authority puts its ca.pem and broker.pem there first.
# A certificate is made anew by removing broker.pem and running this again; the authority's key is needed for that alone:
# keep ca.key elsewhere.
#
# deploy/kafka/make-secrets.sh FOLDER NAME...      NAME: host names and addresses of the broker besides kafka, localhost
set -euo pipefail
umask 077

folder=${1:?"give the folder, such as secrets/kafka"}
shift
mkdir -p "$folder"
cd "$folder"

if [ ! -e ca.pem ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
        -subj "/CN=Closed Loop Kafka authority" -keyout ca.key -out ca.pem \
        -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" 2> /dev/null
fi
if [ ! -e broker.pem ]; then
    [ -e ca.key ] || { echo "$folder/ca.key is away: bring it, or a broker.pem (key and certificate)" >&2; exit 1; }
    names="DNS:kafka,DNS:localhost,IP:127.0.0.1"
    for name in "$@"; do
        [[ $name =~ ^[0-9.]+$|: ]] && names+=",IP:$name" || names+=",DNS:$name"
    done
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=kafka-1" \
        -keyout broker.key -out broker.csr 2> /dev/null
    printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth,clientAuth\nauthorityKeyIdentifier=keyid\n' "$names" > broker.ext
    openssl x509 -req -in broker.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 397 -extfile broker.ext \
        -out broker.crt 2> /dev/null
    cat broker.key broker.crt > broker.new
    mv broker.new broker.pem
    rm broker.key broker.csr broker.ext broker.crt
fi
if [ ! -e admin.password ]; then
    openssl rand -hex 32 > admin.password
fi
# The containers run as users of their own; the folder is closed to everybody else's.
chmod 444 ca.pem broker.pem admin.password
