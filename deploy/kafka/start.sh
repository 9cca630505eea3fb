#!/usr/bin/env bash
# Starts the broker of docker-compose.yml; the first time it formats the storage and makes the user `admin`.
# Needs CLUSTER_ID, and KAFKA_ADDRESS: HOST:PORT by which departments reach the broker from outside.
set -euo pipefail
umask 077

properties=/etc/closedloop/server.properties
password=$(< /run/secrets/kafka_admin)
: "${password:?"secrets/kafka/admin.password is empty: run deploy/kafka/make-secrets.sh"}"

# For the health check and for an administrator in this container.
cat > /tmp/admin.properties <<EOT
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="admin" password="$password";
ssl.truststore.type=PEM
ssl.truststore.location=/run/secrets/kafka_ca
EOT

/opt/kafka/bin/kafka-storage.sh format --ignore-formatted --cluster-id "$CLUSTER_ID" --config "$properties" \
    --add-scram "SCRAM-SHA-512=[name=admin,password=$password]"
exec /opt/kafka/bin/kafka-server-start.sh "$properties" \
    --override "advertised.listeners=CLIENTS://kafka:9092,DEPARTMENTS://$KAFKA_ADDRESS,BROKERS://kafka:9094"
